/* gemm: a matrix product on the calling thread, by OpenBLAS (row-major). */
#ifndef LIB_NN_CPU_GEMM_H
#define LIB_NN_CPU_GEMM_H

#include <stdbool.h>
#include <stddef.h>

/* A matrix and the distance between its rows, both in floats. */
struct matrix {
    const float *data;
    size_t stride;
};
enum gemm_form { GEMM_NN, GEMM_NT, GEMM_TN }; /* which of the two is transposed */

/* c[m][n] (+)= a b, added to where `add` says so; a is [m][k] (TN: [k][m]), b is [k][n] (NT: [n][k]). */
void gemm(enum gemm_form form, size_t m, size_t n, size_t k, struct matrix a, struct matrix b, bool add, float *c,
          size_t c_stride);

#endif
