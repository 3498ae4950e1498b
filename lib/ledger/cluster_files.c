/*
 * cluster_files: where the private PostgreSQL keeps its things, as whom it runs, and with which settings.
 *
 * initdb works in a folder of another name that is renamed when it is complete, so a data folder is whole or absent.
 */
#include "lib/ledger/cluster_files.h"

#include "lib/base/digest.h"
#include "lib/base/file.h"
#include "lib/base/process.h"
#include "lib/base/text.h"

#include <errno.h>
#include <glob.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define OLDEST_VERSION 13
#define SOCKET_NAME    "/.s.PGSQL.5432"

/* sun_path holds 107 bytes and a NUL (unix(7)), and a comma parts hosts for libpq; PostgreSQL 14 and newer also take
 * abstract names. */
static const char *socket_folder(struct arena *arena, const char *home)
{
    const char *folder = path_join(arena, home, "socket");
    if (strlen(folder) + strlen(SOCKET_NAME) < sizeof(((struct sockaddr_un *)NULL)->sun_path) &&
        strchr(folder, ',') == NULL)
        return folder;
    struct digest digest = digest_of(folder, strlen(folder));
    char hex[DIGEST_HEX];
    digest_hex(&digest, hex);
    return arena_printf(arena, "@tidemill-%.16s", hex);
}

/* What libpq reads of the environment (PGHOSTADDR, PGSERVICE, PGREQUIREPEER ...) is meant for servers of the user's: it
 * would lead away from this one, or have it refused. */
static void forget_other_servers(struct arena *arena)
{
    if (environ == NULL)
        return;
    for (char **variable = environ; *variable != NULL;) {
        const char *name = arena_strndup(arena, *variable, strcspn(*variable, "="));
        if (!text_starts(name, "PG") || unsetenv(name) != 0)
            variable++;
    }
}

bool cluster_describe(struct cluster *cluster, struct arena *arena, const char *state, struct err *err)
{
    forget_other_servers(arena);
    *cluster = (struct cluster){.arena = arena, .as_other = geteuid() == 0, .uid = geteuid(), .gid = getegid()};
    if (state[0] != '/') {
        char *here = realpath(".", NULL);
        state = path_join(arena, here ? here : "/", state);
        free(here);
    }
    cluster->home = path_join(arena, state, "postgres");
    cluster->data = path_join(arena, cluster->home, "data");
    cluster->log = path_join(arena, cluster->home, "server.log");
    cluster->setup = path_join(arena, cluster->home, "setup.log");
    cluster->socket = socket_folder(arena, cluster->home);
    errno = 0; /* stays so where there is no such user */
    const struct passwd *user = cluster->as_other ? getpwnam("postgres") : getpwuid(geteuid());
    if (!user && errno != 0 && errno != ENOENT && errno != ESRCH)
        return err_errno(err, "cannot look up the user who runs PostgreSQL");
    if (!user && cluster->as_other)
        return err_set(err, ERR_SERVICE,
                       "the private PostgreSQL cannot run as root, and there is no user postgres: install the package "
                       "postgresql, or run as another user");
    if (!user)
        return err_set(err, ERR_SERVICE, "user %d has no name, which PostgreSQL needs", (int)geteuid());
    cluster->user = arena_strdup(arena, user->pw_name);
    cluster->uid = user->pw_uid;
    cluster->gid = user->pw_gid;
    return true;
}

/* The data folder's version where there is one, else 0. */
static int version_of_data(struct cluster *cluster)
{
    struct buf text;
    struct err ignored;
    const char *file = path_join(cluster->arena, cluster->data, "PG_VERSION");
    return file_read(cluster->arena, file, &text, &ignored) ? (int)strtol(text.data, NULL, 10) : 0;
}

