/* Causal attention against a plain loop in float64, its gradients against finite differences (with dropout too), the
 * step over cached keys against the whole, one answer for any thread count. */
#include "lib/nn/ops.h"
#include "tests/unit/nn/difference.h"

#include <stdlib.h>

#define BATCH  2
#define HEADS  2
#define LENGTH 6
#define WIDTH  8
#define SIZE   (WIDTH / HEADS)
#define ROWS   (BATCH * LENGTH)
#define LONG   150 /* more than two runs of queries */

struct heads {
    float qkv[ROWS * 3 * WIDTH], out[ROWS * WIDTH], dout[ROWS * WIDTH], lse[ROWS * HEADS];
    struct attention attention;
};

static double loss(void *ctx)
{
    struct heads *t = ctx;
    attention_forward(NULL, t->out, t->lse, t->qkv, &t->attention);
    return difference_dot(t->out, t->dout, ROWS * WIDTH);
}

/* One output in float64, by the definition. */
static double plain(const float *qkv, size_t length, size_t row, size_t head, size_t column)
{
    size_t start = row / length * length;
    double total = 0, sum = 0;
    for (size_t key = start; key <= row; key++) {
        double score = 0;
        for (size_t i = 0; i < SIZE; i++)
            score +=
                (double)qkv[row * 3 * WIDTH + head * SIZE + i] * (double)qkv[key * 3 * WIDTH + WIDTH + head * SIZE + i];
        double weight = exp(score / sqrt(SIZE));
        total += weight;
        sum += weight * (double)qkv[key * 3 * WIDTH + 2 * WIDTH + head * SIZE + column];
    }
    return sum / total;
}

static double worst_off(const float *out, const float *qkv, size_t length, size_t rows)
{
    double worst = 0;
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < WIDTH; i++)
            worst = fmax(worst, fabs((double)out[row * WIDTH + i] - plain(qkv, length, row, i / SIZE, i % SIZE)));
    return worst;
}

static void test_gradients(struct heads *t, double rate, const char *name)
{
    float dqkv[ROWS * 3 * WIDTH];
    t->attention.dropout = (struct dropout){.rate = rate, .seed = 5, .site = 1, .step = 2};
    loss(t);
    attention_backward(NULL, dqkv, t->dout, t->qkv, t->lse, &t->attention);
    difference_check(loss, t, t->qkv, dqkv, ROWS * 3 * WIDTH, 3e-4, name);
}

static void test_step(struct heads *t)
{
    float keys[LENGTH * WIDTH], values[LENGTH * WIDTH], out[WIDTH], scratch[LENGTH];
    t->attention.dropout.rate = 0;
    loss(t);
    for (size_t row = 0; row < LENGTH; row++) {
        memcpy(keys + row * WIDTH, t->qkv + row * 3 * WIDTH + WIDTH, sizeof *keys * WIDTH);
        memcpy(values + row * WIDTH, t->qkv + row * 3 * WIDTH + 2 * WIDTH, sizeof *keys * WIDTH);
    }
    attention_step(out, t->qkv + (LENGTH - 1) * 3 * WIDTH, keys, values, LENGTH, HEADS, WIDTH, scratch);
    double worst = 0;
    for (size_t i = 0; i < WIDTH; i++)
        worst = fmax(worst, fabs((double)out[i] - (double)t->out[(LENGTH - 1) * WIDTH + i]));
    NEAR(worst, 0, 1e-6, "a step over cached keys and values gives the last row of the whole");
}

static void test_long(enum precision precision, double within)
{
    static float qkv[LONG * 3 * WIDTH], out[2][LONG * WIDTH], lse[2][LONG * HEADS], dqkv[2][LONG * 3 * WIDTH];
    difference_fill(qkv, LONG * 3 * WIDTH, 3, 1);
    for (int i = 0; i < 2; i++) {
        struct pool *pool = pool_new(i == 0 ? 1 : 3);
        struct attention a = {.batch = 1, .length = LONG, .heads = HEADS, .width = WIDTH, .precision = precision};
        a.scratch = calloc(1, attention_scratch(pool, &a));
        attention_forward(pool, out[i], lse[i], qkv, &a);
        attention_backward(pool, dqkv[i], out[0], qkv, lse[i], &a);
        free(a.scratch);
        pool_free(pool);
    }
    NEAR(worst_off(out[0], qkv, LONG, LONG), 0, within, "a row of several runs agrees with the definition");
    OK(memcmp(out[0], out[1], sizeof out[0]) == 0 && memcmp(dqkv[0], dqkv[1], sizeof dqkv[0]) == 0,
       "three threads give the bits of one");
}

int main(void)
{
    struct heads t = {.attention = {.batch = BATCH, .length = LENGTH, .heads = HEADS, .width = WIDTH}};
    t.attention.scratch = calloc(1, attention_scratch(NULL, &t.attention));
    ops_init();
    difference_fill(t.qkv, ROWS * 3 * WIDTH, 1, 1);
    difference_fill(t.dout, ROWS * WIDTH, 2, 1);
    loss(&t);
    NEAR(worst_off(t.out, t.qkv, LENGTH, ROWS), 0, 1e-6, "attention agrees with its definition");
    test_gradients(&t, 0, "attention: dqkv");
    test_gradients(&t, 0.3, "attention with dropout: dqkv");
    test_step(&t);
    test_long(PRECISION_FLOAT32, 1e-5);
    test_long(PRECISION_BFLOAT16, 0.03);
    free(t.attention.scratch);
    return DONE();
}
