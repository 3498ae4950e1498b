/*
 * ops: the operators that models are written over; forward and backward of each. lib/nn/cpu implements them.
 *
 * All arrays are float32, rows contiguous. A gradient argument named d... is the derivative of the loss by that value.
 * Gradients of parameters are added to what is there; gradients of inputs replace it, unless the comment says "added".
 * Work is cut into pieces that depend on the shapes only, and every sum has one order: results do not depend on the
 * number of threads. Nothing allocates and nothing can fail.
 *
 * rows: tokens of a batch. width: values per token.
 */
#ifndef LIB_NN_OPS_H
#define LIB_NN_OPS_H

#include "lib/base/pool.h"
#include "lib/nn/random.h"

#include <stdbool.h>

/* Pins the matrix library to one thread: parallel work is the pool's. Call before any operator. */
void ops_init(void);

/* How products with weights are computed. In bfloat16 both sides are rounded to it and summed in float32: twice as fast
 * where the processor has the instructions, several times slower where it has not. */
enum precision { PRECISION_FLOAT32, PRECISION_BFLOAT16 };
/* The wanted precision where this processor is fast in it, else float32. */
enum precision precision_here(enum precision wanted);
struct products {
    struct pool *pool;
    enum precision precision;
    void *scratch; /* products_scratch() bytes, aligned to 64; may be NULL in float32 */
};
/* For products whose right side has at most so many columns and, at the same time, sums so many values. */
size_t products_scratch(const struct pool *pool, enum precision precision, size_t columns, size_t depth);

/* y[rows][out] = x[rows][in] w[in][out] + b[out] */
void linear_forward(const struct products *with, float *y, const float *x, const float *w, const float *b, size_t rows,
                    size_t in, size_t out);
/* dx[rows][in] = dy w^T; dw += x^T dy; db += sum of dy over rows */
void linear_backward(const struct products *with, float *dx, float *dw, float *db, const float *dy, const float *x,
                     const float *w, size_t rows, size_t in, size_t out);

/* y[rows][entries] = x[rows][width] table[entries][width]^T: logits from the (tied) table of embeddings. */
void project_forward(const struct products *with, float *y, const float *x, const float *table, size_t rows,
                     size_t width, size_t entries);
/* dx[rows][width] = dy table; dtable += dy^T x */
void project_backward(const struct products *with, float *dx, float *dtable, const float *dy, const float *x,
                      const float *table, size_t rows, size_t width, size_t entries);

/* y[row] = table[tokens[row]] + positions[row % length]; the caller has checked the tokens' range. */
void embedding_forward(struct pool *pool, float *y, const int32_t *tokens, const float *table, const float *positions,
                       size_t rows, size_t length, size_t width);
void embedding_backward(struct pool *pool, float *dtable, float *dpositions, const float *dy, const int32_t *tokens,
                        size_t rows, size_t length, size_t width);

/* y = (x - mean) * rstd * w + b over each row; keeps mean[rows] and rstd[rows] (1 / sqrt(variance + epsilon)). */
void layernorm_forward(struct pool *pool, float *y, float *mean, float *rstd, const float *x, const float *w,
                       const float *b, double epsilon, size_t rows, size_t width);
/* dx is added to: the residual stream collects its gradients there. */
void layernorm_backward(struct pool *pool, float *dx, float *dw, float *db, const float *dy, const float *x,
                        const float *w, const float *mean, const float *rstd, size_t rows, size_t width);

/* GPT-2's form (gelu_new): 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) */
void gelu_forward(struct pool *pool, float *y, const float *x, size_t count);
void gelu_backward(struct pool *pool, float *dx, const float *dy, const float *x, size_t count); /* dx may be dy */

/* out = x + y; out may be x. Backward, the gradient of out is that of x and of y. */
void residual_forward(struct pool *pool, float *out, const float *x, const float *y, size_t count);
/* y = dropout(x), forward or, with gradients, backward; y may be x. */
void dropout_apply(struct pool *pool, float *y, const float *x, const struct dropout *dropout, size_t rows,
                   size_t width);

/*
 * Causal self-attention. qkv: [batch][length][3][heads][width / heads]; out: [batch][length][width].
 * lse: [batch][heads][length], the log of each softmax's denominator, kept for the way back. What is masked is not
 * computed. `dropout` acts on the probabilities. scratch: attention_scratch() bytes, aligned to 64.
 */
struct attention {
    size_t batch, length, heads, width;
    struct dropout dropout;
    enum precision precision;
    void *scratch;
};
/* For sequences of attention->length at most. */
size_t attention_scratch(const struct pool *pool, const struct attention *attention);
void attention_forward(struct pool *pool, float *out, float *lse, const float *qkv, const struct attention *attention);
void attention_backward(struct pool *pool, float *dqkv, const float *dout, const float *qkv, const float *lse,
                        const struct attention *attention);
/* One new token over cached keys and values: qkv[3][width]; keys, values: [length][width], the last row being the new
 * token's; scratch: [length]. */
void attention_step(float *out, const float *qkv, const float *keys, const float *values, size_t length, size_t heads,
                    size_t width, float *scratch);

/* losses[row] = -log softmax(logits[row])[targets[row]], in nats. logits: [rows][classes], unchanged. */
void cross_entropy_forward(struct pool *pool, float *losses, const float *logits, const int32_t *targets, size_t rows,
                           size_t classes);
/* As forward, and replaces the logits by their gradients times `scale`: (softmax - one-hot) * scale. */
void cross_entropy_backward(struct pool *pool, float *losses, float *logits, const int32_t *targets, double scale,
                            size_t rows, size_t classes);

/* Sum of squares, in float64 and in one order. */
double squares(struct pool *pool, const float *values, size_t count);

/* Adam with decoupled weight decay (Loshchilov and Hutter, 2019), as PyTorch's AdamW computes it; step counts from 1.
 * The gradient is multiplied by `scale` first (clipping). */
struct adamw {
    double learning_rate, beta1, beta2, epsilon, decay, scale;
    int64_t step;
};
void adamw_update(struct pool *pool, float *weights, float *first, float *second, const float *gradients, size_t count,
                  const struct adamw *adamw);

/*
 * Muon (Jordan et al., 2024): a matrix moves by its momentum with all singular values brought near 1. Steps are as
 * large as AdamW's are, so that both go by one learning rate; decay is decoupled.
 */
struct muon {
    double learning_rate, momentum, decay, scale; /* scale: of gradients */
    size_t rows, columns;                         /* of the largest matrix */
    enum precision precision;
    void *scratch; /* muon_scratch() bytes, aligned to 64 */
};
struct muon_matrix { /* rows are `stride` apart */
    float *weights, *momentum;
    const float *gradients;
    size_t rows, columns, stride;
};
size_t muon_scratch(const struct pool *pool, const struct muon *muon);
void muon_update(struct pool *pool, const struct muon_matrix *matrices, size_t count, const struct muon *muon);

#endif
