/* product: one matrix product shared out over the pool, in either precision. */
#ifndef LIB_NN_CPU_PRODUCT_H
#define LIB_NN_CPU_PRODUCT_H

#include "lib/nn/cpu/gemm.h"
#include "lib/nn/ops.h"

struct product {
    enum gemm_form form;
    size_t m, n, k;
    struct matrix a, b;
    const float *bias; /* [n], what c starts from; NULL: nothing */
    bool add;          /* c is added to (then without bias) */
    float *c;          /* [m][n], rows without gaps */
};

void product(const struct products *with, const struct product *product);

#endif
