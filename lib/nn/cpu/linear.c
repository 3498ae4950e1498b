/*
 * linear: products with weight matrices. Rows are cut into runs of ROW_RUN, gradients of weights into tiles over all
 * rows, so that no two threads add to the same number and each sum is one product's.
 */
#include "lib/nn/cpu/gemm.h"
#include "lib/nn/cpu/lanes.h"
#include "lib/nn/ops.h"

#define ROW_RUN      256
#define TILE_ROWS    128
#define TILE_COLUMNS 512

struct product {
    float *y, *dx, *dw, *db;
    const float *x, *w, *b, *dy;
    size_t rows, in, out;
    size_t runs, tiles, tile_columns; /* how many pieces of each sort */
};

static size_t pieces(size_t count, size_t size)
{
    return (count + size - 1) / size;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void forward_run(void *ctx, size_t from, size_t to, int thread)
{
    const struct product *p = ctx;
    (void)thread;
    for (size_t run = from; run < to; run++) {
        size_t first = run * ROW_RUN, rows = least(ROW_RUN, p->rows - first);
        float *y = p->y + first * p->out;
        for (size_t row = 0; row < rows; row++)
            memcpy(y + row * p->out, p->b, p->out * sizeof *y);
        gemm(GEMM_NN, rows, p->out, p->in, 1, (struct matrix){p->x + first * p->in, p->in},
             (struct matrix){p->w, p->out}, 1, y, p->out);
    }
}

void linear_forward(struct pool *pool, float *y, const float *x, const float *w, const float *b, size_t rows, size_t in,
                    size_t out)
{
    struct product p = {.y = y, .x = x, .w = w, .b = b, .rows = rows, .in = in, .out = out};
    pool_each(pool, pieces(rows, ROW_RUN), forward_run, &p);
}

HOT static void sum_rows(float *sum, const float *dy, size_t rows, size_t stride, size_t columns)
{
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++)
            sum[i] += dy[row * stride + i];
}

static void weight_tile(const struct product *p, size_t tile)
{
    size_t i = tile / p->tile_columns * TILE_ROWS, j = tile % p->tile_columns * TILE_COLUMNS;
    size_t height = least(TILE_ROWS, p->in - i), width = least(TILE_COLUMNS, p->out - j);
    gemm(GEMM_TN, height, width, p->rows, 1, (struct matrix){p->x + i, p->in}, (struct matrix){p->dy + j, p->out}, 1,
         p->dw + i * p->out + j, p->out);
    if (i == 0)
        sum_rows(p->db + j, p->dy + j, p->rows, p->out, width);
}

static void backward_piece(void *ctx, size_t from, size_t to, int thread)
{
    const struct product *p = ctx;
    (void)thread;
    for (size_t piece = from; piece < to; piece++) {
        if (piece < p->tiles) {
            weight_tile(p, piece);
            continue;
        }
        size_t first = (piece - p->tiles) * ROW_RUN, rows = least(ROW_RUN, p->rows - first);
        gemm(GEMM_NT, rows, p->in, p->out, 1, (struct matrix){p->dy + first * p->out, p->out},
             (struct matrix){p->w, p->out}, 0, p->dx + first * p->in, p->in);
    }
}

void linear_backward(struct pool *pool, float *dx, float *dw, float *db, const float *dy, const float *x,
                     const float *w, size_t rows, size_t in, size_t out)
{
    struct product p = {.dx = dx, .dw = dw, .db = db, .dy = dy, .x = x, .w = w, .rows = rows, .in = in, .out = out};
    p.runs = pieces(rows, ROW_RUN);
    p.tile_columns = pieces(out, TILE_COLUMNS);
    p.tiles = pieces(in, TILE_ROWS) * p.tile_columns;
    pool_each(pool, p.tiles + p.runs, backward_piece, &p);
}

static void project_run(void *ctx, size_t from, size_t to, int thread)
{
    const struct product *p = ctx;
    (void)thread;
    for (size_t run = from; run < to; run++) {
        size_t first = run * ROW_RUN, rows = least(ROW_RUN, p->rows - first);
        gemm(GEMM_NT, rows, p->out, p->in, 1, (struct matrix){p->x + first * p->in, p->in},
             (struct matrix){p->w, p->in}, 0, p->y + first * p->out, p->out);
    }
}

void project_forward(struct pool *pool, float *y, const float *x, const float *table, size_t rows, size_t width,
                     size_t entries)
{
    struct product p = {.y = y, .x = x, .w = table, .rows = rows, .in = width, .out = entries};
    pool_each(pool, pieces(rows, ROW_RUN), project_run, &p);
}

static void project_piece(void *ctx, size_t from, size_t to, int thread)
{
    const struct product *p = ctx;
    (void)thread;
    for (size_t piece = from; piece < to; piece++) {
        if (piece < p->tiles) {
            size_t i = piece * TILE_COLUMNS, height = least(TILE_COLUMNS, p->out - i);
            gemm(GEMM_TN, height, p->in, p->rows, 1, (struct matrix){p->dy + i, p->out}, (struct matrix){p->x, p->in},
                 1, p->dw + i * p->in, p->in);
            continue;
        }
        size_t first = (piece - p->tiles) * ROW_RUN, rows = least(ROW_RUN, p->rows - first);
        gemm(GEMM_NN, rows, p->in, p->out, 1, (struct matrix){p->dy + first * p->out, p->out},
             (struct matrix){p->w, p->in}, 0, p->dx + first * p->in, p->in);
    }
}

void project_backward(struct pool *pool, float *dx, float *dtable, const float *dy, const float *x, const float *table,
                      size_t rows, size_t width, size_t entries)
{
    struct product p = {
        .dx = dx, .dw = dtable, .dy = dy, .x = x, .w = table, .rows = rows, .in = width, .out = entries};
    p.tiles = pieces(entries, TILE_COLUMNS);
    pool_each(pool, p.tiles + pieces(rows, ROW_RUN), project_piece, &p);
}
