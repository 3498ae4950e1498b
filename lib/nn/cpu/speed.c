/* speed: see speed.h. Time is the processor's for this thread, as others may have it most of the time; the fastest try
 * is the one that the machine's other work disturbed least. */
#include "lib/nn/speed.h"

#include "lib/base/arena.h"

#include <math.h>
#include <time.h>

enum { ROWS = 256, LEAST_WIDTH = 32, MOST_WIDTH = 256, LEAST_TRIES = 4, TRIES_MS = 8 };

struct layer {
    struct products with;
    size_t width;
    float *x, *y, *w, *b, *dx, *dw, *db; /* [ROWS][width], weights [width][width] */
};

static float *values(struct arena *arena, size_t count)
{
    float *value = ARENA_ARRAY(arena, float, count);
    for (size_t i = 0; i < count; i++)
        value[i] = (float)(i % 64) / 64;
    return value;
}

static struct layer layer_of(struct arena *arena, enum precision precision, size_t width)
{
    struct layer layer = {.with = {.precision = precision_here(precision)}, .width = width};
    layer.with.scratch =
        arena_alloc(arena, products_scratch(NULL, layer.with.precision, width, width > ROWS ? width : ROWS));
    layer.x = values(arena, ROWS * width);
    layer.y = values(arena, ROWS * width);
    layer.dx = values(arena, ROWS * width);
    layer.w = values(arena, width * width);
    layer.dw = values(arena, width * width);
    layer.b = values(arena, width);
    layer.db = values(arena, width);
    return layer;
}

static double cpu_seconds(void)
{
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec * 1e-9;
}

double speed_of_core(enum precision precision, size_t width)
{
    struct arena arena;
    double best = INFINITY, spent = 0;
    arena_init(&arena);
    ops_init();
    width = width < LEAST_WIDTH ? LEAST_WIDTH : width > MOST_WIDTH ? MOST_WIDTH : width;
    struct layer layer = layer_of(&arena, precision, width);
    for (int tries = 0; tries < LEAST_TRIES || spent * 1000 < TRIES_MS; tries++) {
        double begun = cpu_seconds();
        linear_forward(&layer.with, layer.y, layer.x, layer.w, layer.b, ROWS, width, width);
        linear_backward(&layer.with, layer.dx, layer.dw, layer.db, layer.y, layer.x, layer.w, ROWS, width, width);
        double seconds = cpu_seconds() - begun;
        best = seconds < best ? seconds : best;
        spent += seconds;
    }
    arena_release(&arena);
    return 6.0 * ROWS * (double)width * (double)width / best;
}
