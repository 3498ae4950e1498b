/* Elements that crash, hang or exhaust the process are found, whether alone or by what they leave behind; nothing else
 * is. */
#include "lib/flow/trial.h"

#include "lib/base/mapping.h"
#include "tests/unit/base/starve.h"
#include "tests/unit/tap.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum deed { WELL, CRASH, HANG, EXHAUST, LEAVE_HARM, LEAVE, END_ONCE, TAKE_ALL, READ_CUT };

enum { COUNT = 40 };

struct scene {
    enum deed deed[COUNT];
    size_t harm; /* from LEAVE_HARM on, the third crashes */
    int worked;
    const char *mark; /* a file that END_ONCE makes */
    struct map map;   /* what READ_CUT reads */
};

static void work(void *context, size_t i)
{
    struct scene *scene = context;
    scene->worked++;
    if (scene->deed[i] == CRASH || (scene->harm > 0 && ++scene->harm == 4)) {
        signal(SIGSEGV, SIG_DFL); /* a sanitizer would make an exit of it */
        kill(getpid(), SIGSEGV);
    }
    if (scene->deed[i] == HANG)
        for (;;)
            pause();
    if (scene->deed[i] == EXHAUST)
        arena_exhausted("(this is a test)");
    if (scene->deed[i] == TAKE_ALL)
        starve_take_all();
    if (scene->deed[i] == LEAVE)
        _exit(3);
    if (scene->deed[i] == READ_CUT && scene->map.data[0] != 'x')
        kill(getpid(), SIGKILL);
    if (scene->deed[i] == LEAVE_HARM)
        scene->harm = 1;
    if (scene->deed[i] == END_ONCE && access(scene->mark, F_OK) != 0) {
        fclose(fopen(scene->mark, "w"));
        kill(getpid(), SIGKILL);
    }
}

static bool try(struct arena *arena, struct scene *scene, bool careful, struct fate *fate, struct err *err)
{
    struct task task = {.arena = arena, .kind = "test", .id = "01234567", .careful = careful, .stall_ms = 1000};
    struct trial trial = {.task = &task, .work = work, .context = scene};
    return trial_batch(&trial, COUNT, fate, err);
}

static size_t set_aside(const struct fate *fate)
{
    size_t count = 0;
    for (size_t i = 0; i < COUNT; i++)
        count += fate[i].rule != NULL;
    return count;
}

static void nothing_is_wrong(struct arena *arena)
{
    struct scene scene = {.deed = {WELL}}, harmful = {.deed = {CRASH}};
    struct fate fate[COUNT];
    struct err err;
    OK(try(arena, &scene, true, fate, &err) && set_aside(fate) == 0, "a batch that is well is left whole");
    OK(scene.worked == 0, "and only children worked on it");
    OK(try(arena, &harmful, false, fate, &err) && set_aside(fate) == 0, "an attempt that is not careful tries nothing");
}

static void each_is_found(struct arena *arena)
{
    struct scene scene = {.deed = {[0] = CRASH, [7] = HANG, [8] = EXHAUST, [20] = LEAVE, [COUNT - 1] = CRASH}};
    struct fate fate[COUNT];
    struct err err;
    OK(try(arena, &scene, true, fate, &err), "a batch with five that end the process");
    OK(set_aside(fate) == 5, "%zu are set aside", set_aside(fate));
    SAME(fate[0].rule, "crash", "the first crashes");
    NEAR(fate[0].value, SIGSEGV, 0, "by this signal");
    SAME(fate_text(arena, &fate[0]), "crashed (signal 11, Segmentation fault)", "in words");
    SAME(fate[7].rule, "timeout", "another hangs");
    SAME(fate_text(arena, &fate[7]), "hung (no move in 1 s)", "in words");
    SAME(fate[8].rule, "memory", "another runs out of memory");
    OK(fate[8].value > 0, "at %.0f bytes", fate[8].value);
    SAME(fate[20].rule, "crash", "another ends the process");
    SAME(fate_text(arena, &fate[20]), "ended the process (status 3)", "in words");
    SAME(fate[COUNT - 1].rule, "crash", "so does the last");
}

static void harm_that_is_left_is_found(struct arena *arena)
{
    struct scene scene = {.deed = {[13] = LEAVE_HARM, [30] = CRASH}};
    struct fate fate[COUNT];
    struct err err;
    OK(try(arena, &scene, true, fate, &err) && set_aside(fate) == 2, "a batch with one that makes another crash");
    SAME(fate[13].rule, "crash", "it is set aside, and not the other");
    SAME(fate[30].rule, "crash", "and one that crashes by itself");
}

