/* The private PostgreSQL: made, found again, survives kill -9 of its postmaster and a pid file that names a stranger.
 */
#include "lib/base/clock.h"
#include "lib/ledger/cluster.h"
#include "lib/ledger/ledger.h"
#include "tests/unit/ledger/private.h"
#include "tests/unit/tap.h"

#include <signal.h>
#include <unistd.h>

static long server_pid(struct arena *arena, const char *state)
{
    struct buf text;
    struct err err;
    const char *file = path_join(arena, state, "postgres/data/postmaster.pid");
    return file_read(arena, file, &text, &err) ? strtol(text.data, NULL, 10) : 0;
}

static int count(struct arena *arena, const char *conninfo, const char *sql)
{
    struct err err;
    struct rows rows;
    struct ledger *ledger = ledger_open(arena, conninfo, "test", &err);
    if (ledger && ledger_sql(ledger, arena, sql, &rows, &err))
        return rows.count;
    printf("# %s\n", err.text);
    return -1;
}

static void test_life(struct arena *arena, const char *state)
{
    struct err err = {0};
    const char *conninfo = NULL, *again = NULL;
    int64_t begin = clock_mono_ns();
    OK(!cluster_running(arena, state), "nothing runs at first");
    OK(cluster_stop(state, &err), "stopping nothing is no error");
    if (!OK(cluster_start(arena, state, &conninfo, &err), "it is made and starts"))
        printf("# %s\n", err.text);
    printf("# made and started in %.1f s\n", clock_seconds_since(begin));
    SAME(cluster_running(arena, state), conninfo, "it is found");
    OK(count(arena, conninfo, "CREATE TABLE kept (a int)") == 0, "it takes commands");
    long pid = server_pid(arena, state);
    begin = clock_mono_ns();
    OK(cluster_start(arena, state, &again, &err) && server_pid(arena, state) == pid, "left running, it is found again");
    printf("# found in %.3f s\n", clock_seconds_since(begin));

    struct ledger *open = ledger_open(arena, conninfo, "test", &err);
    kill((pid_t)pid, SIGKILL);
    for (begin = clock_mono_ns(); cluster_running(arena, state) != NULL && clock_seconds_since(begin) < 30;)
        clock_sleep_ms(10);
    begin = clock_mono_ns();
    OK(cluster_start(arena, state, &again, &err), "it starts again after kill -9");
    printf("# started again in %.1f s\n", clock_seconds_since(begin));
    OK(count(arena, again, "SELECT FROM pg_tables WHERE tablename = 'kept'") == 1, "what was committed is there");
    OK(ledger_begin(open, &err) && ledger_commit(open, &err), "a connection that was lost is made again by begin");
}

/* After kill -9 of a session the server recovers, and is waited for; under another path too it is no dead one's, whose
 * pid file would be removed. The session that dies leaves enough to recover for a second start to meet it. */
static void test_other_path(struct arena *arena, const char *state)
{
    struct err err = {0};
    const char *conninfo, *link = arena_printf(arena, "%s.link", state);
    OK(symlink(state, link) == 0 && cluster_stop(state, &err) && cluster_start(arena, link, &conninfo, &err),
       "it starts by another path");
    long pid = server_pid(arena, state);
    OK(count(arena, conninfo, "CREATE TABLE much (a int, b text)") == 0 &&
           count(arena, conninfo, "INSERT INTO much SELECT g, md5(g::text) FROM generate_series(1, 1000000) g") >= 0,
       "it has much to recover");
    struct rows rows;
    struct ledger *victim = ledger_open(arena, conninfo, "test", &err);
    OK(victim != NULL && ledger_sql(victim, arena, "SELECT pg_backend_pid()", &rows, &err) &&
           kill((pid_t)row_int(&rows, 0, 0), SIGKILL) == 0,
       "a session is killed");
    clock_sleep_ms(100);
    if (!OK(cluster_start(arena, link, &conninfo, &err), "the server recovers, and is waited for"))
        printf("# %s\n", err.text);
    OK(server_pid(arena, state) == pid, "it is the same one, and keeps its pid file");
    OK(unlink(link) == 0, "the other path goes");
}

