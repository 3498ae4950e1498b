/* Products in bfloat16: packing and sums against a plain loop over rounded values, for each implementation and odd
 * sizes; gradients of a linear layer in that precision against those in float32. */
#include "lib/nn/cpu/half.h"
#include "lib/nn/cpu/product.h"
#include "tests/unit/nn/difference.h"

#include <stdlib.h>

#define M        21 /* not a multiple of the tile */
#define N        45
#define K        1037 /* odd, and more than one block */
#define A_PANELS (A_PACKED * HALF_DEPTH / 2)
#define B_PANEL  (B_COLUMNS * HALF_DEPTH / 2)

static float a[M * K], b[K * N], c[M * N], start[M * N];

static double rounded(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000u;
    memcpy(&value, &bits, sizeof bits);
    return (double)value;
}

static double worst_off(enum gemm_form form, bool add)
{
    double worst = 0;
    for (size_t i = 0; i < M; i++)
        for (size_t j = 0; j < N; j++) {
            double sum = add ? (double)start[i * N + j] : 0;
            for (size_t k = 0; k < K; k++)
                sum += rounded(form == GEMM_TN ? a[k * M + i] : a[i * K + k]) *
                       rounded(form == GEMM_NT ? b[j * K + k] : b[k * N + j]);
            worst = fmax(worst, fabs(sum - (double)c[i * N + j]));
        }
    return worst;
}

static void test_forms(struct pool *pool)
{
    static const char *const names[] = {"NN", "NT", "TN"};
    struct products with = {.pool = pool, .precision = PRECISION_BFLOAT16};
    with.scratch = calloc(1, products_scratch(pool, PRECISION_BFLOAT16, N, K));
    for (int form = 0; form < 3; form++)
        for (int add = 0; add < 2; add++) {
            struct product p = {.form = (enum gemm_form)form, .m = M, .n = N, .k = K, .add = add, .c = c};
            p.a = (struct matrix){a, form == GEMM_TN ? M : K};
            p.b = (struct matrix){b, form == GEMM_NT ? K : N};
            memcpy(c, start, sizeof c);
            product(&with, &p);
            OK(worst_off((enum gemm_form)form, add) < 1e-3, "%s%s agrees with the plain loop", names[form],
               add ? ", added" : "");
        }
    free(with.scratch);
}

static void pack_both(const struct half *half, bool transposed, size_t count, size_t depth, uint32_t *pa, uint32_t *pb)
{
    memset(pa, 0xee, A_PANELS * sizeof *pa);
    memset(pb, 0xee, B_PANEL * sizeof *pb);
    half->pack_a(pa, (struct matrix){a, 60}, transposed, count < A_PACKED ? count : A_PACKED, depth);
    half->pack_b(pb, (struct matrix){a, 60}, transposed, count, depth);
}

/* The processor's own instructions give what plain C gives. */
static void test_implementations(void)
{
    static uint32_t pa[2][A_PANELS], pb[2][B_PANEL];
    static float sums[2][A_ROWS * B_COLUMNS];
    const size_t counts[] = {3, 8, 17, 32}, depths[] = {5, 32, 59};
    if (half_avx512() == NULL) {
        OK(1, "no AVX512_BF16 here");
        return;
    }
    for (size_t i = 0; i < 24; i++) {
        size_t count = counts[i % 4], depth = depths[i / 4 % 3], pairs = (depth + 1) / 2;
        double worst = 0;
        pack_both(half_plain(), i >= 12, count, depth, pa[0], pb[0]);
        pack_both(half_avx512(), i >= 12, count, depth, pa[1], pb[1]);
        bool same = memcmp(pa[0], pa[1], pairs * A_PACKED * sizeof(uint32_t)) == 0 &&
                    memcmp(pb[0], pb[1], pairs * B_COLUMNS * sizeof(uint32_t)) == 0;
        half_plain()->tile(pa[0], pb[0], pairs, sums[0], B_COLUMNS, A_ROWS, B_COLUMNS, false);
        half_avx512()->tile(pa[1], pb[1], pairs, sums[1], B_COLUMNS, A_ROWS, B_COLUMNS, false);
        for (size_t j = 0; j < A_ROWS * B_COLUMNS; j++)
            worst = fmax(worst, fabs((double)sums[0][j] - (double)sums[1][j]));
        OK(same && worst < 1e-4, "%zu columns of %zu, %s: as plain C", count, depth, i >= 12 ? "turned" : "straight");
    }
}

static void test_gradients(void)
{
    static float dx[2][M * N], dw[2][N * N], db[2][N];
    struct products with[2] = {{.precision = PRECISION_FLOAT32}, {.precision = PRECISION_BFLOAT16}};
    double off = 0, size = 0;
    with[1].scratch = calloc(1, products_scratch(NULL, PRECISION_BFLOAT16, N, N));
    for (int i = 0; i < 2; i++)
        linear_backward(&with[i], dx[i], dw[i], db[i], a, b, b + M * N, M, N, N);
    for (size_t i = 0; i < N * N; i++) {
        off += pow((double)dw[0][i] - (double)dw[1][i], 2);
        size += pow((double)dw[0][i], 2);
    }
    OK(sqrt(off / size) < 5e-3, "gradients of weights are those of float32 to %.1e", sqrt(off / size));
    OK(memcmp(db[0], db[1], sizeof db[0]) == 0, "gradients of biases are float32's");
    free(with[1].scratch);
}

int main(void)
{
    ops_init();
    difference_fill(a, M * K, 1, 1);
    difference_fill(b, K * N, 2, 1);
    difference_fill(start, M * N, 3, 1);
    struct pool *pool = pool_new(3);
    printf("# %s\n", half_best()->name);
    test_forms(NULL);
    test_forms(pool);
    test_implementations();
    test_gradients();
    pool_free(pool);
    return DONE();
}
