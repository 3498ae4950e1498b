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

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define START_PATIENCE_S  60 /* recovery after a crash may take this long */
#define ORPHAN_PATIENCE_S 20 /* for the sessions of a killed server to notice */

static bool answers(const struct cluster *cluster)
{
    return PQping(cluster_conninfo(cluster, "postgres")) == PQPING_OK;
}

bool cluster_folder(const char *state, struct err *err)
{
    const mode_t pass = S_IXGRP | S_IXOTH;
    mode_t given = umask(S_IRWXG | S_IRWXO);
    umask(geteuid() == 0 ? given & ~pass : given);
    bool made = folder_make(state, err);
    umask(given);
    return made;
}

static bool lock(struct cluster *cluster, const char *state, struct err *err)
{
    return cluster_folder(state, err) &&
           file_lock(cluster->arena, path_join(cluster->arena, state, "postgres.lock"), err);
}

/* Whether any process of a server still works in the data folder, whatever path leads there; a zombie does not. True
 * too where the system does not tell: its pid file must stay then. */
static bool has_processes(struct cluster *cluster)
{
    glob_t found;
    bool any = false;
    struct stat data, folder;
    if (stat(cluster->data, &data) != 0)
        return errno != ENOENT;
    int answer = glob("/proc/[0-9]*/cwd", GLOB_ERR, NULL, &found);
    if (answer == GLOB_NOSPACE)
        arena_exhausted("the processes of this machine");
    if (answer != 0)
        return answer != GLOB_NOMATCH;
    for (size_t i = 0; i < found.gl_pathc && !any; i++) {
        struct buf name;
        struct err ignored;
        const char *process = path_folder(cluster->arena, found.gl_pathv[i]);
        any = stat(found.gl_pathv[i], &folder) == 0 && folder.st_dev == data.st_dev && folder.st_ino == data.st_ino &&
              (!file_read(cluster->arena, path_join(cluster->arena, process, "comm"), &name, &ignored) ||
               text_starts(name.data, "postgres"));
    }
    globfree(&found);
    return any;
}

/*
 * After kill -9 of the server its sessions go on until they notice, and its pid may stay taken: by a zombie that nobody
 * waits for, or by a stranger. PostgreSQL would refuse to start, so wait for the first and remove the pid file of a
 * server that has no process left. After kill -9 of a session the server recovers and takes connections again, by
 * itself: true where it does.
 */
static bool comes_back(struct cluster *cluster)
{
    int64_t begin = clock_mono_ns();
    while (has_processes(cluster)) {
        if (answers(cluster))
            return true;
        PGPing state = PQping(cluster_conninfo(cluster, "postgres"));
        if (clock_seconds_since(begin) > (state == PQPING_REJECT ? START_PATIENCE_S : ORPHAN_PATIENCE_S))
            return false;
        clock_sleep_ms(50);
    }
    unlink(path_join(cluster->arena, cluster->data, "postmaster.pid"));
    if (cluster->socket[0] == '/')
        unlink(path_join(cluster->arena, cluster->socket, ".s.PGSQL.5432.lock"));
    return false;
}

/* pg_ctl returns when the server takes connections. */
static bool start_server(struct cluster *cluster, struct err *err)
{
    const char *patience = arena_printf(cluster->arena, "%d", START_PATIENCE_S);
    const char *const argv[] = {"pg_ctl", "start",       "-s", "-w",         "-t", patience,
                                "-D",     cluster->data, "-l", cluster->log, NULL};
    struct err why;
    if (comes_back(cluster) || cluster_program(cluster, argv, &why))
        return true;
    const char *tail = process_log_tail(cluster->arena, cluster->log, 6);
    return err_set(err, ERR_SERVICE, "the private PostgreSQL does not start: %.*s; %s %s%s%s",
                   (int)strcspn(why.text, "\n"), why.text, *tail == '\0' ? "nothing stands in" : "the end of",
                   cluster->log, *tail == '\0' ? "" : ":\n", tail);
}

static bool database_exists(struct cluster *cluster, struct ledger *ledger, bool *exists, struct err *err)
{
    struct rows rows;
    if (!ledger_exec(ledger, cluster->arena, STATEMENT_DATABASE_EXISTS, NO_PARAMS, &rows, err))
        return false;
    *exists = row_bool(&rows, 0, 0);
    return true;
}

/* Another process may make it at the same moment: what counts is that it is there. */
static bool make_database(struct cluster *cluster, struct err *err)
{
    bool exists;
    struct err ignored;
    struct ledger *ledger = ledger_open(cluster->arena, cluster_conninfo(cluster, "postgres"), "tidemill", err);
    if (!ledger || !database_exists(cluster, ledger, &exists, err))
        return false;
    return exists || ledger_sql(ledger, cluster->arena, "CREATE DATABASE tidemill", NULL, err) ||
           (database_exists(cluster, ledger, &exists, &ignored) && exists);
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

/* The user of a file or folder; where it is none either that of the nearest folder above. */
static const char *owner_of(struct arena *arena, const char *path)
{
    struct stat info;
    while (stat(path, &info) != 0 && strcmp(path, "/") != 0 && strcmp(path, ".") != 0)
        path = path_folder(arena, path);
    const struct passwd *user = stat(path, &info) == 0 ? getpwuid(info.st_uid) : NULL;
    return user ? arena_strdup(arena, user->pw_name) : arena_printf(arena, "%ld", (long)info.st_uid);
}

bool cluster_made(const char *state, bool *made, struct err *err)
{
    struct arena own;
    arena_init(&own);
    *made = access(path_join(&own, state, "postgres/data/PG_VERSION"), F_OK) == 0;
    int why = *made ? 0 : errno;
    bool seen = *made || why == ENOENT || why == ENOTDIR;
    if (!seen)
        err_set(err, ERR_SYSTEM, "cannot look into %s: %s; it is user %s's: give the command as that user", state,
                strerror(why), owner_of(&own, state));
    arena_release(&own);
    return seen;
}

bool cluster_again(struct arena *arena, const char *state, const char **conninfo, struct err *err)
{
    bool made;
    if (!cluster_made(state, &made, err))
        return false;
    if (!made)
        return err_set(err, ERR_SERVICE,
                       "there is no ledger in %s yet; tidemill run FILE makes it, --state DIR names another", state);
    return cluster_start(arena, state, conninfo, err);
}

bool cluster_stop(const char *state, struct err *err)
{
    struct arena own;
    struct cluster cluster;
    bool made;
    arena_init(&own);
    bool ok = cluster_made(state, &made, err) && cluster_describe(&cluster, &own, state, err);
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

bool cluster_possible(const char *state, struct err *err)
{
    struct arena own;
    struct cluster cluster;
    arena_init(&own);
    bool ok = cluster_describe(&cluster, &own, state, err) && cluster_find_programs(&cluster, err);
    if (ok) {
        cluster.setup = "/dev/null";
        do /* not what is ours already: it is given to that user at every start */
            cluster.home = path_folder(&own, cluster.home);
        while (!file_exists(cluster.home));
        ok = cluster_reachable(&cluster, err);
    }
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
