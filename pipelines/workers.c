/* workers: see workers.h. A worker that dies at once again and again is started ever more slowly. */
#include "pipelines/workers.h"

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/base/process.h"
#include "lib/base/text.h"
#include "lib/flow/claim.h"
#include "lib/text/utf8.h"
#include "pipelines/outdated.h"
#include "pipelines/sections.h"
#include "pipelines/stages.h"
#include "pipelines/worker_files.h"
#include "pipelines/worker_site.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LONGEST_PAUSE_S = 30, TAKE_OVER_MS = 3000 };

struct worker {
    const char *stage, *log;
    const char *first, *beside; /* where it is remembered: in its own place, or beside who has that */
    const char *file;           /* one of the two */
    pid_t pid;
    int64_t started_ns; /* 0: not by us */
    int deaths;         /* in a row, each soon after its start */
    pid_t dead;         /* it may still hold a task; 0: no */
    int signal;         /* that ended it; 0: none that we know of, as it was no child of ours */
    int64_t not_before_ns;
};

static void add_worker(struct workers *workers, size_t *capacity, const char *stage, int64_t number)
{
    struct arena *arena = workers->arena;
    const char *name = arena_printf(arena, "%s-%lld", stage, (long long)number);
    const char *first = path_join(arena, workers->folder, arena_printf(arena, "%s.pid", name));
    ARENA_PUSH(arena, workers->list, workers->count, *capacity);
    workers->list[workers->count++] = (struct worker){
        .stage = stage,
        .first = first,
        .beside = path_join(arena, workers->folder, arena_printf(arena, "%s.beside.pid", name)),
        .file = first,
        .log = arena_printf(arena, "%s/log/%s.log", workers->site->state, name),
    };
}

/* It must not depend on where we stand. */
static const char *absolute(struct arena *arena, const char *file)
{
    char *path = file != NULL ? realpath(file, NULL) : NULL;
    const char *kept = path != NULL ? arena_strdup(arena, path) : file != NULL ? file : "";
    free(path);
    return kept;
}

bool workers_open(struct workers *workers, struct arena *arena, const struct site *site, const char *file,
                  struct err *err)
{
    *workers = (struct workers){.arena = arena, .site = site, .given = absolute(arena, file), .lock = -1, .beside = -1};
    workers->folder = path_join(arena, site->state, "workers");
    if (!folder_make(workers->folder, err) || !folder_make(path_join(arena, site->state, "log"), err))
        return false;
    size_t capacity = 0;
    for (size_t i = 0; site->workers.start && stages[i] != NULL; i++)
        for (int64_t n = 1; n <= site_worker_count(site, stages[i]->name); n++)
            add_worker(workers, &capacity, stages[i]->name, n);
    return true;
}

static const char *keep_file(const struct workers *workers)
{
    return worker_files_keep(workers->arena, workers->folder);
}

static const char first_lock[] = "lock", second_lock[] = "lock.beside";

/* *file, which is -1, stays so where somebody else holds the lock. Whoever holds it is named in it. */
static bool try_lock(const struct workers *workers, const char *name, int *file, struct err *err)
{
    struct arena scratch;
    if (*file >= 0)
        return true;
    arena_init(&scratch);
    const char *path = path_join(&scratch, workers->folder, name);
    int opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (opened < 0 && errno == EROFS) /* of a disk that failed: what runs must end all the same */
        opened = open(path, O_RDONLY | O_CLOEXEC);
    bool good = opened >= 0 || err_errno(err, "only the user who runs the mill may do this: cannot open %s", path);
    arena_release(&scratch);
    if (good && flock(opened, LOCK_EX | LOCK_NB) != 0) {
        close(opened);
    } else if (good) {
        if (ftruncate(opened, 0) == 0)
            dprintf(opened, "%d\n", (int)getpid());
        *file = opened;
    }
    return good;
}

