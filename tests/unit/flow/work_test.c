/*
 * A hand of tasks, of which one takes long, or ends the worker, or hangs: what becomes of the others, and what is said
 * of each. The workers are children: they end as processes do.
 */
#include "lib/flow/work.h"

#include "lib/base/clock.h"
#include "tests/unit/flow/bench.h"

#include <signal.h>
#include <unistd.h>

enum { MANY = 4, POISON = 1 }; /* the second of four */

/* What is quick is far below these on a busy machine, too, whose disk may take half a second. */
enum { LATE_MS = 2000, SLOW_MS = 2500, STALL_MS = 2000 };

static struct lease *held;
static const char *poison; /* the task */
static enum { SLOW, TOLD, DEADLY, STUCK, STRANDED, CUT, UNREADABLE } conduct;
static bool known_slow; /* the worker had such a task before */

static void move_store(const char *root, const char *from, const char *to)
{
    char old[4096], new[4096];
    snprintf(old, sizeof old, "%s/%s", root, from);
    snprintf(new, sizeof new, "%s/%s", root, to);
    if (rename(old, new) != 0)
        perror(old);
}

/* An artifact is cut short under who reads it, who takes what is left for a mistake in the data. */
static bool read_cut(struct task *task, struct err *err)
{
    enum { BYTES = 10000 };
    struct digest digest;
    struct map map;
    char *bytes = arena_alloc(task->arena, BYTES);
    memset(bytes, 'x', BYTES);
    if (!store_put(task->store, bytes, BYTES, &digest, err) || !store_map(task->store, task->arena, &digest, &map, err))
        return false;
    if (truncate(store_path(task->store, task->arena, &digest), 0) != 0)
        perror("truncate");
    return map.data[BYTES / 2] == 'x' || err_set(err, ERR_INPUT, "the record has no text");
}

/* What the poisoned task does; the others are quick. */
static bool read_batch(struct task *task, const void *config, struct err *err)
{
    (void)config;
    if (strcmp(task->id, poison) != 0)
        return task_put(task, "raw", 0, task->id, UUID_TEXT - 1, "text/plain", err);
    switch (conduct) {
    case SLOW:
        clock_sleep_ms(SLOW_MS);
        break;
    case TOLD:
        lease_interrupt(held);
        break;
    case DEADLY:
        raise(SIGKILL);
        break;
    case STUCK:
        clock_sleep_ms(60000);
        break;
    case STRANDED:
        move_store(task->store->root, "new", "gone");
        break;
    case CUT:
        return read_cut(task, err);
    case UNREADABLE:
        return err_set(err, ERR_SYSTEM, "the batch could not be read");
    }
    return task_put(task, "raw", 0, task->id, UUID_TEXT - 1, "text/plain", err);
}

static const struct work works[] = {{"ingest.read", read_batch}, {NULL, NULL}};
static const struct stage stage = {&bench_ingest, works};

/* A run whose scan left MANY batches to read, none of which was there before. */
static void begin(struct bench *bench)
{
    struct claim scan;
    struct err err = {0};
    const char *batches[MANY];
    bench_sql(bench, "UPDATE ledger.run SET state = 'cancelled', finished = now() WHERE state = 'running'");
    bench_run(bench);
    for (int i = 0; i < MANY; i++)
        batches[i] = arena_printf(bench->arena, "batch %d of run %d", i, bench->slots);
    bench_must(bench_claim(bench, "ingest", "one", &scan), &err);
    bench_must(bench_complete(bench, &scan, "batch", batches, MANY, &err), &err);
    poison = bench_sql(bench, arena_printf(bench->arena,
                                           "SELECT id FROM ledger.task WHERE kind = 'ingest.read' AND position = "
                                           "'{0,%d}' AND run = '%s'",
                                           POISON, bench->run));
}

/* Whatever orders name: all tasks of the run that are to be had. */
static size_t take(struct bench *bench, const struct claimer *claimer, struct claim *claims)
{
    struct err err = {0};
    struct rows rows;
    const char *ids[MANY];
    size_t got = 0;
    bench_sql(bench, "UPDATE ledger.task SET not_before = now() WHERE state = 'ready' AND not_before > now()");
    bench_must(ledger_sql(bench->ledger, bench->arena,
                          "SELECT id FROM ledger.task WHERE kind = 'ingest.read' AND state = 'ready' AND run = "
                          "(SELECT id FROM ledger.run WHERE state = 'running') ORDER BY position",
                          &rows, &err),
               &err);
    for (int i = 0; i < rows.count; i++)
        ids[i] = row_text(&rows, i, 0);
    bench_must(claim_take(bench->ledger, bench->arena, claimer, ids, (size_t)rows.count, claims, &got, &err), &err);
    return got;
}

