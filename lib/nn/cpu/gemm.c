/* gemm: see gemm.h. */
#include "lib/nn/cpu/gemm.h"

#include "lib/nn/ops.h"

#include <cblas.h>

void ops_init(void)
{
    openblas_set_num_threads(1);
}

void gemm(enum gemm_form form, size_t m, size_t n, size_t k, struct matrix a, struct matrix b, bool add, float *c,
          size_t c_stride)
{
    cblas_sgemm(CblasRowMajor, form == GEMM_TN ? CblasTrans : CblasNoTrans, form == GEMM_NT ? CblasTrans : CblasNoTrans,
                (blasint)m, (blasint)n, (blasint)k, 1, a.data, (blasint)a.stride, b.data, (blasint)b.stride,
                add ? 1 : 0, c, (blasint)c_stride);
}
