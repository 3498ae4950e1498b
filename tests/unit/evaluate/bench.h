/* bench: a store in a folder of its own and a task made by hand, for the tests of this room. */
#ifndef TESTS_UNIT_EVALUATE_BENCH_H
#define TESTS_UNIT_EVALUATE_BENCH_H

#include "evaluate/evaluate.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

struct bench {
    struct arena arena;
    struct store store;
    struct task task;
    struct task_input inputs[16];
    struct evaluate config; /* the defaults */
    char folder[32];
};

static inline void bench_check(bool good, const struct err *err)
{
    if (good)
        return;
    printf("Bail out! %s\n", err->text);
    exit(1);
}

static inline void bench_open(struct bench *bench, const char *kind)
{
    struct err err = {.text = "cannot make a folder in /tmp"};
    memset(bench, 0, sizeof *bench);
    arena_init(&bench->arena);
    snprintf(bench->folder, sizeof bench->folder, "/tmp/evaluate-XXXXXX");
    bench_check(mkdtemp(bench->folder) != NULL, &err);
    bench_check(store_open(&bench->store, &bench->arena, bench->folder, &err), &err);
    option_defaults(evaluate_info.sections[0], &bench->arena, &bench->config);
    bench->task = (struct task){
        .arena = &bench->arena, .store = &bench->store, .kind = kind, .attempt = 1, .inputs = bench->inputs};
}

static inline void bench_spec(struct bench *bench, const char *json)
{
    struct err err;
    bench->task.spec = json_read(&bench->arena, json, strlen(json), &err);
    bench_check(bench->task.spec != NULL, &err);
}

static inline void bench_link(struct bench *bench, const char *role, int64_t ordinal, const struct digest *digest)
{
    bench->inputs[bench->task.input_count++] = (struct task_input){role, ordinal, *digest};
}

static inline void bench_input(struct bench *bench, const char *role, int64_t ordinal, const void *data, size_t len)
{
    struct err err;
    struct digest digest;
    bench_check(store_put(&bench->store, data, len, &digest, &err), &err);
    bench_link(bench, role, ordinal, &digest);
}

/* The task's first output as JSON. */
static inline json_t *bench_output(struct bench *bench)
{
    struct err err = {.text = "no output"};
    struct map map;
    bench_check(bench->task.output_count > 0, &err);
    bench_check(store_map(&bench->store, &bench->arena, &bench->task.outputs[0].digest, &map, &err), &err);
    json_t *root = json_read(&bench->arena, map.data, map.size, &err);
    bench_check(root != NULL, &err);
    return root;
}

static inline void bench_close(struct bench *bench)
{
    struct err err;
    bench_check(folder_remove(bench->folder, &err), &err);
    arena_release(&bench->arena);
}

#endif