__attribute__((noreturn)) static void be_worker(struct bench *bench, const struct claimer *claimer,
                                                const struct claim *claims, size_t count)
{
    struct arena arena;
    struct err err = {0};
    struct work_settings settings;
    struct hand hand = {.late_s = LATE_MS / 1000.0};
    struct work_process process = {0};
    bool passed = false, stranded = false;
    arena_init(&arena);
    mapping_guard();
    work_settings_init(&settings);
    struct ledger *ledger = ledger_open(&arena, bench->conninfo, "test", &err);
    bench_must(ledger != NULL, &err);
    held = lease_open(&arena, bench->conninfo, claimer);
    struct watch watch = {0};
    const struct work_site site = {.stage = &stage,
                                   .claimer = claimer,
                                   .ledger = ledger,
                                   .lease = held,
                                   .watch = &watch,
                                   .pool = pool_new(1),
                                   .settings = &settings,
                                   .hand = &hand,
                                   .patience = {3600000, conduct == STUCK ? STALL_MS : 3600000},
                                   .process = &process,
                                   .passed = &passed,
                                   .stranded = &stranded};
    if (known_slow)
        hand_note(&hand, "ingest.read", 60);
    bench_must(work_on(&site, &arena, claims, count, &err), &err);
    _exit(0);
}

/* A worker takes what there is and comes to its end. */
static size_t let_work(struct bench *bench, const char *owner)
{
    struct claim claims[MANY];
    struct err err = {0};
    struct claimer claimer = bench->claimer;
    claimer.owner = owner;
    size_t got = take(bench, &claimer, claims);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        be_worker(bench, &claimer, claims, got);
    bench_await(child);
    bench_must(claim_abandon(bench->ledger, bench->arena, owner, "died", NULL, &err) &&
                   claim_expire(bench->ledger, bench->arena, &claimer, &err),
               &err);
    return got;
}

/* A task of the run: its state, its failures, and what is said of it. */
static const char *became(struct bench *bench, int task)
{
    return bench_sql(
        bench, arena_printf(bench->arena,
                            "SELECT state || ' ' || failures || ': ' || coalesce(replace(error, '%s', 'POISON'), "
                            "'nothing') FROM ledger.task WHERE kind = 'ingest.read' AND position = '{0,%d}' AND run = "
                            "'%s'",
                            poison, task, bench->run));
}

static void test_given_back(struct bench *bench)
{
    conduct = SLOW;
    begin(bench);
    OK(let_work(bench, "slow") == MANY, "a worker takes four");
    SAME(became(bench, 0), "done 0: nothing", "what was done before one that takes long is done");
    SAME(became(bench, POISON), "done 0: nothing", "so is that one");
    SAME(became(bench, 2), "ready 0: not begun, since what was claimed with it took long; it is given back",
         "the next is given back, with the reason");
    known_slow = true;
    begin(bench);
    OK(let_work(bench, "expert") == MANY, "a worker that knows the kind as slow takes four");
    known_slow = false;
    SAME(became(bench, 0), "done 0: nothing", "and does one");
    for (int i = 1; i < MANY; i++)
        SAME(became(bench, i), "ready 0: not begun, since what was claimed with it takes long; it is given back",
             "the others are given back before");
    conduct = TOLD;
    begin(bench);
    OK(let_work(bench, "told") == MANY, "a worker takes four, and is told to end");
    SAME(became(bench, POISON), "done 0: nothing", "what it was at is done");
    SAME(became(bench, 2), "ready 0: not begun, since its worker was told to end; it is given back",
         "the next is given back, with that reason");
}

static void test_stranded(struct bench *bench)
{
    const char *root = bench->claimer.store->root;
    conduct = STRANDED;
    begin(bench);
    OK(let_work(bench, "stranded") == MANY, "a worker takes four, and loses the store at the second");
    SAME(became(bench, 0), "done 0: nothing", "what was done before is done");
    SAME(became(bench, POISON),
         arena_printf(bench->arena, "ready 1: output raw[0]: store: cannot write in %s/new: No such file or directory",
                      root),
         "the one that it was at has failed");
    for (int i = POISON + 1; i < MANY; i++)
        SAME(became(bench, i), "ready 0: not begun, since its worker cannot use the store; it is given back",
             "the others are given back");
    move_store(root, "gone", "new");
    conduct = SLOW;
    OK(let_work(bench, "back") == MANY - 1, "once it is back, a worker takes them");
}

