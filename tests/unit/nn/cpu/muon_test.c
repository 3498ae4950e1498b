/* Muon on matrices whose singular values are known: the quintic of Jordan et al. acts on each alone, so a plain loop
 * over numbers says where they go. Wide, tall, and within a wider matrix; both precisions; any thread count. */
#include "lib/nn/ops.h"
#include "tests/unit/nn/difference.h"

#include <stdlib.h>

#define SMALL 6
#define LARGE 10

static const double values[SMALL] = {3, 1, 0.5, 0.2, 0.1, 0.02};

/* The singular value after five rounds, from its share of the norm. */
static double after(double value)
{
    double square = 0, x;
    for (int i = 0; i < SMALL; i++)
        square += values[i] * values[i];
    x = value / sqrt(square);
    for (int round = 0; round < 5; round++)
        x = 3.4445 * x - 4.7750 * pow(x, 3) + 2.0315 * pow(x, 5);
    return x;
}

/* Reflection by v: I - 2 v v^T / |v|^2, orthogonal; turns the diagonal into a full matrix. */
static void reflect(double *m, size_t rows, size_t columns, bool left, uint32_t seed)
{
    float v[LARGE];
    size_t size = left ? rows : columns, other = left ? columns : rows;
    difference_fill(v, size, seed, 1);
    double norm = difference_dot(v, v, size);
    for (size_t j = 0; j < other; j++) {
        double dot = 0;
        for (size_t i = 0; i < size; i++)
            dot += (double)v[i] * (left ? m[i * columns + j] : m[j * columns + i]);
        for (size_t i = 0; i < size; i++)
            *(left ? &m[i * columns + j] : &m[j * columns + i]) -= 2 * dot / norm * (double)v[i];
    }
}

static void make(double *m, size_t rows, size_t columns, bool moved)
{
    memset(m, 0, rows * columns * sizeof *m);
    for (size_t i = 0; i < SMALL; i++)
        m[i * columns + i] = moved ? after(values[i]) : values[i];
    reflect(m, rows, columns, true, 1);
    reflect(m, rows, columns, false, 2);
}

static void test_shape(size_t rows, size_t columns, enum precision precision, double within, const char *name)
{
    double gradient[LARGE * LARGE], want[LARGE * LARGE], worst = 0;
    float weights[LARGE * 20] = {0}, momentum[LARGE * 20] = {0}, gradients[LARGE * 20] = {0};
    size_t stride = columns + 7;
    struct muon muon = {.learning_rate = 0.1,
                        .momentum = 0.95,
                        .decay = 0.5,
                        .scale = 2,
                        .rows = rows,
                        .columns = columns,
                        .precision = precision};
    struct pool *pool = pool_new(2);
    muon.scratch = calloc(1, muon_scratch(pool, &muon));
    make(gradient, rows, columns, false);
    make(want, rows, columns, true);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) {
            gradients[i * stride + j] = (float)gradient[i * columns + j];
            weights[i * stride + j] = 1;
        }
    muon_update(pool, &(struct muon_matrix){weights, momentum, gradients, rows, columns, stride}, 1, &muon);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) {
            double step = 0.1 * 0.2 * sqrt((double)LARGE) * want[i * columns + j];
            worst = fmax(worst, fabs((double)weights[i * stride + j] - (1 - 0.05 - step)));
        }
    OK(worst < within, "%s: moves as the quintic says, %.1e off", name, worst);
    NEAR((double)momentum[0], 0.05 * 2 * gradient[0], 1e-6, "and keeps its momentum");
    OK(weights[columns] == 0 && momentum[columns] == 0, "and leaves its neighbour alone");
    free(muon.scratch);
    pool_free(pool);
}

int main(void)
{
    ops_init();
    test_shape(SMALL, LARGE, PRECISION_FLOAT32, 1e-5, "wide");
    test_shape(LARGE, SMALL, PRECISION_FLOAT32, 1e-5, "tall");
    test_shape(SMALL, LARGE, PRECISION_BFLOAT16, 5e-3, "wide in bfloat16");
    test_shape(LARGE, SMALL, PRECISION_BFLOAT16, 5e-3, "tall in bfloat16");
    return DONE();
}
