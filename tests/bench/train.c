/* train: times steps of lib/nn's transformer and AdamW on random tokens. Run by the script beside it. */
#include "lib/base/clock.h"
#include "lib/nn/optimizer.h"
#include "lib/nn/transformer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static float *block(struct arena *arena, const struct transformer *t)
{
    return ARENA_ARRAY(arena, float, t->parameters.floats);
}

static void measure(struct arena *arena, const struct shape *shape, size_t rows, enum precision precision,
                    double seconds)
{
    struct pool *pool = pool_new(2);
    size_t tokens = rows * shape->context;
    struct transformer *t = transformer_new(arena, shape, pool, tokens, true, precision);
    struct optimizer o = {.parameters = &t->parameters, .beta1 = 0.9, .beta2 = 0.95, .epsilon = 1e-8, .clip = 1};
    int32_t *ids = ARENA_ARRAY(arena, int32_t, tokens + 1);
    float *losses = ARENA_ARRAY(arena, float, tokens);
    struct random random;
    o.weights = t->weights = block(arena, t);
    o.gradients = t->gradients = block(arena, t);
    o.first = block(arena, t);
    o.second = block(arena, t);
    parameters_init(&t->parameters, o.weights, shape->layers, 1);
    random_init(&random, 1, RANDOM_ORDER, 0);
    for (size_t i = 0; i <= tokens; i++)
        ids[i] = (int32_t)random_below(&random, shape->vocabulary);
    int64_t start = clock_mono_ns(), steps = -1; /* the first is not counted */
    while (steps < 1 || clock_seconds_since(start) < seconds) {
        struct batch batch = {.tokens = ids, .targets = ids + 1, .batch = rows, .length = shape->context};
        memset(o.gradients, 0, t->parameters.floats * sizeof(float));
        transformer_train(t, &batch, 1.0 / (double)tokens, losses);
        optimizer_step(pool, &o, 1e-3, optimizer_norm(pool, &o));
        if (++steps == 0)
            start = clock_mono_ns();
    }
    printf("  ours, %s: %.1f k tokens/s, %.2f M parameters\n", precision == PRECISION_BFLOAT16 ? "bfloat16" : "float32",
           (double)steps * (double)tokens / clock_seconds_since(start) / 1e3, (double)t->parameters.total / 1e6);
    pool_free(pool);
}

static size_t size(const char *text)
{
    return (size_t)strtoul(text, NULL, 10);
}

int main(int argc, char **argv)
{
    struct arena arena;
    if (argc != 9) {
        fprintf(stderr, "usage: train PRECISION SECONDS LAYERS HEADS WIDTH CONTEXT VOCABULARY ROWS\n");
        return 2;
    }
    struct shape shape = {.layers = size(argv[3]), .heads = size(argv[4]), .width = size(argv[5])};
    shape.inner = 4 * shape.width;
    shape.context = size(argv[6]);
    shape.vocabulary = size(argv[7]);
    shape.epsilon = 1e-5;
    arena_init(&arena);
    measure(&arena, &shape, size(argv[8]), strcmp(argv[1], "bfloat16") == 0 ? PRECISION_BFLOAT16 : PRECISION_FLOAT32,
            strtod(argv[2], NULL));
    arena_release(&arena);
    return 0;
}
