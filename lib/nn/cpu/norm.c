/* norm: layer normalisation (Ba et al., 2016). Sums of a row go lane by lane, sums over rows row by row. */
#include "lib/nn/cpu/lanes.h"
#include "lib/nn/ops.h"

#include <math.h>

struct norm {
    float *y, *mean, *rstd, *dx, *dw, *db;
    const float *x, *w, *b, *dy, *kept_mean, *kept_rstd;
    double epsilon;
    size_t rows, width;
};

HOT static void moments(const float *x, size_t width, double epsilon, float *mean, float *rstd)
{
    lanes sum = {0}, square = {0}, v;
    for (size_t i = 0; i < width; i += LANES) {
        lanes_load_part(&v, x + i, width - i, 0);
        sum += v;
    }
    *mean = lanes_sum(&sum) / (float)width;
    for (size_t i = 0; i < width; i += LANES) {
        lanes_load_part(&v, x + i, width - i, *mean);
        v = v - *mean;
        square += v * v;
    }
    *rstd = (float)(1.0 / sqrt((double)(lanes_sum(&square) / (float)width) + epsilon));
}

HOT static void normalise(float *y, const float *x, const float *w, const float *b, float mean, float rstd,
                          size_t width)
{
    for (size_t i = 0; i < width; i++)
        y[i] = (x[i] - mean) * rstd * w[i] + b[i];
}

static void forward_rows(void *ctx, size_t from, size_t to, int thread)
{
    const struct norm *n = ctx;
    (void)thread;
    for (size_t row = from; row < to; row++) {
        const float *x = n->x + row * n->width;
        moments(x, n->width, n->epsilon, &n->mean[row], &n->rstd[row]);
        normalise(n->y + row * n->width, x, n->w, n->b, n->mean[row], n->rstd[row], n->width);
    }
}

void layernorm_forward(struct pool *pool, float *y, float *mean, float *rstd, const float *x, const float *w,
                       const float *b, double epsilon, size_t rows, size_t width)
{
    struct norm n = {.y = y, .mean = mean, .rstd = rstd, .x = x, .w = w, .b = b, .epsilon = epsilon, .width = width};
    pool_for(pool, rows, 16, forward_rows, &n);
}

/* With xhat = (x - mean) rstd and g = dy w: dx = rstd (g - mean(g) - xhat mean(g xhat)) */
HOT static void backward_row(float *dx, const float *dy, const float *x, const float *w, float mean, float rstd,
                             size_t width)
{
    lanes sum = {0}, cross = {0}, g, h, xhat;
    for (size_t i = 0; i < width; i += LANES) {
        lanes_load_part(&g, dy + i, width - i, 0);
        lanes_load_part(&h, w + i, width - i, 0);
        lanes_load_part(&xhat, x + i, width - i, 0);
        g *= h;
        sum += g;
        cross += g * ((xhat - mean) * rstd);
    }
    float g_mean = lanes_sum(&sum) / (float)width, cross_mean = lanes_sum(&cross) / (float)width;
    for (size_t i = 0; i < width; i++)
        dx[i] += rstd * (dy[i] * w[i] - g_mean - (x[i] - mean) * rstd * cross_mean);
}

static void backward_rows(void *ctx, size_t from, size_t to, int thread)
{
    const struct norm *n = ctx;
    (void)thread;
    for (size_t row = from; row < to; row++)
        backward_row(n->dx + row * n->width, n->dy + row * n->width, n->x + row * n->width, n->w, n->kept_mean[row],
                     n->kept_rstd[row], n->width);
}

HOT static void add_row(float *dw, float *db, const float *dy, const float *x, float mean, float rstd, size_t width)
{
    for (size_t i = 0; i < width; i++) {
        dw[i] += dy[i] * (x[i] - mean) * rstd;
        db[i] += dy[i];
    }
}

/* Columns [from, to) of the parameters' gradients, over all rows. */
static void parameter_columns(void *ctx, size_t from, size_t to, int thread)
{
    const struct norm *n = ctx;
    (void)thread;
    for (size_t row = 0; row < n->rows; row++)
        add_row(n->dw + from, n->db + from, n->dy + row * n->width + from, n->x + row * n->width + from,
                n->kept_mean[row], n->kept_rstd[row], to - from);
}

void layernorm_backward(struct pool *pool, float *dx, float *dw, float *db, const float *dy, const float *x,
                        const float *w, const float *mean, const float *rstd, size_t rows, size_t width)
{
    struct norm n = {.dx = dx, .dw = dw, .db = db, .dy = dy, .x = x, .w = w, .kept_mean = mean, .kept_rstd = rstd};
    n.rows = rows;
    n.width = width;
    pool_for(pool, width, 32, parameter_columns, &n);
    pool_for(pool, rows, 16, backward_rows, &n);
}
