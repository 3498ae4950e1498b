/*
 * product: see product.h. In float32 the tiles' cut is fixed by form and shape, since OpenBLAS may take another way for
 * another size; in bfloat16 each element's sum is the same whatever the cut (half.h), so the cut follows the work.
 */
#include "lib/nn/cpu/product.h"

#include "lib/nn/cpu/half.h"

#include <string.h>

#define RUN_ROWS     128                         /* of a, that a thread packs at once */
#define RUN_VALUES   (RUN_ROWS * HALF_DEPTH / 2) /* packed pairs of a run */
#define NARROW_PANEL 4                           /* panels of b in a piece where rows alone give too few pieces */
#define ENOUGH       16                          /* pieces */

struct job {
    const struct product *p;
    const struct half *half;
    uint32_t *shared; /* b, packed: [depth blocks][panels][pairs][B_COLUMNS] */
    uint32_t *own;    /* a run of a for each thread: [threads][RUN_VALUES] */
    size_t panels, blocks;
    size_t tile_rows, tile_columns; /* float32: of a tile; bfloat16: panels of a piece */
    size_t across;                  /* pieces from left to right */
};

static size_t pieces(size_t count, size_t size)
{
    return (count + size - 1) / size;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* c of a piece starts from the bias. */
static void start(const struct product *p, size_t row, size_t rows, size_t column, size_t columns)
{
    if (p->bias == NULL || p->add)
        return;
    for (size_t i = row; i < row + rows; i++)
        memcpy(p->c + i * p->n + column, p->bias + column, columns * sizeof *p->c);
}

static void single_tiles(void *ctx, size_t from, size_t to, int thread)
{
    const struct job *job = ctx;
    const struct product *p = job->p;
    (void)thread;
    for (size_t tile = from; tile < to; tile++) {
        size_t i = tile / job->across * job->tile_rows, j = tile % job->across * job->tile_columns;
        size_t rows = least(job->tile_rows, p->m - i), columns = least(job->tile_columns, p->n - j);
        start(p, i, rows, j, columns);
        gemm(p->form, rows, columns, p->k, gemm_a(p->form, p->a, i, 0), gemm_b(p->form, p->b, j, 0),
             p->add || p->bias != NULL, p->c + i * p->n + j, p->n);
    }
}

static void single(const struct products *with, const struct product *p)
{
    struct job job = {.p = p, .tile_rows = 256, .tile_columns = 1024};
    if (p->form == GEMM_TN) {
        job.tile_rows = 64;
        job.tile_columns = 256;
    }
    job.across = pieces(p->n, job.tile_columns);
    pool_each(with->pool, pieces(p->m, job.tile_rows) * job.across, single_tiles, &job);
}

/* Where a panel of b goes; blocks of depth but the last are all of one size. */
static uint32_t *panel_at(const struct job *job, size_t block, size_t panel)
{
    size_t length = least(HALF_DEPTH, job->p->k - block * HALF_DEPTH);
    return job->shared + (block * job->panels * (HALF_DEPTH / 2) + panel * ((length + 1) / 2)) * B_COLUMNS;
}

static void pack_panels(void *ctx, size_t from, size_t to, int thread)
{
    const struct job *job = ctx;
    const struct product *p = job->p;
    (void)thread;
    for (size_t i = from; i < to; i++) {
        size_t block = i / job->panels, panel = i % job->panels, column = panel * B_COLUMNS, depth = block * HALF_DEPTH;
        job->half->pack_b(panel_at(job, block, panel), gemm_b(p->form, p->b, column, depth), p->form == GEMM_NT,
                          least(B_COLUMNS, p->n - column), least(HALF_DEPTH, p->k - depth));
    }
}

/* Rows [row, row + rows) against panels [first, last), for one block of depth. */
static void run_block(const struct job *job, uint32_t *own, size_t row, size_t rows, size_t first, size_t last,
                      size_t block)
{
    const struct product *p = job->p;
    size_t depth = block * HALF_DEPTH, length = least(HALF_DEPTH, p->k - depth), pairs = (length + 1) / 2;
    bool add = p->add || p->bias != NULL || block > 0;
    for (size_t i = 0; i < rows; i += A_PACKED)
        job->half->pack_a(own + i * pairs, gemm_a(p->form, p->a, row + i, depth), p->form == GEMM_TN,
                          least(A_PACKED, rows - i), length);
    for (size_t panel = first; panel < last; panel++) {
        const uint32_t *b = panel_at(job, block, panel);
        size_t column = panel * B_COLUMNS;
        for (size_t i = 0; i < rows; i += A_ROWS)
            job->half->tile(own + i * pairs, b, pairs, p->c + (row + i) * p->n + column, p->n, least(A_ROWS, rows - i),
                            least(B_COLUMNS, p->n - column), add);
    }
}

static void half_pieces(void *ctx, size_t from, size_t to, int thread)
{
    const struct job *job = ctx;
    const struct product *p = job->p;
    uint32_t *own = job->own + (size_t)thread * RUN_VALUES;
    for (size_t piece = from; piece < to; piece++) {
        size_t row = piece / job->across * RUN_ROWS, rows = least(RUN_ROWS, p->m - row);
        size_t first = piece % job->across * job->tile_columns, last = least(first + job->tile_columns, job->panels);
        size_t column = first * B_COLUMNS;
        start(p, row, rows, column, least(last * B_COLUMNS, p->n) - column);
        for (size_t block = 0; block < job->blocks; block++)
            run_block(job, own, row, rows, first, last, block);
    }
}

static void half(const struct products *with, const struct product *p)
{
    struct job job = {.p = p, .half = half_best(), .panels = pieces(p->n, B_COLUMNS)};
    size_t runs = pieces(p->m, RUN_ROWS);
    job.blocks = pieces(p->k, HALF_DEPTH);
    job.own = with->scratch;
    job.shared = job.own + (size_t)pool_threads(with->pool) * RUN_VALUES;
    job.tile_columns = runs >= ENOUGH ? job.panels : NARROW_PANEL;
    job.across = pieces(job.panels, job.tile_columns);
    pool_for(with->pool, job.panels * job.blocks, 4, pack_panels, &job);
    pool_each(with->pool, runs * job.across, half_pieces, &job);
}

enum precision precision_here(enum precision wanted)
{
    return half_avx512() == NULL ? PRECISION_FLOAT32 : wanted;
}

void product(const struct products *with, const struct product *p)
{
    if (with->precision == PRECISION_BFLOAT16)
        half(with, p);
    else
        single(with, p);
}

size_t products_scratch(const struct pool *pool, enum precision precision, size_t columns, size_t depth)
{
    if (precision == PRECISION_FLOAT32)
        return 0;
    return ((size_t)pool_threads(pool) * RUN_VALUES +
            pieces(columns, B_COLUMNS) * B_COLUMNS * pieces(depth, HALF_DEPTH) * (HALF_DEPTH / 2)) *
           sizeof(uint32_t);
}
