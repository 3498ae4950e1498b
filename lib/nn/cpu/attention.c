/*
 * attention: causal, one (sequence, head) per piece of work, QUERY_RUN queries at a time, so that what is masked is
 * left out in whole blocks. Backward computes the probabilities again from the kept log of their denominators, as in
 * FlashAttention (Dao et al., 2022), so that memory grows with the length, not with its square.
 */
#include "lib/nn/cpu/half.h"
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

/* What a thread works with. */
struct room {
    enum precision precision;
    float *p, *dp;    /* [QUERY_RUN][length] each */
    uint32_t *packed; /* operands in bfloat16 */
};

static size_t room_bytes(const struct attention *a)
{
    size_t size = a->width / a->heads, floats = 2 * QUERY_RUN * a->length, packed = 0;
    if (a->precision == PRECISION_BFLOAT16) {
        size_t shapes[3] = {half_packed(QUERY_RUN, a->length, size), half_packed(QUERY_RUN, size, a->length),
                            half_packed(a->length, size, QUERY_RUN)};
        for (size_t i = 0; i < 3; i++)
            packed = shapes[i] > packed ? shapes[i] : packed;
    }
    return (floats * sizeof(float) + packed * sizeof(uint32_t) + 63) / 64 * 64;
}

size_t attention_scratch(const struct pool *pool, const struct attention *attention)
{
    return (size_t)pool_threads(pool) * room_bytes(attention);
}

static struct room room_of(const struct attention *a, int thread)
{
    size_t block = QUERY_RUN * a->length;
    float *floats = (float *)(void *)((char *)a->scratch + (size_t)thread * room_bytes(a));
    return (struct room){.precision = a->precision,
                         .p = floats,
                         .dp = floats + block,
                         .packed = (uint32_t *)(void *)(floats + 2 * block)};
}

static void multiply(const struct room *room, enum gemm_form form, size_t m, size_t n, size_t k, struct matrix a,
                     struct matrix b, bool add, float *c, size_t c_stride)
{
    if (room->precision == PRECISION_BFLOAT16)
        half_gemm(room->packed, form, m, n, k, a, b, add, c, c_stride);
    else
        gemm(form, m, n, k, a, b, add, c, c_stride);
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

/* Scores, not yet scaled, of queries [first, first + count) against keys [0, first + count) */
static void head_scores(const struct room *room, const struct head *h, size_t first, size_t count)
{
    multiply(room, GEMM_NT, count, first + count, h->size, (struct matrix){h->query + first * h->stride, h->stride},
             (struct matrix){h->key, h->stride}, false, room->p, first + count);
}

/* Softmax of the first `valid` values times `scale`, zeros in the rest of `count`; returns the log of the denominator.
 */
HOT static float softmax_row(float *row, float scale, size_t valid, size_t count)
{
    lanes most, sum = {0}, v;
    lanes_fill(&most, -INFINITY);
    for (size_t i = 0; i < valid; i += LANES) {
        lanes_load_part(&v, row + i, valid - i, -INFINITY);
        lanes_max(&most, &v);
    }
    float top = lanes_most(&most) * scale;
    for (size_t i = 0; i < valid; i += LANES) {
        lanes_load_part(&v, row + i, valid - i, -INFINITY);
        v = v * scale - top;
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

static void forward_head(const struct heads *s, size_t index, const struct room *room)
{
    const struct attention *a = s->attention;
    struct head h = head_at(a, s->qkv, index);
    float *out = s->out + index / a->heads * a->length * a->width + index % a->heads * h.size;
    for (size_t first = 0; first < a->length; first += QUERY_RUN) {
        size_t count = a->length - first < QUERY_RUN ? a->length - first : QUERY_RUN, keys = first + count;
        float *p = room->p;
        head_scores(room, &h, first, count);
        for (size_t i = 0; i < count; i++) {
            s->lse[index * a->length + first + i] = softmax_row(p + i * keys, h.scale, first + i + 1, keys);
            drop(a, &h, first + i, p + i * keys, first + i + 1);
        }
        multiply(room, GEMM_NN, count, h.size, keys, (struct matrix){p, keys}, (struct matrix){h.value, h.stride},
                 false, out + first * a->width, a->width);
    }
}

static void forward_heads(void *ctx, size_t from, size_t to, int thread)
{
    const struct heads *s = ctx;
    struct room room = room_of(s->attention, thread);
    for (size_t index = from; index < to; index++)
        forward_head(s, index, &room);
}

void attention_forward(struct pool *pool, float *out, float *lse, const float *qkv, const struct attention *attention)
{
    struct heads s = {.attention = attention, .out = out, .qkv = qkv, .lse = lse};
    pool_each(pool, attention->batch * attention->heads, forward_heads, &s);
}

/* Probabilities again from scores, zeros where masked. */
HOT static void probabilities(float *row, float scale, float lse, size_t valid, size_t count)
{
    lanes v;
    for (size_t i = 0; i < valid; i += LANES) {
        lanes_load_part(&v, row + i, valid - i, 0);
        v = v * scale - lse;
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

/* Gradients of the scores into room->dp, from those of the probabilities that are there; probabilities, with dropout,
 * into room->p, from the scores that are there. */
static void slopes(const struct heads *s, const struct head *h, size_t first, size_t count, const struct room *room)
{
    const struct attention *a = s->attention;
    size_t keys = first + count;
    for (size_t i = 0; i < count; i++) {
        size_t query = first + i;
        float *p = room->p + i * keys, *dp = room->dp + i * keys;
        probabilities(p, h->scale, s->kept_lse[h->index * a->length + query], query + 1, keys);
        drop(a, h, query, dp, query + 1);
        softmax_slopes(dp, p, h->scale, keys);
        drop(a, h, query, p, query + 1);
    }
}

static void backward_run(const struct heads *s, const struct head *h, const struct head_gradients *d, size_t first,
                         size_t count, const struct room *room)
{
    size_t keys = first + count, size = h->size;
    struct matrix dout = {d->out + first * s->attention->width, s->attention->width};
    struct matrix p = {room->p, keys}, dp = {room->dp, keys};
    head_scores(room, h, first, count);
    multiply(room, GEMM_NT, count, keys, size, dout, (struct matrix){h->value, h->stride}, false, room->dp, keys);
    slopes(s, h, first, count, room);
    multiply(room, GEMM_TN, keys, size, count, p, dout, true, d->value, h->stride);
    multiply(room, GEMM_NN, count, size, keys, dp, (struct matrix){h->key, h->stride}, false,
             d->query + first * h->stride, h->stride);
    multiply(room, GEMM_TN, keys, size, count, dp, (struct matrix){h->query + first * h->stride, h->stride}, true,
             d->key, h->stride);
}

static void backward_head(const struct heads *s, size_t index, const struct room *room)
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
        backward_run(s, &h, &d, first, a->length - first < QUERY_RUN ? a->length - first : QUERY_RUN, room);
}

static void backward_heads(void *ctx, size_t from, size_t to, int thread)
{
    const struct heads *s = ctx;
    struct room room = room_of(s->attention, thread);
    for (size_t index = from; index < to; index++)
        backward_head(s, index, &room);
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
        gemm(GEMM_NT, 1, length, size, (struct matrix){qkv + at, width}, (struct matrix){keys + at, width}, false,
             scratch, length);
        softmax_row(scratch, scale, length, length);
        gemm(GEMM_NN, 1, size, length, (struct matrix){scratch, length}, (struct matrix){values + at, width}, false,
             out + at, size);
    }
}