bool workers_serve(const struct workers *workers, struct ledger *ledger, struct err *err)
{
    struct rows rows;
    struct arena *arena = workers->arena;
    if (workers->count == 0 || !file_exists(keep_file(workers)))
        return true;
    struct outdated outdated = outdated_find(arena, workers->folder, workers->site, workers->given, NULL);
    if (outdated.elsewhere == 0)
        return true;
    if (!ledger_exec(ledger, arena, STATEMENT_WORKERS_CONNECTED, NO_PARAMS, &rows, err))
        return false;
    return row_bool(&rows, 0, 0) ||
           err_set(err, ERR_USAGE,
                   "the workers that stay in %s work for another ledger (site.postgres of %s), and none for this one: "
                   "end them (tidemill down), or give this mill a state folder of its own (--state DIR)",
                   workers->site->state, *outdated.given[2] != '\0' ? outdated.given[2] : "a tidemill up without file");
}

/* Once. Where the same ledger is only named otherwise they do our work meanwhile. */
static void tell_elsewhere(struct workers *workers)
{
    struct arena scratch; /* asked every second, by a run that may last for days */
    if (workers->told || workers->lock >= 0)
        return;
    arena_init(&scratch);
    struct outdated outdated = outdated_find(&scratch, workers->folder, workers->site, workers->given, NULL);
    workers->told = outdated.elsewhere > 0;
    if (workers->told)
        log_line(
            LOG_WARN,
            "the workers of %s work for another run's ledger (site.postgres of %s); those for this one are started "
            "when that run has ended; with a state folder of its own (--state DIR) neither waits",
            workers->site->state, *outdated.given[2] != '\0' ? outdated.given[2] : "no file");
    arena_release(&scratch);
}

/* Those of another program could not do the tasks of a newer revision. Once, by who begins to look after them: a run
 * that goes on while the program is replaced keeps the workers that can do its tasks. */
static void end_outdated(const struct workers *workers)
{
    size_t ours = 0;
    struct texts old;
    struct outdated outdated = outdated_find(workers->arena, workers->folder, workers->site, workers->given, &old);
    for (size_t i = 0; i < old.count; i++)
        if ((worker_file_beside(old.item[i]) ? workers->beside : workers->lock) >= 0)
            old.item[ours++] = old.item[i];
    old.count = ours;
    if (ours > 0)
        log_line(LOG_INFO, "%zu workers are replaced (%zu here are of another version or installation)", ours,
                 outdated.program);
    worker_files_end(workers->arena, &old);
}

/* Those beside take the places that are free now; the rest were too many. */
static void take_places(struct workers *workers)
{
    struct texts rest = {ARENA_ARRAY(workers->arena, const char *, workers->count + 1), 0};
    for (size_t i = 0; i < workers->count; i++) {
        struct worker *worker = &workers->list[i];
        bool stays = process_remembered(worker->beside) != 0 && process_remembered(worker->first) == 0 &&
                     rename(worker->beside, worker->first) == 0;
        if (!stays && file_exists(worker->beside))
            rest.item[rest.count++] = worker->beside;
        if (!stays && worker->file == worker->beside)
            worker->started_ns = 0; /* nobody died */
        worker->file = worker->first;
    }
    worker_files_end(workers->arena, &rest);
    close(workers->beside);
    workers->beside = -1;
}

/* The first lock: from here on all are ours to look after. */
static bool take_first(struct workers *workers, struct err *err)
{
    if (workers->lock >= 0)
        return true;
    if (!try_lock(workers, first_lock, &workers->lock, err))
        return false;
    if (workers->lock < 0)
        return true;
    if (!try_lock(workers, second_lock, &workers->beside, err)) {
        close(workers->lock);
        workers->lock = -1;
        return false;
    }
    end_outdated(workers);
    if (workers->beside >= 0)
        take_places(workers);
    return true;
}

