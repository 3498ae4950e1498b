/* service_commands: up, down, init, psql, and the hidden broker: what has to do with services and workers, not with
 * runs. */
#include "lib/base/file.h"
#include "lib/flow/broker.h"
#include "lib/flow/own_store.h"
#include "lib/ledger/cluster.h"
#include "pipelines/command.h"
#include "pipelines/services.h"
#include "pipelines/workers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool up_command(struct session *session, struct err *err)
{
    struct site site;
    struct services services;
    struct workers workers;
    struct store store; /* the workers would find out by themselves; here somebody reads it */
    const char *file;
    if (!session_site_operand(session, &site, &file, err) ||
        !services_start(&services, session->arena, &site, false, err) ||
        (site.workers.start && !own_store_open(&store, session->arena, services.ledger, site.store, err)) ||
        !workers_open(&workers, session->arena, &site, file, err) || !workers_serve(&workers, services.ledger, err) ||
        !workers_keep(&workers, err) || !workers_tend(&workers, NULL, err))
        return false;
    workers_close(&workers, true);
    if (session->arguments.quiet)
        return true;
    printf("up: %zu workers; state folder %s; ledger: tidemill psql\n", workers_alive(&workers), site.state);
    return true;
}

/* What our signals do not reach is another user's. */
static bool end_workers(struct workers *workers, size_t count, struct err *err)
{
    if (!workers_take_over(workers, err))
        return false;
    workers_end_all(workers);
    size_t left = workers_alive(workers);
    return left == 0 ||
           err_set(err, ERR_SYSTEM,
                   "%zu of %zu workers of %s go on: they are another user's; give the command as that user", left,
                   count, workers->site->state);
}

bool down_command(struct session *session, struct err *err)
{
    struct site site;
    struct workers workers;
    const char *file;
    if (!session_site_operand(session, &site, &file, err))
        return false;
    if (!file_exists(site.state)) {
        printf("nothing runs in %s\n", site.state);
        return true;
    }
    if (!workers_open(&workers, session->arena, &site, file, err))
        return false;
    size_t count = workers_alive(&workers);
    if (!end_workers(&workers, count, err) || !services_stop(&site, err))
        return false;
    printf("down: %zu workers ended, services stopped; the data stay in %s\n", count, site.state);
    return true;
}

bool init_command(struct session *session, struct err *err)
{
    struct site site;
    struct services services;
    const char *file;
    if (!session_site_operand(session, &site, &file, err) ||
        !services_start(&services, session->arena, &site, true, err) || !ledger_renew(services.ledger, err))
        return false;
    printf("the schema is up to date and the topics are there (%s.*)\n", site.topic_prefix);
    return true;
}

bool psql_command(struct session *session, struct err *err)
{
    struct site site;
    const char *conninfo;
    const struct arguments *arguments = &session->arguments;
    if (!session_site(session, &site, err) || !services_conninfo(session->arena, &site, &conninfo, err))
        return false;
    char **argv = ARENA_ARRAY(session->arena, char *, arguments->operand_count + 4);
    argv[0] = arena_strdup(session->arena, "psql");
    argv[1] = arena_strdup(session->arena, "-d");
    argv[2] = arena_strdup(session->arena, conninfo);
    memcpy(argv + 3, arguments->operands, arguments->operand_count * sizeof *argv);
    fflush(stdout);
    execvp("psql", argv);
    return err_errno(err, "cannot execute psql; install the package postgresql-client");
}

/* What broker_start() executes: PORT PARTITIONS TOPIC,TOPIC,... READY_FILE. */
bool broker_command(struct session *session, struct err *err)
{
    const struct arguments *arguments = &session->arguments;
    char *const *operands = arguments->operands;
    if (arguments->operand_count != 4)
        return err_set(err, ERR_USAGE, "broker: is started by tidemill up and tidemill run");
    struct texts topics = text_split(session->arena, operands[2], ',');
    return broker_serve((int)strtol(operands[0], NULL, 10), &topics, (int)strtol(operands[1], NULL, 10), operands[3],
                        err);
}
