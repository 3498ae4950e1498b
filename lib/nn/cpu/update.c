/* update: what is done to whole blocks of parameters: the norm of their gradients and AdamW's step. */
#include "lib/nn/cpu/lanes.h"
#include "lib/nn/ops.h"

#include <math.h>

#define SQUARES_RUN  4096 /* values that are added up in float32 before float64 takes over */
#define SQUARES_MANY 256  /* sums of runs that are kept at once */

struct squares {
    const float *values;
    size_t count;
    double sum[SQUARES_MANY];
};

HOT static float run_squares(const float *values, size_t count)
{
    lanes sum = {0}, v;
    for (size_t i = 0; i < count; i += LANES) {
        lanes_load_part(&v, values + i, count - i, 0);
        sum += v * v;
    }
    return lanes_sum(&sum);
}

static void squares_runs(void *ctx, size_t from, size_t to, int thread)
{
    struct squares *s = ctx;
    (void)thread;
    for (size_t run = from; run < to; run++) {
        size_t at = run * SQUARES_RUN, left = s->count - at;
        s->sum[run] = (double)run_squares(s->values + at, left < SQUARES_RUN ? left : SQUARES_RUN);
    }
}

double squares(struct pool *pool, const float *values, size_t count)
{
    double total = 0;
    for (size_t at = 0; at < count; at += (size_t)SQUARES_RUN * SQUARES_MANY) {
        size_t left = count - at, most = (size_t)SQUARES_RUN * SQUARES_MANY;
        struct squares s = {.values = values + at, .count = left < most ? left : most};
        size_t runs = (s.count + SQUARES_RUN - 1) / SQUARES_RUN;
        pool_for(pool, runs, 1, squares_runs, &s);
        for (size_t i = 0; i < runs; i++)
            total += s.sum[i];
    }
    return total;
}

struct update {
    float *weights, *first, *second;
    const float *gradients;
    float beta1, beta2, rate, shrink, correction, epsilon, scale;
};

HOT static void adamw_values(const struct update *u, size_t from, size_t to)
{
    float *restrict w = u->weights, *restrict m = u->first, *restrict v = u->second;
    const float *restrict g = u->gradients;
    float beta1 = u->beta1, beta2 = u->beta2, rate = u->rate, shrink = u->shrink, scale = u->scale;
    float correction = u->correction, epsilon = u->epsilon;
    for (size_t i = from; i < to; i++) {
        float gradient = g[i] * scale;
        m[i] = beta1 * m[i] + (1 - beta1) * gradient;
        v[i] = beta2 * v[i] + (1 - beta2) * gradient * gradient;
        w[i] = w[i] * shrink - rate * m[i] / (sqrtf(v[i]) * correction + epsilon);
    }
}

static void adamw_part(void *ctx, size_t from, size_t to, int thread)
{
    (void)thread;
    adamw_values(ctx, from, to);
}

void adamw_update(struct pool *pool, float *weights, float *first, float *second, const float *gradients, size_t count,
                  const struct adamw *adamw)
{
    double step = (double)adamw->step;
    struct update u = {.weights = weights, .first = first, .second = second, .gradients = gradients};
    u.beta1 = (float)adamw->beta1;
    u.beta2 = (float)adamw->beta2;
    u.rate = (float)(adamw->learning_rate / (1 - pow(adamw->beta1, step)));
    u.shrink = (float)(1 - adamw->learning_rate * adamw->decay);
    u.correction = (float)(1 / sqrt(1 - pow(adamw->beta2, step)));
    u.epsilon = (float)adamw->epsilon;
    u.scale = (float)adamw->scale;
    pool_for(pool, count, 4096, adamw_part, &u);
}