static void test_cut(struct bench *bench)
{
    conduct = CUT;
    begin(bench);
    OK(let_work(bench, "cut") == MANY, "a worker takes four, and an artifact is cut short under the second");
    const char *said = became(bench, POISON);
    OK(strncmp(said, "ready 1: ", 9) == 0 && strstr(said, "could not be read to its end: it was cut short") != NULL,
       "it has failed once, for that: %s", said);
    for (int i = 0; i < MANY; i++)
        if (i != POISON)
            SAME(became(bench, i), "done 0: nothing", "the others are done");
    SAME(bench_sql(bench,
                   arena_printf(bench->arena,
                                "SELECT count(*) FROM ledger.attempt WHERE outcome = 'lost' AND task = '%s'", poison)),
         "0", "no attempt was lost, so that the next one is not a careful one");
}

/* Reading /proc/self/mem from its beginning is EIO, as reading a bad sector is. */
static void test_unreadable(struct bench *bench)
{
    conduct = UNREADABLE;
    begin(bench);
    const char *hex = bench_sql(bench, arena_printf(bench->arena,
                                                    "SELECT encode(artifact, 'hex') FROM "
                                                    "ledger.task_input WHERE task = '%s'",
                                                    poison));
    const char *path = arena_printf(bench->arena, "%s/%.2s/%s", bench->claimer.store->root, hex, hex + 2);
    OK(unlink(path) == 0 && symlink("/proc/self/mem", path) == 0, "an input is on a bad sector");
    OK(let_work(bench, "once") == MANY, "a worker takes four, and cannot read it");
    SAME(became(bench, POISON), "ready 1: the batch could not be read", "that may pass");
    OK(let_work(bench, "twice") == 1 && access(path, F_OK) != 0, "the second time it is set aside");
    SAME(became(bench, POISON),
         arena_printf(bench->arena,
                      "ready 1: artifact %s cannot be read (its file system gives EIO); it was moved to %s/damaged/%s",
                      hex, bench->claimer.store->root, hex),
         "which is no failure of the task");
    SAME(bench_sql(bench, "SELECT t.kind || ' ' || t.state FROM ledger.task t JOIN ledger.run r ON r.id = t.run WHERE "
                          "t.repair AND r.state = 'running'"),
         "ingest.scan ready", "and made again");
}

static void test_deadly(struct bench *bench)
{
    conduct = DEADLY;
    begin(bench);
    OK(let_work(bench, "first") == MANY, "a worker takes four, and dies at the second");
    for (int i = 0; i < MANY; i++)
        SAME(became(bench, i),
             "ready 0: its worker first died with several new tasks in hand; at which of them is not known, so that it "
             "counts as no failure of any",
             "none is blamed");
    OK(let_work(bench, "second") == MANY, "the next takes them, and dies too");
    SAME(became(bench, 0), "done 0: nothing", "what was tried before is completed before the next begins");
    SAME(became(bench, POISON), "ready 1: its worker second died", "the deadly one is known now");
    SAME(became(bench, 2), "ready 0: its worker second died before it came to this task; it counts as no failure here",
         "those after it are not blamed");
    OK(let_work(bench, "third") == MANY - 1, "the next takes what is left, and dies too");
    SAME(became(bench, POISON), "ready 2: its worker third died", "the deadly one has its second failure");
    SAME(became(bench, 3), "ready 0: its worker third died before it came to this task; it counts as no failure here",
         "the last still has none");
    OK(let_work(bench, "fourth") == MANY - 1, "once more");
    SAME(became(bench, POISON), "failed 3: its worker fourth died", "and fails after three failures of its own");
    SAME(bench_sql(bench, "SELECT error FROM ledger.run WHERE state = 'failed'"), "ingest.read: its worker fourth died",
         "with which the run says why it failed");
}

static void test_stuck(struct bench *bench)
{
    conduct = STUCK;
    begin(bench);
    OK(let_work(bench, "stuck") == MANY, "a worker takes four, and hangs at the second");
    SAME(became(bench, POISON), "ready 1: its worker stuck hung: nothing moved in 2 s (site.stall_step)",
         "the one that it was at is blamed");
    for (int i = 0; i < MANY; i++)
        if (i != POISON)
            SAME(became(bench, i),
                 "ready 0: its worker stuck hung: nothing moved in 2 s (site.stall_step), at task POISON, which it "
                 "had in hand with this one; it counts as no failure here",
                 "no other is");
}

int main(void)
{
    struct arena arena;
    struct bench bench;
    arena_init(&arena);
    bench_open(&bench, &arena);
    test_given_back(&bench);
    test_stranded(&bench);
    test_cut(&bench);
    test_unreadable(&bench);
    test_stuck(&bench);
    test_deadly(&bench);
    arena_release(&arena);
    return DONE();
}
