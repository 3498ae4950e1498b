/*
 * layer of trials: documents of which one crashes, one hangs and one takes all memory are tried in children, found and
 * set aside; and a task whose run has ended meanwhile, whose child is ended.
 */
#include "lib/base/file.h"
#include "lib/flow/trial.h"
#include "tests/call/layer.h"

#include <signal.h>
#include <unistd.h>

enum { DOCUMENTS = 8, CRASHES = 2, HANGS = 5, EXHAUSTS = 6, STALL_MS = 2000 };

struct scene {
    const char *path; /* a file that each document reads */
    bool waits;       /* each takes long */
};

static void read_one(void *context, size_t i)
{
    struct scene *scene = context;
    struct arena arena;
    struct buf text;
    struct err err;
    arena_init(&arena);
    if (!file_read(&arena, scene->path, &text, &err) || i == EXHAUSTS)
        arena_exhausted("(this is a test)");
    arena_release(&arena);
    test_begins();
    if (i == CRASHES)
        kill(getpid(), SIGABRT);
    while (scene->waits || i == HANGS)
        pause();
    test_ends();
}

static bool says_no(void *context, double done, double total, const char *unit, const char *note, struct err *err)
{
    (void)context, (void)done, (void)total, (void)unit, (void)note;
    return err_set(err, ERR_CANCELLED, "the run has ended");
}

/* The child is ended, and the reason is the host's. */
static bool cancel(struct arena *arena, const struct scene *scene, struct err *err)
{
    struct err why = {ERR_OK, ""};
    struct fate fate[DOCUMENTS];
    struct scene waiting = {scene->path, true};
    const struct task_host host = {.progress = says_no};
    struct task task = {.arena = arena, .kind = "test", .id = "01234567", .careful = true, .host = &host};
    struct trial trial = {.task = &task, .work = read_one, .context = &waiting};
    if (trial_batch(&trial, DOCUMENTS, fate, &why))
        return err_set(err, ERR_INTERNAL, "a trial goes on after its run");
    if (why.code != ERR_CANCELLED)
        *err = why;
    return why.code == ERR_CANCELLED;
}

static bool set_aside(struct arena *arena, struct scene *scene, struct digest_stream *made, struct err *err)
{
    size_t count = DOCUMENTS;
    struct document *documents = ARENA_ARRAY(arena, struct document, DOCUMENTS);
    struct task task = {.arena = arena, .kind = "test", .id = "01234567", .careful = true, .stall_ms = STALL_MS};
    struct trial trial = {.task = &task, .work = read_one, .context = scene};
    for (size_t i = 0; i < DOCUMENTS; i++)
        document_id("call", "uri", (int64_t)i, documents[i].id);
    if (!trial_documents(&trial, documents, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        digest_add(made, documents[i].id, sizeof documents[i].id);
    for (size_t i = 0; i < task.aside_count; i++)
        digest_add(made, task.asides[i].id, sizeof task.asides[i].id); /* why: as it died the last time */
    return true;
}

static bool work_trial(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    struct scene scene = {.path = path_join(arena, folder, "document")};
    return file_write(scene.path, "text", 4, err) && set_aside(arena, &scene, made, err) && cancel(arena, &scene, err);
}

const struct layer trial_layers[] = {{"trial", work_trial}, {NULL, NULL}};
