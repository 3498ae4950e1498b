/* loss: softmax cross-entropy over rows of logits. */
#include "lib/nn/cpu/lanes.h"
#include "lib/nn/ops.h"

#include <math.h>

struct loss {
    float *losses, *gradients;
    const float *logits;
    const int32_t *targets;
    float scale;
    size_t classes;
};

HOT static float largest(const float *row, size_t count)
{
    lanes most, v;
    lanes_fill(&most, -INFINITY);
    for (size_t i = 0; i < count; i += LANES) {
        lanes_load_part(&v, row + i, count - i, -INFINITY);
        lanes_max(&most, &v);
    }
    return lanes_most(&most);
}

HOT static float sum_of_exponentials(const float *row, float top, size_t count)
{
    lanes sum = {0}, v;
    for (size_t i = 0; i < count; i += LANES) {
        lanes_load_part(&v, row + i, count - i, top - 200);
        v -= top;
        lanes_exp(&v);
        sum += v;
    }
    return lanes_sum(&sum);
}

HOT static void softmax_times(float *row, float log_total, float scale, size_t count)
{
    lanes v;
    for (size_t i = 0; i < count; i += LANES) {
        lanes_load_part(&v, row + i, count - i, 0);
        v -= log_total;
        lanes_exp(&v);
        v *= scale;
        lanes_store_part(row + i, &v, count - i);
    }
}

static void loss_rows(void *ctx, size_t from, size_t to, int thread)
{
    const struct loss *l = ctx;
    (void)thread;
    for (size_t row = from; row < to; row++) {
        const float *logits = l->logits + row * l->classes;
        float top = largest(logits, l->classes);
        float log_total = top + logf(sum_of_exponentials(logits, top, l->classes));
        size_t target = (size_t)l->targets[row];
        l->losses[row] = log_total - logits[target];
        if (l->gradients != NULL) {
            float *gradients = l->gradients + row * l->classes;
            softmax_times(gradients, log_total, l->scale, l->classes);
            gradients[target] -= l->scale;
        }
    }
}

void cross_entropy_forward(struct pool *pool, float *losses, const float *logits, const int32_t *targets, size_t rows,
                           size_t classes)
{
    struct loss l = {.losses = losses, .logits = logits, .targets = targets, .classes = classes};
    pool_for(pool, rows, 4, loss_rows, &l);
}

void cross_entropy_backward(struct pool *pool, float *losses, float *logits, const int32_t *targets, double scale,
                            size_t rows, size_t classes)
{
    struct loss l = {.losses = losses, .logits = logits, .gradients = logits, .targets = targets, .classes = classes};
    l.scale = (float)scale;
    pool_for(pool, rows, 4, loss_rows, &l);
}
