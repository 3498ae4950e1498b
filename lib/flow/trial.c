/* trial: see trial.h. Parent and child share one page, the board: where the child is, and that it moves. */
#include "lib/flow/trial.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/mapping.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Where at least MANY were set aside, and they are most of what was tried, it is not the documents. */
enum { POLL_MS = 5, DEFAULT_STALL_MS = 120000, MANY = 16, CHANCES = 8, UNREADABLE = 74, ROOM_BYTES = 4 << 20 };

struct trial_board {
    atomic_size_t at; /* the element that is worked on */
    struct task_motion motion;
};

/* What became of a child. */
struct ending {
    bool well;
    size_t at; /* where not */
    struct fate fate;
};

static void unmap(void *board)
{
    munmap(board, sizeof(struct trial_board));
}

static bool open_board(struct trial *trial, struct err *err)
{
    if (trial->board != NULL)
        return true;
    void *board = mmap(NULL, sizeof *trial->board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (board == MAP_FAILED)
        return err_errno(err, "cannot start a child to try documents in: no memory to share with it");
    trial->board = board;
    arena_defer(trial->task->arena, unmap, board);
    return true;
}

/* The last element may have taken all memory, which the work after it would miss. */
static void need_room(void)
{
    struct arena arena;
    arena_init(&arena);
    arena_alloc(&arena, ROOM_BYTES);
    arena_release(&arena);
}

/* It dies with its parent, dumps no core, and its thread is the only one. */
__attribute__((noreturn)) static void be_child(struct trial *trial, size_t from, size_t end, const struct fate *fate,
                                               pid_t parent)
{
    const struct rlimit none = {0, 0};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    setrlimit(RLIMIT_CORE, &none);
    mapping_guard_child(UNREADABLE);
    trial->task->motion = &trial->board->motion;
    for (size_t i = from; i < end; i++) {
        if (fate[i].rule != NULL)
            continue;
        atomic_store(&trial->board->at, i);
        task_moved(trial->task);
        trial->work(trial->context, i);
    }
    need_room();
    _exit(0);
}

static double memory_limit(void)
{
    struct rlimit limit;
    return getrlimit(RLIMIT_DATA, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY ? (double)limit.rlim_cur : 0;
}

static void judge(struct ending *ending, int status, const struct rusage *used, bool stalled, int64_t stall_ms)
{
    double peak = (double)used->ru_maxrss * 1024, stall = (double)stall_ms * 1e-3;
    bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL; /* not by us: the system ran out of memory */
    ending->well = !stalled && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (stalled)
        ending->fate = (struct fate){"timeout", stall, stall};
    else if (killed || (WIFEXITED(status) && WEXITSTATUS(status) == ARENA_EXHAUSTED))
        ending->fate = (struct fate){"memory", peak, memory_limit()};
    else
        ending->fate = (struct fate){"crash", WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status), 0};
}

/* As the system refuses to end it, it is told again at every look; it ends with us at the latest. */
static bool end_child(pid_t child, int tries, struct err *err)
{
    return kill(child, SIGKILL) == 0 || tries < CHANCES || err_errno(err, "cannot end a child that tries documents");
}

/* To the child's end, or until it moved for too long no more. Time is counted in polls, so that a process that was
 * stopped for a while does not take its child for stalled. */
static bool await(struct trial *trial, pid_t child, struct ending *ending, struct err *err)
{
    struct rusage used;
    int status = 0;
    unsigned long long moved = 0, now;
    int64_t still_ms = 0, stall_ms = trial->task->stall_ms > 0 ? trial->task->stall_ms : DEFAULT_STALL_MS;
    bool good = true, stalled = false;
    pid_t ended;
    int tries = 0;
    while ((ended = wait4(child, &status, WNOHANG, &used)) == 0 || (ended < 0 && errno == EINTR)) {
        clock_sleep_ms(POLL_MS);
        task_moved(trial->task);
        now = atomic_load(&trial->board->motion.moves);
        still_ms = now == moved ? still_ms + POLL_MS : 0;
        moved = now;
        stalled = still_ms > stall_ms;
        good = good && task_progress(trial->task, (double)trial->tried, 0, "tried", NULL, err);
        if ((stalled || !good) && !end_child(child, tries++, err))
            return false;
    }
    if (ended < 0)
        return err_errno(err, "a child was lost");
    if (good && WIFEXITED(status) && WEXITSTATUS(status) == UNREADABLE)
        return err_set(err, ERR_SYSTEM, "a child that tries documents could not read a file of the store to its end");
    ending->at = atomic_load(&trial->board->at);
    judge(ending, status, &used, stalled, stall_ms);
    return good;
}

static bool try_range(struct trial *trial, size_t from, size_t end, const struct fate *fate, struct ending *ending,
                      struct err *err)
{
    pid_t parent = getpid();
    atomic_store(&trial->board->at, from);
    pid_t child = fork();
    if (child < 0)
        return err_errno(err, "cannot start a child to try documents in");
    if (child == 0)
        be_child(trial, from, end, fate, parent);
    return await(trial, child, ending, err);
}

static bool dies(struct trial *trial, size_t from, size_t at, const struct fate *fate, struct ending *ending,
                 bool *dead, struct err *err)
{
    struct ending now;
    if (!try_range(trial, from, at + 1, fate, &now, err))
        return false;
    *dead = !now.well;
    if (*dead)
        *ending = now;
    return true;
}

/* A child that began at 0 died at `at`. Mostly that element does the harm, alone. Else the latest one from which on a
 * child still dies there. Where none dies again, somebody had ended it: `found` is false. */
static bool find_culprit(struct trial *trial, size_t at, struct fate *fate, struct ending *ending, bool *found,
                         struct err *err)
{
    size_t from = at, lives = at;
    if (!dies(trial, at, at, fate, ending, found, err))
        return false;
    if (!*found && !dies(trial, from = 0, at, fate, ending, found, err))
        return false;
    while (*found && from < at && lives - from > 1) {
        bool dead;
        size_t middle = from + (lives - from) / 2;
        if (!dies(trial, middle, at, fate, ending, &dead, err))
            return false;
        *(dead ? &from : &lives) = middle;
    }
    while (*found && fate[from].rule != NULL) /* the search may end on one that is left out already */
        from++;
    if (*found)
        fate[from] = ending->fate;
    return true;
}

static bool hopeless(const struct trial *trial, const struct fate *last, size_t tried, struct err *err)
{
    if (trial->aside < MANY || trial->aside * 2 <= tried)
        return false;
    err_set(
        err, ERR_INPUT,
        "%zu of the first %zu documents end the process (the last one %s): that is a setting, a library or the whole "
        "shard rather than single documents",
        trial->aside, tried, fate_text(trial->task->arena, last));
    return true;
}

bool trial_batch(struct trial *trial, size_t count, struct fate *fate, struct err *err)
{
    memset(fate, 0, count * sizeof *fate);
    if (!trial->task->careful)
        return true;
    if (!open_board(trial, err))
        return false;
    for (int by_chance = 0; by_chance < CHANCES;) {
        struct ending ending;
        bool found;
        if (!try_range(trial, 0, count, fate, &ending, err))
            return false;
        if (ending.well) {
            trial->tried += count;
            return true;
        }
        size_t tried = trial->tried + ending.at + 1;
        if (!find_culprit(trial, ending.at, fate, &ending, &found, err))
            return false;
        by_chance += !found;
        trial->aside += found;
        if (found)
            log_line(LOG_WARN, "%s %s: a document is set aside: it %s", trial->task->kind, trial->task->id,
                     fate_text(trial->task->arena, &ending.fate));
        if (found && hopeless(trial, &ending.fate, tried, err))
            return false;
    }
    return err_set(err, ERR_SYSTEM, "children that try documents are ended by somebody");
}

bool trial_documents(struct trial *trial, struct document *documents, size_t *count, struct err *err)
{
    struct task *task = trial->task;
    size_t well = 0;
    if (!task->careful || *count == 0)
        return true;
    struct fate *fate = ARENA_ARRAY(task->arena, struct fate, *count);
    if (!trial_batch(trial, *count, fate, err))
        return false;
    for (size_t i = 0; i < *count; i++) {
        if (fate[i].rule == NULL) {
            documents[well++] = documents[i];
            continue;
        }
        struct aside_record record = {"", (int64_t)documents[i].bytes, fate[i].rule, fate[i].value, fate[i].limit};
        memcpy(record.id, documents[i].id, sizeof record.id);
        task_aside(task, &record);
        task_count(task, arena_printf(task->arena, "dropped_%s", fate[i].rule), 1);
    }
    *count = well;
    return true;
}

const char *fate_text(struct arena *arena, const struct fate *fate)
{
    if (strcmp(fate->rule, "timeout") == 0)
        return arena_printf(arena, "hung (no move in %g s)", fate->value);
    if (strcmp(fate->rule, "memory") == 0 && fate->limit == 0)
        return arena_printf(arena, "ran out of memory (at %.0f bytes)", fate->value);
    if (strcmp(fate->rule, "memory") == 0)
        return arena_printf(arena, "ran out of memory (limit %.0f bytes)", fate->limit);
    if (fate->value <= 0)
        return arena_printf(arena, "ended the process (status %.0f)", -fate->value);
    return arena_printf(arena, "crashed (signal %.0f, %s)", fate->value, strsignal((int)fate->value));
}
