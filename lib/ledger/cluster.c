/*
 * cluster: starts, finds and stops the private PostgreSQL; see cluster.h.
 *
 * A lock file keeps two programs from starting it at once. A server that was killed leaves a pid file; PostgreSQL
 * itself tells whether a server still stands behind it, except where the pid now belongs to another program of the same
 * user.
 */
#include "lib/ledger/cluster.h"

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/process.h"
#include "lib/base/text.h"
#include "lib/ledger/cluster_files.h"
#include "lib/ledger/ledger.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define START_PATIENCE_S 60 /* recovery after a crash may take this long */

static bool answers(const struct cluster *cluster)
{
    return PQping(cluster_conninfo(cluster, "postgres")) == PQPING_OK;
}

static void unlock(void *fd)
{
    close((int)(intptr_t)fd);
}

static bool lock(struct cluster *cluster, const char *state, struct err *err)
{
    if (!folder_make(state, err))
        return false;
    const char *path = path_join(cluster->arena, state, "postgres.lock");
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_errno(err, "cannot open %s", path);
    arena_defer(cluster->arena, unlock, (void *)(intptr_t)fd);
    return flock(fd, LOCK_EX) == 0 || err_errno(err, "cannot lock %s", path);
}

/* Removes the pid file of a dead server whose pid now belongs to a program that is not PostgreSQL. */
static void clear_stale_pid(struct cluster *cluster)
{
    struct buf text, name;
    struct err ignored;
    const char *file = path_join(cluster->arena, cluster->data, "postmaster.pid");
    if (!file_read(cluster->arena, file, &text, &ignored))
        return;
    long pid = strtol(text.data, NULL, 10);
    if (!file_read(cluster->arena, arena_printf(cluster->arena, "/proc/%ld/comm", pid), &name, &ignored))
        return; /* PostgreSQL sees by itself that nobody has it */
    if (!text_starts(name.data, "postgres"))
        unlink(file);
}

/* pg_ctl returns when the server takes connections. */
static bool start_server(struct cluster *cluster, struct err *err)
{
    const char *patience = arena_printf(cluster->arena, "%d", START_PATIENCE_S);
    const char *const argv[] = {"pg_ctl", "start",       "-s", "-w",         "-t", patience,
                                "-D",     cluster->data, "-l", cluster->log, NULL};
    int64_t begin = clock_mono_ns();
    clear_stale_pid(cluster);
    while (!cluster_program(cluster, argv, err)) {
        /* Sessions of a killed server may still hold its shared memory, until they notice. */
        const char *tail = process_log_tail(cluster->arena, cluster->log, 6);
        bool waits = strstr(tail, "is still in use") != NULL;
        if (!waits || clock_seconds_since(begin) > 20)
            return err_set(err, ERR_SERVICE, "the private PostgreSQL does not start; the end of %s:\n%s", cluster->log,
                           tail);
        clock_sleep_ms(200);
    }
    return true;
}

static bool make_database(struct cluster *cluster, struct err *err)
{
    struct rows rows;
    struct ledger *ledger = ledger_open(cluster->arena, cluster_conninfo(cluster, "postgres"), "tidemill", err);
    if (!ledger || !ledger_exec(ledger, cluster->arena, STATEMENT_DATABASE_EXISTS, NO_PARAMS, &rows, err))
        return false;
    return row_bool(&rows, 0, 0) || ledger_sql(ledger, cluster->arena, "CREATE DATABASE tidemill", NULL, err);
}

bool cluster_start(struct arena *arena, const char *state, const char **conninfo, struct err *err)
{
    struct arena own;
    struct cluster cluster;
    arena_init(&own);
    bool ok = cluster_describe(&cluster, &own, state, err);
    if (ok && !answers(&cluster))
        ok = lock(&cluster, state, err) &&
             (answers(&cluster) || (cluster_find_programs(&cluster, err) && cluster_make(&cluster, err) &&
                                    cluster_settings(&cluster, err) && start_server(&cluster, err)));
    ok = ok && make_database(&cluster, err);
    if (ok)
        *conninfo = arena_strdup(arena, cluster_conninfo(&cluster, "tidemill"));
    else
        err->code = ERR_SERVICE;
    arena_release(&own);
    return ok;
}

bool cluster_stop(const char *state, struct err *err)
{
    struct arena own;
    struct cluster cluster;
    arena_init(&own);
    bool ok = cluster_describe(&cluster, &own, state, err);
    if (ok && file_exists(path_join(&own, cluster.data, "postmaster.pid")))
        ok = lock(&cluster, state, err) && cluster_find_programs(&cluster, err) &&
             (cluster_program(&cluster,
                              (const char *const[]){"pg_ctl", "stop", "-s", "-m", "fast", "-w", "-t", "60", "-D",
                                                    cluster.data, NULL},
                              err) ||
              !answers(&cluster) || err_wrap(err, "the private PostgreSQL does not stop"));
    arena_release(&own);
    return ok;
}

const char *cluster_running(struct arena *arena, const char *state)
{
    struct arena own;
    struct cluster cluster;
    struct err ignored;
    arena_init(&own);
    const char *conninfo = NULL;
    if (cluster_describe(&cluster, &own, state, &ignored) && answers(&cluster))
        conninfo = arena_strdup(arena, cluster_conninfo(&cluster, "tidemill"));
    arena_release(&own);
    return conninfo;
}