/* Whether a worker of the stage (NULL: any), in its own place, is of another program. */
static bool has_old(const struct workers *workers, const char *stage)
{
    bool old = false;
    struct arena scratch; /* asked every second, by a run that may last for days */
    arena_init(&scratch);
    struct texts files = worker_files(&scratch, workers->folder);
    for (size_t i = 0; i < files.count && !old; i++) {
        const char *of = worker_file_stage(&scratch, files.item[i]);
        pid_t pid = process_remembered(files.item[i]);
        old = pid != 0 && !worker_file_beside(files.item[i]) && (stage == NULL || strcmp(of, stage) == 0) &&
              worker_other_program(&scratch, pid, of);
    }
    arena_release(&scratch);
    return old;
}

/* The second lock, where somebody else looks after workers that cannot do what is new. */
static bool take_second(struct workers *workers, struct err *err)
{
    if (workers->beside >= 0 || !has_old(workers, NULL))
        return true;
    if (!try_lock(workers, second_lock, &workers->beside, err))
        return false;
    if (workers->beside < 0)
        return true;
    end_outdated(workers);
    for (size_t i = 0; i < workers->count; i++)
        workers->list[i].file = workers->list[i].beside;
    return true;
}

static bool held_by_another(const struct workers *workers, const char *name, struct err *err)
{
    struct buf holder;
    struct err ignored;
    struct arena *arena = workers->arena;
    bool named = file_read(arena, path_join(arena, workers->folder, name), &holder, &ignored) && holder.len > 1;
    const char *pid = named ? arena_strndup(arena, holder.data, strcspn(holder.data, "\n")) : "PID";
    return err_set(err, ERR_SLOT,
                   "process %s (tidemill run, or up) looks after the workers of %s and would start all again; end "
                   "its run (tidemill stop RUN), or only itself: kill %s, and later tidemill retry RUN",
                   pid, workers->site->state, pid);
}

bool workers_take_over(struct workers *workers, struct err *err)
{
    int64_t begin_ns = clock_mono_ns();
    for (;;) { /* `tidemill up` has them for a moment, mostly */
        if (!try_lock(workers, first_lock, &workers->lock, err) ||
            !try_lock(workers, second_lock, &workers->beside, err))
            return false;
        if (workers->lock >= 0 && workers->beside >= 0)
            return true;
        if (clock_seconds_since(begin_ns) * 1000 > TAKE_OVER_MS)
            return held_by_another(workers, workers->lock < 0 ? first_lock : second_lock, err);
        clock_sleep_ms(50);
    }
}

static bool start_worker(struct workers *workers, struct worker *worker, struct err *err)
{
    const char *program, *site;
    if (!stage_program(workers->arena, worker->stage, &program, err) ||
        !worker_site_keep(workers->arena, workers->folder, workers->site, workers->given, worker->stage, &site, err))
        return false;
    const char *const argv[] = {program, "--state", workers->site->state, site, NULL}; /* as worker_site.c reads it */
    worker->started_ns = clock_mono_ns();
    worker->signal = 0;
    if (!process_serve(argv, worker->log, worker->file, err))
        return false;
    worker->pid = process_remembered(worker->file);
    return true;
}

/* The kernel leaves no word with a process that it ends for want of memory. */
static const char *how_ended(const struct worker *worker)
{
    return worker->signal == SIGKILL ? "was killed (SIGKILL: by somebody, or by the kernel, as memory ran out)"
                                     : "died";
}

/* A worker that lived for less than ten seconds waits before it is started again: 1, 2, 4 ... seconds. */
static void note_death(struct worker *worker)
{
    if (worker->started_ns == 0)
        return;
    worker->deaths = clock_seconds_since(worker->started_ns) < 10 ? worker->deaths + 1 : 1;
    int64_t pause_s = worker->deaths > 5 ? LONGEST_PAUSE_S : 1 << (worker->deaths - 1);
    worker->not_before_ns = clock_mono_ns() + (worker->deaths > 1 ? pause_s * 1000000000 : 0);
    worker->started_ns = 0;
    worker->dead = worker->pid;
    struct arena scratch;
    arena_init(&scratch);
    const char *said = utf8_printable(&scratch, process_log_tail(&scratch, worker->log, 1));
    log_line(LOG_WARN, "a worker of %s %s; %s %s%s%s", worker->stage, how_ended(worker),
             *said == '\0' ? "nothing stands in" : "the end of", worker->log, *said == '\0' ? "" : ": ", said);
    arena_release(&scratch);
}

