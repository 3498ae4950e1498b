/*
 * attention: causal, one (sequence, head) per piece of work, QUERY_RUN queries at a time, so that what is masked is
 * left out in whole blocks. Backward computes the probabilities again from the kept log of their denominators, as in
 * FlashAttention (Dao et al., 2022), so that memory grows with the length, not with its square.
 */
#include "lib/nn/cpu/gemm.h"
#include "lib/nn/cpu/lanes.h"
#include "lib/nn/ops.h"

#include <math.h>

#define QUERY_RUN 64

/* One head of one sequence: where its rows start, and how its probabilities are scaled. */
struct head {
    const float *query, *key, *value; /* [length] rows, `stride` apart */
    size_t stride, size;              /* size: values per head */
    float scale;
    size_t index; /* of (sequence, head) */
};

struct heads {
    const struct attention *attention;
    float *out, *dqkv;
    const float *qkv, *dout;
    float *lse;
    const float *kept_lse;
};

size_t attention_scratch(const struct pool *pool, size_t length)
{
    return (size_t)pool_threads(pool) * 2 * QUERY_RUN * length;
}

static struct head head_at(const struct attention *a, const float *qkv, size_t index)
{
    size_t size = a->width / a->heads;
    const float *query = qkv + index / a->heads * a->length * 3 * a->width + index % a->heads * size;
    return (struct head){.query = query,
                         .key = query + a->width,
                         .value = query + 2 * a->width,
                         .stride = 3 * a->width,
                         .size = size,
                         .scale = (float)(1.0 / sqrt((double)size)),
                         .index = index};
}

/* Scores of queries [first, first + count) against keys [0, first + count): scores[count][first + count] */
static void head_scores(const struct head *h, size_t first, size_t count, float *scores)
{
    gemm(GEMM_NT, count, first + count, h->size, h->scale, (struct matrix){h->query + first * h->stride, h->stride},
         (struct matrix){h->key, h->stride}, 0, scores, first + count);
}

/* Softmax of the first `valid` values, zeros in the rest of `count`; returns the log of the denominator. */
HOT static float softmax_row(float *row, size_t valid, size_t count)
{
    lanes most, sum = {0}, v;
    lanes_fill(&most, -INFINITY);
    for (size_t i = 0; i < valid; i += LANES) {
        lanes_load_part(&v, row + i, valid - i, -INFINITY);
        lanes_max(&most, &v);
    }
    float top = lanes_most(&most);
    for (size_t i = 0; i < valid; i += LANES) {
        lanes_load_part(&v, row + i, valid - i, top - 200);
        v -= top;
        lanes_exp(&v);
        sum += v;
        lanes_store_part(row + i, &v, valid - i);
    }
    float total = lanes_sum(&sum), share = 1 / total;
    for (size_t i = 0; i < valid; i++)
        row[i] *= share;
    for (size_t i = valid; i < count; i++)
        row[i] = 0;
    return top + logf(total);
}

static void drop(const struct attention *a, const struct head *h, size_t query, float *row, size_t count)
{
    if (a->dropout.rate > 0)
        dropout_row(&a->dropout, (uint32_t)(h->index * a->length + query), row, count);
}

static void forward_head(const struct heads *s, size_t index, float *p)
{
    const struct attention *a = s->attention;
    struct head h = head_at(a, s->qkv, index);
    float *out = s->out + index / a->heads * a->length * a->width + index % a->heads * h.size;
    for (size_t first = 0; first < a->length; first += QUERY_RUN) {
        size_t count = a->length - first < QUERY_RUN ? a->length - first : QUERY_RUN, keys = first + count;
        head_scores(&h, first, count, p);
        for (size_t i = 0; i < count; i++) {
            s->lse[index * a->length + first + i] = softmax_row(p + i * keys, first + i + 1, keys);
            drop(a, &h, first + i, p + i * keys, first + i + 1);
        }
        gemm(GEMM_NN, count, h.size, keys, 1, (struct matrix){p, keys}, (struct matrix){h.value, h.stride}, 0,
             out + first * a->width, a->width);
    }
}

static void forward_heads(void *ctx, size_t from, size_t to, int thread)
{
    const struct heads *s = ctx;
    float *p = s->attention->scratch + (size_t)thread * 2 * QUERY_RUN * s->attention->length;
    for (size_t index = from; index < to; index++)
        forward_head(s, index, p);
}

void attention_forward(struct pool *pool, float *out, float *lse, const float *qkv, const struct attention *attention)
{
    struct heads s = {.attention = attention, .out = out, .qkv = qkv, .lse = lse};
    pool_each(pool, attention->batch * attention->heads, forward_heads, &s);
}