/* As in the profile of a person who works with other servers. */
static void test_environment(struct arena *arena, const char *state)
{
    static const char *const others[][2] = {
        {"PGHOSTADDR", "127.0.0.1"},        {"PGSERVICE", "none"},
        {"PGREQUIREPEER", "nobody"},        {"PGCHANNELBINDING", "require"},
        {"PGGSSENCMODE", "require"},        {"PGOPTIONS", "-c default_transaction_read_only=on"},
        {"PGTARGETSESSIONATTRS", "standby"}};
    struct err err = {0};
    const char *conninfo;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        setenv(others[i][0], others[i][1], 1);
    if (!OK(cluster_start(arena, state, &conninfo, &err), "it is found whatever the environment says of other servers"))
        printf("# %s\n", err.text);
    OK(count(arena, conninfo, "CREATE TABLE found (a int)") == 0, "and takes commands");
}

static void test_stale_pid(struct arena *arena, const char *state)
{
    struct err err = {0};
    const char *conninfo;
    OK(cluster_stop(state, &err) && !cluster_running(arena, state), "it stops");
    const char *text = arena_printf(arena, "%d\n%s/postgres/data\n1\n5432\n\n\n\n", (int)getpid(), state);
    OK(file_write(path_join(arena, state, "postgres/data/postmaster.pid"), text, strlen(text), &err),
       "a pid file that names another program");
    if (!OK(cluster_start(arena, state, &conninfo, &err), "does not keep it from starting"))
        printf("# %s\n", err.text);
}

static void test_long_path(struct arena *arena)
{
    struct err err = {0};
    const char *conninfo, *state = private_state(arena);
    const char *deep = arena_printf(arena, "%s/%0120d", state, 7);
    if (!OK(cluster_start(arena, deep, &conninfo, &err), "a path too long for a socket works"))
        printf("# %s\n", err.text);
    else
        OK(strstr(conninfo, "@tidemill-") && count(arena, conninfo, "SELECT 1") == 1, "by an abstract socket");
    OK(cluster_stop(deep, &err), "and stops");
}

/* Names that are words of several, or mean something to a shell, to libpq or in settings. */
static void test_odd_path(struct arena *arena)
{
    struct err err = {0};
    const char *conninfo, *state = private_state(arena);
    const char *odd = path_join(arena, state, "it's 50%, ü;&"), *shell = path_join(arena, state, "$HOME");
    if (!OK(cluster_start(arena, odd, &conninfo, &err), "a path with odd characters works"))
        printf("# %s\n", err.text);
    else
        OK(count(arena, conninfo, "SELECT 1") == 1, "and is found");
    OK(cluster_stop(odd, &err), "and stops");
    OK(!cluster_start(arena, shell, &conninfo, &err) && err.code == ERR_SERVICE && strstr(err.text, "--state"),
       "what pg_ctl cannot take is said: %s", err.text);
}

static void test_closed_folder(struct arena *arena)
{
    if (geteuid() != 0)
        return;
    struct err err = {0};
    const char *conninfo, *state = private_state(arena);
    OK(chmod(state, 0700) == 0 && !cluster_start(arena, state, &conninfo, &err) && err.code == ERR_SERVICE &&
           strstr(err.text, "cannot enter") && strstr(err.text, "--state"),
       "a folder that is closed to postgres is named, with the way out: %s", err.text);
}

static int mode_of(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 ? (int)(info.st_mode & 0777) : -1;
}

/* What a umask of 077 closes is the business of others, not of the server. */
static void test_umask(struct arena *arena)
{
    struct err err = {0};
    const char *conninfo, *parent = path_join(arena, private_state(arena), "a"), *state = path_join(arena, parent, "b");
    mode_t given = umask(077);
    int want = geteuid() == 0 ? 0711 : 0700;
    if (!OK(cluster_start(arena, state, &conninfo, &err), "it starts under a umask of 077"))
        printf("# %s\n", err.text);
    OK(umask(given) == 077, "which stays");
    OK(mode_of(parent) == want && mode_of(state) == want, "the folders above it can be passed, not read: %o %o",
       (unsigned)mode_of(parent), (unsigned)mode_of(state));
    OK(mode_of(path_join(arena, state, "postgres")) == 0700, "its own is closed");
    OK(cluster_stop(state, &err), "and it stops");
}

int main(void)
{
    struct arena arena;
    arena_init(&arena);
    const char *state = private_state(&arena);
    test_life(&arena, state);
    test_other_path(&arena, state);
    test_environment(&arena, state);
    test_stale_pid(&arena, state);
    test_long_path(&arena);
    test_odd_path(&arena);
    test_closed_folder(&arena);
    test_umask(&arena);
    arena_release(&arena);
    return DONE();
}
