/* bench: a store in a folder of its own and a task made by hand, for the tests of this room. */
#ifndef TESTS_UNIT_CLEAN_BENCH_H
#define TESTS_UNIT_CLEAN_BENCH_H

#include "clean/clean.h"
#include "lib/text/document.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

struct bench {
    struct arena arena;
    struct store store;
    struct task task;
    struct task_input inputs[16];
    struct clean config; /* the defaults */
    char folder[32];
};

static inline void bench_check(bool good, const struct err *err)
{
    if (good)
        return;
    printf("Bail out! %s\n", err->text);
    exit(1);
}

static inline void bench_open(struct bench *bench, const char *spec)
{
    struct err err = {.text = "cannot make a folder in /tmp"};
    memset(bench, 0, sizeof *bench);
    arena_init(&bench->arena);
    snprintf(bench->folder, sizeof bench->folder, "/tmp/clean-XXXXXX");
    bench_check(mkdtemp(bench->folder) != NULL, &err);
    bench_check(store_open(&bench->store, &bench->arena, bench->folder, &err), &err);
    option_defaults(clean_info.sections[0], &bench->arena, &bench->config);
    bench->task = (struct task){.arena = &bench->arena, .store = &bench->store, .attempt = 1, .inputs = bench->inputs};
    bench->task.spec = json_read(&bench->arena, spec, strlen(spec), &err);
    bench_check(bench->task.spec != NULL, &err);
}

static inline void bench_close(struct bench *bench)
{
    struct err err;
    bench_check(folder_remove(bench->folder, &err), &err);
    arena_release(&bench->arena);
}

static inline void bench_link(struct bench *bench, const char *role, int64_t ordinal, const struct digest *digest)
{
    bench->inputs[bench->task.input_count++] = (struct task_input){role, ordinal, *digest};
}

/* The output of that role and ordinal. */
static inline const struct task_output *bench_output(const struct bench *bench, const char *role, int64_t ordinal)
{
    for (size_t i = 0; i < bench->task.output_count; i++)
        if (strcmp(bench->task.outputs[i].role, role) == 0 && bench->task.outputs[i].ordinal == ordinal)
            return &bench->task.outputs[i];
    printf("Bail out! the task left no %s\n", role);
    exit(1);
}

static inline int64_t bench_counter(const struct bench *bench, const char *name)
{
    for (size_t i = 0; i < bench->task.counter_count; i++)
        if (strcmp(bench->task.counters[i].name, name) == 0)
            return bench->task.counters[i].value;
    return 0;
}

static inline char *bench_text(struct bench *bench, const struct digest *digest)
{
    struct err err;
    struct map map;
    bench_check(store_map(&bench->store, &bench->arena, digest, &map, &err), &err);
    return arena_strndup(&bench->arena, map.data, map.size);
}

#endif
