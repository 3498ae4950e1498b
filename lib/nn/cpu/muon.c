/*
 * muon: momentum made orthogonal (Jordan et al., 2024, github.com/KellerJordan/Muon), with the scale that makes its
 * steps as large as AdamW's (Liu et al., "Muon is scalable for LLM training", 2025). One matrix per piece of work.
 */
#include "lib/nn/cpu/half.h"
#include "lib/nn/cpu/lanes.h"
#include "lib/nn/ops.h"

#include <math.h>

/* Jordan's quintic: five rounds bring all singular values near 1, from however small they are. */
#define ROUNDS 5
#define FIRST  3.4445f
#define THIRD  -4.7750f
#define FIFTH  2.0315f
#define SCALE  0.2 /* root mean square of a step of AdamW (Liu et al.) */

/* What a thread works with: x, its next value, and two squares of the smaller side. */
struct room {
    float *x, *next, *square, *fourth;
    uint32_t *packed;
    enum precision precision;
};

struct steps {
    const struct muon_matrix *matrices;
    const struct muon *muon;
};

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t floats_of(size_t rows, size_t columns)
{
    size_t side = smaller(rows, columns);
    return (2 * (rows * columns + side * side) + 15) / 16 * 16;
}

static size_t room_bytes(const struct muon *m)
{
    size_t side = smaller(m->rows, m->columns), longest = m->rows + m->columns - side;
    size_t a = half_packed(side, side, longest), b = half_packed(side, longest, side);
    size_t c = half_packed(longest, side, side), packed = a > b ? a : b;
    packed = ((packed > c ? packed : c) + 15) / 16 * 16;
    return floats_of(m->rows, m->columns) * sizeof(float) +
           (m->precision == PRECISION_BFLOAT16 ? packed * sizeof(uint32_t) : 0);
}

size_t muon_scratch(const struct pool *pool, const struct muon *muon)
{
    return (size_t)pool_threads(pool) * room_bytes(muon);
}

static struct room room_of(const struct muon *m, const struct muon_matrix *matrix, int thread)
{
    float *floats = (float *)(void *)((char *)m->scratch + (size_t)thread * room_bytes(m));
    size_t count = matrix->rows * matrix->columns, side = smaller(matrix->rows, matrix->columns);
    return (struct room){.x = floats,
                         .next = floats + count,
                         .square = floats + 2 * count,
                         .fourth = floats + 2 * count + side * side,
                         .packed = (uint32_t *)(void *)(floats + floats_of(m->rows, m->columns)),
                         .precision = m->precision};
}

static void multiply(const struct room *room, enum gemm_form form, size_t m, size_t n, size_t k, struct matrix a,
                     struct matrix b, float *c)
{
    if (room->precision == PRECISION_BFLOAT16)
        half_gemm(room->packed, form, m, n, k, a, b, false, c, n);
    else
        gemm(form, m, n, k, a, b, false, c, n);
}

/* y = p x + q y */
HOT static void blend(float *y, float p, const float *x, float q, size_t count)
{
    for (size_t i = 0; i < count; i++)
        y[i] = p * x[i] + q * y[i];
}

/* x is [rows][columns]; s = x x^T or x^T x, the smaller: x <- first x + (third s + fifth s s) x */
static void one_round(struct room *r, size_t rows, size_t columns)
{
    bool wide = rows <= columns;
    size_t side = wide ? rows : columns;
    struct matrix x = {r->x, columns}, square = {r->square, side}, fourth = {r->fourth, side};
    float *swap = r->x;
    multiply(r, wide ? GEMM_NT : GEMM_TN, side, side, wide ? columns : rows, x, x, r->square);
    multiply(r, GEMM_NN, side, side, side, square, square, r->fourth);
    blend(r->fourth, THIRD, r->square, FIFTH, side * side);
    multiply(r, GEMM_NN, rows, columns, side, wide ? fourth : x, wide ? x : fourth, r->next);
    blend(r->next, FIRST, r->x, 1, rows * columns);
    r->x = r->next;
    r->next = swap;
}

/* Momentum and what Nesterov's look ahead makes of it: m = beta m + (1 - beta) g, x = (1 - beta) g + beta m */
HOT static void look_ahead(float *x, float *momentum, const float *gradients, float scale, float beta, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        float gradient = gradients[i] * scale;
        momentum[i] = beta * momentum[i] + (1 - beta) * gradient;
        x[i] = (1 - beta) * gradient + beta * momentum[i];
    }
}

HOT static void move(float *weights, const float *x, float shrink, float rate, size_t count)
{
    for (size_t i = 0; i < count; i++)
        weights[i] = weights[i] * shrink - rate * x[i];
}

static void one_matrix(const struct muon *m, const struct muon_matrix *matrix, struct room *room)
{
    size_t rows = matrix->rows, columns = matrix->columns;
    double rate = m->learning_rate * SCALE * sqrt((double)(rows > columns ? rows : columns));
    for (size_t i = 0; i < rows; i++)
        look_ahead(room->x + i * columns, matrix->momentum + i * matrix->stride, matrix->gradients + i * matrix->stride,
                   (float)m->scale, (float)m->momentum, columns);
    float norm = (float)sqrt(squares(NULL, room->x, rows * columns));
    blend(room->x, 1 / (norm + 1e-12f), room->x, 0, rows * columns);
    for (int round = 0; round < ROUNDS; round++)
        one_round(room, rows, columns);
    for (size_t i = 0; i < rows; i++)
        move(matrix->weights + i * matrix->stride, room->x + i * columns, (float)(1 - m->learning_rate * m->decay),
             (float)rate, columns);
}

static void some_matrices(void *ctx, size_t from, size_t to, int thread)
{
    const struct steps *s = ctx;
    for (size_t i = from; i < to; i++) {
        struct room room = room_of(s->muon, &s->matrices[i], thread);
        one_matrix(s->muon, &s->matrices[i], &room);
    }
}

void muon_update(struct pool *pool, const struct muon_matrix *matrices, size_t count, const struct muon *muon)
{
    pool_each(pool, count, some_matrices, &(struct steps){.matrices = matrices, .muon = muon});
}