bool cluster_find_programs(struct cluster *cluster, struct err *err)
{
    static const char *const patterns[] = {"/usr/lib/postgresql/*/bin/initdb", "/usr/pgsql-*/bin/initdb"};
    int wanted = version_of_data(cluster);
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        glob_t found;
        int answer = glob(patterns[i], 0, NULL, &found);
        if (answer == GLOB_NOSPACE)
            arena_exhausted("the versions of PostgreSQL");
        if (answer != 0)
            continue;
        size_t before = strcspn(patterns[i], "*");
        for (size_t k = 0; k < found.gl_pathc; k++) {
            int version = (int)strtol(found.gl_pathv[k] + before, NULL, 10);
            if (version < OLDEST_VERSION || (wanted ? version != wanted : version <= cluster->version))
                continue;
            cluster->version = version;
            cluster->bin = path_folder(cluster->arena, found.gl_pathv[k]);
        }
        globfree(&found);
    }
    if (cluster->bin)
        return true;
    if (wanted)
        return err_set(err, ERR_SERVICE,
                       "%s was made by PostgreSQL %d, whose server is not installed: install postgresql-%d",
                       cluster->data, wanted, wanted);
    return err_set(
        err, ERR_SERVICE,
        "no PostgreSQL server of version %d or newer is installed: install the package postgresql, or name a "
        "server with `postgres:` in the site settings",
        OLDEST_VERSION);
}

/* A folder of the user who runs the server, closed to others. */
static bool own_folder(const struct cluster *cluster, const char *path, struct err *err)
{
    if (!folder_make(path, err))
        return false;
    if (chmod(path, 0700) != 0 || (cluster->as_other && chown(path, cluster->uid, cluster->gid) != 0))
        return err_errno(err, "cannot give %s to user %s", path, cluster->user);
    return true;
}

bool cluster_program(struct cluster *cluster, const char *const argv[], struct err *err)
{
    const char *full[32];
    size_t n = 0, given = 0;
    if (cluster->as_other) {
        full[n++] = "setpriv";
        full[n++] = arena_printf(cluster->arena, "--reuid=%d", (int)cluster->uid);
        full[n++] = arena_printf(cluster->arena, "--regid=%d", (int)cluster->gid);
        full[n++] = "--init-groups";
        full[n++] = "--";
    }
    full[n++] = argv[0][0] == '/' ? argv[0] : path_join(cluster->arena, cluster->bin, argv[0]);
    while (argv[++given])
        full[n++] = argv[given];
    full[n] = NULL;
    return process_run(full, cluster->setup, err);
}

bool cluster_reachable(struct cluster *cluster, struct err *err)
{
    struct err why;
    if (!cluster->as_other ||
        cluster_program(cluster, (const char *const[]){"/usr/bin/test", "-x", cluster->home, NULL}, &why))
        return true;
    return err_set(err, ERR_SERVICE,
                   "user postgres, as whom the private PostgreSQL runs, cannot enter %s: open its parent folders "
                   "(chmod o+x), or choose another place with --state (%.*s)",
                   cluster->home, (int)strcspn(why.text, "\n"), why.text);
}

bool cluster_make(struct cluster *cluster, struct err *err)
{
    if (!own_folder(cluster, cluster->home, err) || !cluster_reachable(cluster, err))
        return false;
    if (cluster->socket[0] == '/' && !own_folder(cluster, cluster->socket, err))
        return false;
    if (cluster->socket[0] == '@' && cluster->version < 14)
        return err_set(
            err, ERR_SERVICE,
            "the path %s is too long for the socket of PostgreSQL %d, or has a comma: choose another --state",
            cluster->home, cluster->version);
    if (cluster->home[strcspn(cluster->home, "\"$`\\\n")] != '\0')
        return err_set(
            err, ERR_SERVICE,
            "the private PostgreSQL cannot be in %s: its pg_ctl gives the path to a shell, to which \" $ ` \\ "
            "mean something: choose another --state",
            cluster->home);
    if (version_of_data(cluster) != 0)
        return true;
    const char *fresh = path_join(cluster->arena, cluster->home, "data.new");
    if ((file_exists(fresh) && !folder_remove(fresh, err)) ||
        !cluster_program(cluster,
                         (const char *const[]){"initdb", "-D", fresh, "-U", "tidemill", "-E", "UTF8", "--locale=C",
                                               "--auth=reject", "--data-checksums", "--no-sync", NULL},
                         err))
        return err_wrap(err, "cannot make the private PostgreSQL");
    if (rename(fresh, cluster->data) != 0)
        return err_errno(err, "cannot rename %s to %s", fresh, cluster->data);
    return true;
}