/* What a dead worker held need not wait for its lease to run out. */
static bool free_tasks(struct worker *worker, struct ledger *ledger, struct err *err)
{
    char host[256] = "";
    if (ledger == NULL || worker->dead == 0)
        return true;
    gethostname(host, sizeof host - 1);
    struct arena scratch;
    arena_init(&scratch);
    const char *owner = claim_owner(&scratch, host, worker->dead, worker->stage);
    bool good = claim_abandon(ledger, &scratch, owner, how_ended(worker), NULL, err);
    arena_release(&scratch);
    if (good)
        worker->dead = 0;
    return good;
}

static bool tend(struct workers *workers, struct worker *worker, struct ledger *ledger, struct err *err)
{
    if (process_remembered(worker->file) != 0)
        return true;
    note_death(worker);
    if (!free_tasks(worker, ledger, err))
        return false;
    if (clock_mono_ns() < worker->not_before_ns || (workers->lock < 0 && !has_old(workers, worker->stage)))
        return true;
    return start_worker(workers, worker, err);
}

static void reap(struct workers *workers)
{
    int status;
    for (pid_t ended; (ended = waitpid(-1, &status, WNOHANG)) > 0;)
        for (size_t i = 0; i < workers->count; i++)
            if (workers->list[i].pid == ended)
                workers->list[i].signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

bool workers_tend(struct workers *workers, struct ledger *ledger, struct err *err)
{
    reap(workers);
    if (!take_first(workers, err) || (workers->lock < 0 && !take_second(workers, err)))
        return false;
    tell_elsewhere(workers);
    for (size_t i = 0; (workers->lock >= 0 || workers->beside >= 0) && i < workers->count; i++)
        if (!tend(workers, &workers->list[i], ledger, err))
            return false;
    return true;
}

void workers_end_all(struct workers *workers)
{
    struct texts files = worker_files(workers->arena, workers->folder);
    unlink(keep_file(workers));
    worker_files_end(workers->arena, &files);
    if (workers_alive(workers) == 0)
        worker_site_forget(workers->arena, workers->folder);
}

/* Of a run that goes on elsewhere its own runner starts those again that are beside. */
static void end_beside(struct workers *workers)
{
    struct texts files = {ARENA_ARRAY(workers->arena, const char *, workers->count + 1), 0};
    for (size_t i = 0; i < workers->count; i++)
        files.item[files.count++] = workers->list[i].beside;
    worker_files_end(workers->arena, &files);
}

void workers_close(struct workers *workers, bool others)
{
    struct err ignored;
    bool keep = workers->folder == NULL || file_exists(keep_file(workers));
    if (workers->folder != NULL) /* who had it may have left them to us just now */
        (void)!try_lock(workers, first_lock, &workers->lock, &ignored);
    if (workers->lock >= 0 && !others && !keep)
        workers_end_all(workers);
    else if (workers->beside >= 0 && !keep)
        end_beside(workers);
    if (workers->beside >= 0)
        close(workers->beside);
    if (workers->lock >= 0)
        close(workers->lock);
    workers->lock = workers->beside = -1;
}

bool workers_keep(struct workers *workers, struct err *err)
{
    return file_write(keep_file(workers), "", 0, err);
}

size_t workers_alive(const struct workers *workers)
{
    size_t alive = 0;
    struct texts files = worker_files(workers->arena, workers->folder);
    for (size_t i = 0; i < files.count; i++)
        alive += process_remembered(files.item[i]) != 0;
    return alive;
}

size_t workers_missing(const struct workers *workers)
{
    size_t missing = 0;
    if (!file_exists(keep_file(workers)))
        return 0;
    for (size_t i = 0; i < workers->count; i++)
        missing += process_remembered(workers->list[i].first) == 0;
    return missing;
}
