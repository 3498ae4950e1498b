/* linear: products with weight matrices; see ops.h for the shapes. */
#include "lib/nn/cpu/lanes.h"
#include "lib/nn/cpu/product.h"

void linear_forward(const struct products *with, float *y, const float *x, const float *w, const float *b, size_t rows,
                    size_t in, size_t out)
{
    product(with, &(struct product){
                      .form = GEMM_NN, .m = rows, .n = out, .k = in, .a = {x, in}, .b = {w, out}, .bias = b, .c = y});
}

struct columns {
    float *sum;
    const float *values;
    size_t rows, width;
};

HOT static void sum_rows(float *sum, const float *values, size_t rows, size_t width, size_t columns)
{
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++)
            sum[i] += values[row * width + i];
}

static void sum_columns(void *ctx, size_t from, size_t to, int thread)
{
    const struct columns *c = ctx;
    (void)thread;
    sum_rows(c->sum + from, c->values + from, c->rows, c->width, to - from);
}

void linear_backward(const struct products *with, float *dx, float *dw, float *db, const float *dy, const float *x,
                     const float *w, size_t rows, size_t in, size_t out)
{
    struct columns c = {.sum = db, .values = dy, .rows = rows, .width = out};
    product(with,
            &(struct product){.form = GEMM_NT, .m = rows, .n = in, .k = out, .a = {dy, out}, .b = {w, out}, .c = dx});
    product(with,
            &(struct product){
                .form = GEMM_TN, .m = in, .n = out, .k = rows, .a = {x, in}, .b = {dy, out}, .add = true, .c = dw});
    pool_for(with->pool, out, 32, sum_columns, &c);
}

void project_forward(const struct products *with, float *y, const float *x, const float *table, size_t rows,
                     size_t width, size_t entries)
{
    product(with,
            &(struct product){
                .form = GEMM_NT, .m = rows, .n = entries, .k = width, .a = {x, width}, .b = {table, width}, .c = y});
}

void project_backward(const struct products *with, float *dx, float *dtable, const float *dy, const float *x,
                      const float *table, size_t rows, size_t width, size_t entries)
{
    product(
        with,
        &(struct product){
            .form = GEMM_NN, .m = rows, .n = width, .k = entries, .a = {dy, entries}, .b = {table, width}, .c = dx});
    product(with, &(struct product){.form = GEMM_TN,
                                    .m = entries,
                                    .n = width,
                                    .k = rows,
                                    .a = {dy, entries},
                                    .b = {x, width},
                                    .add = true,
                                    .c = dtable});
}