/* Probabilities again from scores, zeros where masked. */
HOT static void probabilities(float *row, float lse, size_t valid, size_t count)
{
    lanes v;
    for (size_t i = 0; i < valid; i += LANES) {
        lanes_load_part(&v, row + i, valid - i, 0);
        v -= lse;
        lanes_exp(&v);
        lanes_store_part(row + i, &v, valid - i);
    }
    for (size_t i = valid; i < count; i++)
        row[i] = 0;
}

/* d of scores, over the d of probabilities: p (dp - sum(p dp)) scale */
HOT static void softmax_slopes(float *dp, const float *p, float scale, size_t count)
{
    lanes sum = {0}, v, w;
    for (size_t i = 0; i < count; i += LANES) {
        lanes_load_part(&v, p + i, count - i, 0);
        lanes_load_part(&w, dp + i, count - i, 0);
        sum += v * w;
    }
    float total = lanes_sum(&sum);
    for (size_t i = 0; i < count; i++)
        dp[i] = p[i] * (dp[i] - total) * scale;
}

/* Where one head's gradients go, with the same layout as its values. */
struct head_gradients {
    float *query, *key, *value;
    const float *out; /* given */
};

/* p and dp are [count][keys]; on return dp holds the gradients of the scores. */
static void backward_run(const struct heads *s, const struct head *h, const struct head_gradients *d, size_t first,
                         size_t count, float *p, float *dp)
{
    const struct attention *a = s->attention;
    size_t keys = first + count;
    struct matrix dout = {d->out + first * a->width, a->width};
    head_scores(h, first, count, p);
    gemm(GEMM_NT, count, keys, h->size, 1, dout, (struct matrix){h->value, h->stride}, 0, dp, keys);
    for (size_t i = 0; i < count; i++) {
        size_t query = first + i;
        probabilities(p + i * keys, s->kept_lse[h->index * a->length + query], query + 1, keys);
        drop(a, h, query, dp + i * keys, query + 1);
        softmax_slopes(dp + i * keys, p + i * keys, h->scale, keys);
        drop(a, h, query, p + i * keys, query + 1);
    }
    gemm(GEMM_TN, keys, h->size, count, 1, (struct matrix){p, keys}, dout, 1, d->value, h->stride);
    gemm(GEMM_NN, count, h->size, keys, 1, (struct matrix){dp, keys}, (struct matrix){h->key, h->stride}, 0,
         d->query + first * h->stride, h->stride);
    gemm(GEMM_TN, keys, h->size, count, 1, (struct matrix){dp, keys},
         (struct matrix){h->query + first * h->stride, h->stride}, 1, d->key, h->stride);
}

static void backward_head(const struct heads *s, size_t index, float *p, float *dp)
{
    const struct attention *a = s->attention;
    struct head h = head_at(a, s->qkv, index);
    float *query = s->dqkv + (h.query - s->qkv);
    struct head_gradients d = {.query = query, .key = query + a->width, .value = query + 2 * a->width};
    d.out = s->dout + index / a->heads * a->length * a->width + index % a->heads * h.size;
    for (size_t row = 0; row < a->length; row++) {
        memset(d.key + row * h.stride, 0, h.size * sizeof(float));
        memset(d.value + row * h.stride, 0, h.size * sizeof(float));
    }
    for (size_t first = 0; first < a->length; first += QUERY_RUN)
        backward_run(s, &h, &d, first, a->length - first < QUERY_RUN ? a->length - first : QUERY_RUN, p, dp);
}

static void backward_heads(void *ctx, size_t from, size_t to, int thread)
{
    const struct heads *s = ctx;
    size_t block = QUERY_RUN * s->attention->length;
    float *p = s->attention->scratch + (size_t)thread * 2 * block;
    for (size_t index = from; index < to; index++)
        backward_head(s, index, p, p + block);
}

void attention_backward(struct pool *pool, float *dqkv, const float *dout, const float *qkv, const float *lse,
                        const struct attention *attention)
{
    struct heads s = {.attention = attention, .dqkv = dqkv, .dout = dout, .qkv = qkv, .kept_lse = lse};
    pool_each(pool, attention->batch * attention->heads, backward_heads, &s);
}

void attention_step(float *out, const float *qkv, const float *keys, const float *values, size_t length, size_t heads,
                    size_t width, float *scratch)
{
    size_t size = width / heads;
    float scale = (float)(1.0 / sqrt((double)size));
    for (size_t head = 0; head < heads; head++) {
        size_t at = head * size;
        gemm(GEMM_NT, 1, length, size, scale, (struct matrix){qkv + at, width}, (struct matrix){keys + at, width}, 0,
             scratch, length);
        softmax_row(scratch, length, length);
        gemm(GEMM_NN, 1, size, length, 1, (struct matrix){scratch, length}, (struct matrix){values + at, width}, 0,
             out + at, size);
    }
}