/* It does no harm itself, and nothing comes after it. */
static void memory_that_the_last_took_is_missed(struct arena *arena)
{
    struct scene scene = {.deed = {[COUNT - 1] = TAKE_ALL}};
    struct fate fate[COUNT];
    struct err err;
    if (STARVE_CANNOT)
        return;
    OK(try(arena, &scene, true, fate, &err) && set_aside(fate) == 1, "a batch whose last one takes all memory");
    SAME(fate[COUNT - 1].rule, "memory", "it is set aside");
}

static void chance_sets_nothing_aside(struct arena *arena)
{
    char mark[64];
    snprintf(mark, sizeof mark, "/tmp/trial_test.%d", (int)getpid());
    struct scene scene = {.deed = {[5] = END_ONCE}, .mark = mark};
    struct fate fate[COUNT];
    struct err err;
    OK(try(arena, &scene, true, fate, &err) && set_aside(fate) == 0, "a child that somebody kills costs no document");
    OK(access(mark, F_OK) == 0, "it was killed");
    unlink(mark);
}

/* An artifact that the child reads is cut short: no fault of the document. */
static void what_cannot_be_read_sets_nothing_aside(struct arena *arena)
{
    char path[] = "/tmp/trial_test.XXXXXX";
    struct scene scene = {.deed = {[5] = READ_CUT}};
    struct fate fate[COUNT];
    struct err err;
    int fd = mkstemp(path);
    OK(fd >= 0 && write(fd, "x", 1) == 1 && file_map(arena, path, &scene.map, &err) && ftruncate(fd, 0) == 0,
       "a file is cut short");
    OK(!try(arena, &scene, true, fate, &err) && err.code == ERR_SYSTEM && set_aside(fate) == 0,
       "a document whose child cannot read it is not set aside");
    SAME(err.text, "a child that tries documents could not read a file of the store to its end", "with one line");
    close(fd);
    unlink(path);
}

static void all_are_bad(struct arena *arena)
{
    struct scene scene;
    struct fate fate[COUNT];
    struct err err;
    for (size_t i = 0; i < COUNT; i++)
        scene.deed[i] = CRASH;
    scene.harm = 0;
    OK(!try(arena, &scene, true, fate, &err) && err.code == ERR_INPUT, "a batch that is all bad fails the task");
    SAME(err.text,
         "16 of the first 16 documents end the process (the last one crashed (signal 11, Segmentation fault)): that is "
         "a "
         "setting, a library or the whole shard rather than single documents",
         "with one line");
}

static void documents_are_taken_out(struct arena *arena)
{
    struct scene scene = {.deed = {[3] = CRASH, [COUNT - 1] = HANG}};
    struct task task = {.arena = arena, .kind = "test", .id = "01234567", .careful = true, .stall_ms = 1000};
    struct trial trial = {.task = &task, .work = work, .context = &scene};
    struct document documents[COUNT] = {{.text = NULL}};
    size_t count = COUNT;
    struct err err;
    for (size_t i = 0; i < COUNT; i++) {
        documents[i].bytes = 100 + i;
        snprintf(documents[i].id, sizeof documents[i].id, "%032zu", i);
    }
    OK(trial_documents(&trial, documents, &count, &err) && count == COUNT - 2, "of %d documents two are taken out",
       COUNT);
    OK(documents[2].bytes == 102 && documents[3].bytes == 104 && documents[COUNT - 3].bytes == 100 + COUNT - 2,
       "the others stay, in order");
    OK(task.aside_count == 2 && task.asides[0].bytes == 103 && task.asides[0].value == SIGSEGV,
       "what was taken out is recorded");
    SAME(task.asides[0].id, "00000000000000000000000000000003", "by its id");
    SAME(task.asides[0].rule, "crash", "with what it did");
    SAME(task.asides[1].rule, "timeout", "each");
    OK(task.counter_count == 2, "and counted");
}

int main(void)
{
    struct arena arena;
    arena_init(&arena);
    nothing_is_wrong(&arena);
    each_is_found(&arena);
    harm_that_is_left_is_found(&arena);
    memory_that_the_last_took_is_missed(&arena);
    chance_sets_nothing_aside(&arena);
    what_cannot_be_read_sets_nothing_aside(&arena);
    all_are_bad(&arena);
    documents_are_taken_out(&arena);
    arena_release(&arena);
    return DONE();
}