static bool write_setting(struct cluster *cluster, const char *name, const char *text, struct err *err)
{
    const char *path = path_join(cluster->arena, cluster->data, name);
    if (!file_write_private(path, text, strlen(text), err))
        return false;
    if (cluster->as_other && chown(path, cluster->uid, cluster->gid) != 0)
        return err_errno(err, "cannot give %s to user %s", path, cluster->user);
    return true;
}

/* As postgresql.conf wants a list of one name: '"..."' with both quotes doubled inside. */
static char *quoted_name(struct arena *arena, const char *text)
{
    struct buf buf;
    buf_init(&buf, arena);
    buf_text(&buf, "'\"");
    for (; *text; text++) {
        if (*text == '\'' || *text == '"')
            buf_char(&buf, *text);
        buf_char(&buf, *text);
    }
    buf_text(&buf, "\"'");
    return buf.data;
}

bool cluster_settings(struct cluster *cluster, struct err *err)
{
    /* Small, and safe: what was committed survives a crash. The data are metadata; the bulk is in the store. */
    const char *settings = arena_printf(cluster->arena,
                                        "# Written by Tidemill at every start.\n"
                                        "cluster_name = 'tidemill'\n"
                                        "listen_addresses = ''\n"
                                        "port = 5432\n"
                                        "unix_socket_directories = %s\n"
                                        "unix_socket_permissions = 0700\n"
                                        "max_connections = 100\n"
                                        "shared_buffers = 128MB\n"
                                        "work_mem = 16MB\n"
                                        "maintenance_work_mem = 64MB\n"
                                        "effective_cache_size = 512MB\n"
                                        "random_page_cost = 1.1\n"
                                        "wal_level = minimal\n"
                                        "max_wal_senders = 0\n"
                                        "max_wal_size = 2GB\n"
                                        "wal_compression = on\n"
                                        "checkpoint_timeout = 15min\n"
                                        "jit = off\n"
                                        "timezone = 'UTC'\n"
                                        "log_timezone = 'UTC'\n"
                                        "log_line_prefix = '%%m [%%p] %%a '\n"
                                        "log_checkpoints = off\n"
                                        "autovacuum_naptime = 30s\n",
                                        quoted_name(cluster->arena, cluster->socket));
    const struct passwd *self = getpwuid(geteuid());
    const char *people =
        arena_printf(cluster->arena, "tidemill root tidemill\ntidemill %s tidemill\n%s%s%s", cluster->user,
                     self ? "tidemill " : "", self ? self->pw_name : "", self ? " tidemill\n" : "");
    return write_setting(cluster, "postgresql.conf", settings, err) &&
           write_setting(cluster, "pg_hba.conf", "local all tidemill peer map=tidemill\n", err) &&
           write_setting(cluster, "pg_ident.conf", people, err);
}

char *cluster_conninfo(const struct cluster *cluster, const char *database)
{
    struct buf buf;
    buf_init(&buf, cluster->arena);
    buf_text(&buf, "host='");
    for (const char *p = cluster->socket; *p; p++) {
        if (*p == '\'' || *p == '\\')
            buf_char(&buf, '\\');
        buf_char(&buf, *p);
    }
    buf_printf(&buf, "' port=5432 user=tidemill dbname=%s", database);
    return buf.data;
}
