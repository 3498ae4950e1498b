/*
 * half: matrix products of bfloat16 values with float32 sums: twice the speed of float32 where the processor has
 * AVX512_BF16. Operands are float32 in memory; both are rounded to bfloat16 while they are packed into panels:
 *
 *   a: A_ROWS rows by at most HALF_DEPTH values of the sum; b: B_COLUMNS columns by the same.
 *
 * A pair is two neighbours of the sum in 32 bits, the earlier one in the low half. Each element of c has one order of
 * summation, whatever the cut. Processors without AVX512_BF16 compute the same products in plain C; their sums may
 * differ in the last bits.
 */
#ifndef LIB_NN_CPU_HALF_H
#define LIB_NN_CPU_HALF_H

#include "lib/nn/cpu/gemm.h"

#include <stdbool.h>
#include <stdint.h>

#define A_ROWS     8
#define B_COLUMNS  32
#define A_PACKED   16  /* rows of a that are packed at once: two panels */
#define HALF_DEPTH 512 /* values of the sum that are taken at once */

/* One implementation; half_best() is the fastest that the processor has. */
struct half {
    const char *name;
    /* Packs `count` (<= A_PACKED) rows of a by `depth` values into two panels, one behind the other; source: row i,
     * value j at data[i * stride + j], or transposed at data[j * stride + i]. Layout: [2][pair][A_ROWS]. Missing rows
     * and an odd value are zeros. */
    void (*pack_a)(uint32_t *panels, struct matrix source, bool transposed, size_t count, size_t depth);
    /* Packs `count` (<= B_COLUMNS) columns; source: column i, value j at data[j * stride + i], or transposed at
     * data[i * stride + j]. Layout: [pair][B_COLUMNS]. */
    void (*pack_b)(uint32_t *panel, struct matrix source, bool transposed, size_t count, size_t depth);
    /* c[rows][columns] (+)= a b over `pairs`; c is added to where `add` says so. */
    void (*tile)(const uint32_t *a, const uint32_t *b, size_t pairs, float *c, size_t stride, size_t rows,
                 size_t columns, bool add);
};

const struct half *half_best(void);
const struct half *half_plain(void);  /* plain C */
const struct half *half_avx512(void); /* NULL where the processor lacks it */

/* The same as gemm() on the calling thread, in bfloat16. packed: half_packed() values of scratch. */
void half_gemm(uint32_t *packed, enum gemm_form form, size_t m, size_t n, size_t k, struct matrix a, struct matrix b,
               bool add, float *c, size_t c_stride);
size_t half_packed(size_t m, size_t n, size_t k);

/* Where row `row` of a, or column `column` of b, starts at value `depth` of the sum. */
struct matrix gemm_a(enum gemm_form form, struct matrix a, size_t row, size_t depth);
struct matrix gemm_b(enum gemm_form form, struct matrix b, size_t column, size_t depth);

#endif
