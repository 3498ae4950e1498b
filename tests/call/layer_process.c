/* layers of processes: programs and services that are started and ended, the embedded broker and the private cluster as
 * services. */
#include "lib/base/file.h"
#include "lib/base/process.h"
#include "lib/flow/apache.h"
#include "lib/flow/broker.h"
#include "lib/ledger/cluster.h"
#include "lib/ledger/ledger.h"
#include "tests/call/layer.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 300 };

static const char content[] = "what the tide brings, the mill grinds";

static bool end_service(const char *file, struct err *err)
{
    process_end(file, PATIENCE_MS);
    return process_remembered(file) == 0 || err_set(err, ERR_SYSTEM, "%s: the service cannot be ended", file);
}

/* One that an earlier run left is ended first: whoever starts a service looks for it before. */
static bool work_process(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    struct buf said;
    const char *log = path_join(arena, folder, "log"), *file = path_join(arena, folder, "pid");
    const char *watched = path_join(arena, folder, "watched");
    const char *const once[] = {"echo", content, NULL}, *const service[] = {"tail", "-f", watched, NULL};
    if (!end_service(file, err) || !file_write(watched, "", 0, err) || !process_run(once, log, err) ||
        !file_read(arena, log, &said, err) || !process_serve(service, log, file, err))
        return false;
    bool running = process_remembered(file) != 0;
    const char *tail = process_log_tail(arena, log, 2);
    digest_add(made, content, sizeof content);
    return end_service(file, err) && (running || err_set(err, ERR_SYSTEM, "%s: the service does not run", file)) &&
           ((strstr(said.data, content) != NULL && (*tail == '\0' || strstr(tail, content) != NULL)) ||
            err_set(err, ERR_INTERNAL, "%s: what was said is not there", log));
}

static bool work_host(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    const char *bootstrap, *build = getenv("BUILD"), *names[] = {"one", "two"};
    const struct texts topics = {names, 2};
    const char *program = arena_printf(arena, "%s/bin/tidemill", build != NULL ? build : "build");
    if (!broker_start(arena, folder, program, &topics, 2, &bootstrap, err))
        return false;
    bool found = broker_address(arena, folder) != NULL;
    broker_stop(folder);
    digest_add(made, content, sizeof content);
    return found || err_set(err, ERR_SERVICE, "the embedded broker of %s is not found", folder);
}

/* Its java is tests/call/java. */
static bool work_apache(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    const char *bootstrap, *build = getenv("BUILD");
    const char *jars = path_join(arena, folder, "jars"), *path = arena_printf(arena, "tests/call:%s", getenv("PATH"));
    test_begins();
    setenv("PATH", path, 1);
    setenv("CALL_BROKER", arena_printf(arena, "%s/bin/tidemill", build != NULL ? build : "build"), 1);
    bool good = folder_make(jars, err);
    test_ends();
    if (!good || !apache_start(arena, folder, jars, &bootstrap, err))
        return false;
    const char *address = apache_address(arena, folder);
    apache_stop(folder);
    digest_add(made, content, sizeof content);
    return (address != NULL && strcmp(address, bootstrap) == 0) ||
           err_set(err, ERR_SERVICE, "the Apache Kafka of %s is not found", folder);
}

static bool ask(struct arena *arena, const char *conninfo, struct digest_stream *made, struct err *err)
{
    struct rows rows;
    struct ledger *ledger = ledger_open(arena, conninfo, "call", err);
    if (ledger == NULL || !ledger_sql(ledger, arena, "SELECT current_database()", &rows, err))
        return false;
    digest_add(made, row_text(&rows, 0, 0), strlen(row_text(&rows, 0, 0)));
    return true;
}

static bool work_cluster(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    const char *conninfo;
    struct arena own;
    if (!cluster_possible(folder, err) || !cluster_start(arena, folder, &conninfo, err))
        return false;
    arena_init(&own);
    bool good = ask(&own, conninfo, made, err);
    arena_release(&own);
    return good && cluster_stop(folder, err);
}

const struct layer process_layers[] = {{"process", work_process}, {"host", work_host},      {"apache", work_apache},
                                       {"cluster", work_cluster}, {"initdb", work_cluster}, {NULL, NULL}};
