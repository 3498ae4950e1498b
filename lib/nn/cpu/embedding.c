/* embedding: rows of a table by token, and of another by position. Gradients go column by column: each thread takes
 * some columns of all rows, so that tokens that repeat are added in the order of the rows. */
#include "lib/nn/cpu/lanes.h"
#include "lib/nn/ops.h"

struct embedding {
    float *y, *dtable, *dpositions;
    const float *table, *positions, *dy;
    const int32_t *tokens;
    size_t rows, length, width;
};

HOT static void add_both(float *y, const float *a, const float *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] = a[i] + b[i];
}

static void forward_rows(void *ctx, size_t from, size_t to, int thread)
{
    const struct embedding *e = ctx;
    (void)thread;
    for (size_t row = from; row < to; row++)
        add_both(e->y + row * e->width, e->table + (size_t)e->tokens[row] * e->width,
                 e->positions + row % e->length * e->width, e->width);
}

void embedding_forward(struct pool *pool, float *y, const int32_t *tokens, const float *table, const float *positions,
                       size_t rows, size_t length, size_t width)
{
    struct embedding e = {.y = y, .tokens = tokens, .table = table, .positions = positions};
    e.length = length;
    e.width = width;
    pool_for(pool, rows, 16, forward_rows, &e);
}

HOT static void add(float *sum, const float *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sum[i] += x[i];
}

static void backward_columns(void *ctx, size_t from, size_t to, int thread)
{
    const struct embedding *e = ctx;
    (void)thread;
    for (size_t row = 0; row < e->rows; row++) {
        const float *dy = e->dy + row * e->width + from;
        add(e->dtable + (size_t)e->tokens[row] * e->width + from, dy, to - from);
        add(e->dpositions + row % e->length * e->width + from, dy, to - from);
    }
}

void embedding_backward(struct pool *pool, float *dtable, float *dpositions, const float *dy, const int32_t *tokens,
                        size_t rows, size_t length, size_t width)
{
    struct embedding e = {.dtable = dtable, .dpositions = dpositions, .dy = dy, .tokens = tokens};
    e.rows = rows;
    e.length = length;
    e.width = width;
    pool_for(pool, width, 32, backward_columns, &e);
}
