/* activation: what acts on each value alone: GELU, residual sums, dropout. */
#include "lib/nn/cpu/lanes.h"
#include "lib/nn/ops.h"

#define GELU_SLOPE 0.7978845608028654f /* sqrt(2 / pi) */
#define GELU_CUBE  0.044715f

struct pointwise {
    float *y;
    const float *x, *dy;
    const struct dropout *dropout;
    size_t width;
};

/* s = 1 / (1 + e^(-2u)), where 0.5 (1 + tanh u) = s */
INLINE void gate(lanes *s, const lanes *x)
{
    *s = -2.0f * GELU_SLOPE * (*x + GELU_CUBE * *x * *x * *x);
    lanes_exp(s);
    *s = 1.0f / (1.0f + *s);
}

HOT static void gelu_values(float *y, const float *x, size_t count)
{
    lanes v, s;
    for (size_t i = 0; i < count; i += LANES) {
        lanes_load_part(&v, x + i, count - i, 0);
        gate(&s, &v);
        s *= v;
        lanes_store_part(y + i, &s, count - i);
    }
}

HOT static void gelu_slopes(float *dx, const float *dy, const float *x, size_t count)
{
    lanes v, s, d;
    for (size_t i = 0; i < count; i += LANES) {
        lanes_load_part(&v, x + i, count - i, 0);
        lanes_load_part(&d, dy + i, count - i, 0);
        gate(&s, &v);
        d *= s + v * s * (1.0f - s) * (2.0f * GELU_SLOPE * (1.0f + 3.0f * GELU_CUBE * v * v));
        lanes_store_part(dx + i, &d, count - i);
    }
}

static void gelu_part(void *ctx, size_t from, size_t to, int thread)
{
    const struct pointwise *p = ctx;
    (void)thread;
    gelu_values(p->y + from, p->x + from, to - from);
}

static void gelu_slope_part(void *ctx, size_t from, size_t to, int thread)
{
    const struct pointwise *p = ctx;
    (void)thread;
    gelu_slopes(p->y + from, p->dy + from, p->x + from, to - from);
}

void gelu_forward(struct pool *pool, float *y, const float *x, size_t count)
{
    pool_for(pool, count, 4096, gelu_part, &(struct pointwise){.y = y, .x = x});
}

void gelu_backward(struct pool *pool, float *dx, const float *dy, const float *x, size_t count)
{
    pool_for(pool, count, 4096, gelu_slope_part, &(struct pointwise){.y = dx, .dy = dy, .x = x});
}

HOT static void add_to(float *out, const float *x, const float *y, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = x[i] + y[i];
}

static void dropout_rows(void *ctx, size_t from, size_t to, int thread)
{
    const struct pointwise *p = ctx;
    (void)thread;
    for (size_t row = from; row < to; row++) {
        float *y = p->y + row * p->width;
        if (y != p->x + row * p->width)
            memcpy(y, p->x + row * p->width, p->width * sizeof *y);
        if (p->dropout->rate > 0)
            dropout_row(p->dropout, (uint32_t)row, y, p->width);
    }
}

void dropout_apply(struct pool *pool, float *y, const float *x, const struct dropout *dropout, size_t rows,
                   size_t width)
{
    if (y == x && dropout->rate <= 0)
        return;
    pool_for(pool, rows, 16, dropout_rows, &(struct pointwise){.y = y, .x = x, .dropout = dropout, .width = width});
}

static void residual_part(void *ctx, size_t from, size_t to, int thread)
{
    const struct pointwise *p = ctx;
    (void)thread;
    add_to(p->y + from, p->x + from, p->dy + from, to - from);
}

void residual_forward(struct pool *pool, float *out, const float *x, const float *y, size_t count)
{
    pool_for(pool, count, 4096, residual_part, &(struct pointwise){.y = out, .x = x, .dy = y});
}
