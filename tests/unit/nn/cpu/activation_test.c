/* GELU against its formula and finite differences; residual sums; dropout's share, scale and repeatability. */
#include "lib/nn/ops.h"
#include "tests/unit/nn/difference.h"

#define COUNT 37
#define ROWS  50
#define WIDTH 41

struct gelu {
    float x[COUNT], y[COUNT], dy[COUNT];
};

static double loss(void *ctx)
{
    struct gelu *t = ctx;
    gelu_forward(NULL, t->y, t->x, COUNT);
    return difference_dot(t->y, t->dy, COUNT);
}

static void test_gelu(void)
{
    struct gelu t;
    float dx[COUNT];
    double worst = 0;
    difference_fill(t.x, COUNT, 1, 2);
    difference_fill(t.dy, COUNT, 2, 1);
    t.x[0] = -30, t.x[1] = 30, t.x[2] = 0;
    loss(&t);
    for (size_t i = 0; i < COUNT; i++) {
        double x = (double)t.x[i], want = 0.5 * x * (1 + tanh(sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
        worst = fmax(worst, fabs((double)t.y[i] - want));
    }
    NEAR(worst, 0, 2e-6, "gelu is the formula's, far out too");
    gelu_backward(NULL, dx, t.dy, t.x, COUNT);
    difference_check(loss, &t, t.x, dx, COUNT, 2e-4, "gelu: dx");
}

static void test_residual(void)
{
    float a[COUNT], b[COUNT], out[COUNT];
    difference_fill(a, COUNT, 3, 1);
    difference_fill(b, COUNT, 4, 1);
    residual_forward(NULL, out, a, b, COUNT);
    NEAR((double)out[20], (double)a[20] + (double)b[20], 1e-7, "a residual sum is a sum");
}

static void test_dropout(void)
{
    static float x[ROWS * WIDTH], y[ROWS * WIDTH], again[ROWS * WIDTH];
    struct dropout dropout = {.rate = 0.25, .seed = 7, .site = 3, .step = 11};
    size_t zeros = 0, wrong = 0;
    for (size_t i = 0; i < ROWS * WIDTH; i++)
        x[i] = 3;
    dropout_apply(NULL, y, x, &dropout, ROWS, WIDTH);
    for (size_t i = 0; i < ROWS * WIDTH; i++) {
        zeros += y[i] == 0;
        wrong += y[i] != 0 && fabsf(y[i] - 4) > 1e-6f;
    }
    NEAR((double)zeros / (ROWS * WIDTH), 0.25, 0.03, "dropout takes its share");
    OK(wrong == 0, "and scales what stays");
    struct pool *pool = pool_new(3);
    dropout_apply(pool, again, x, &dropout, ROWS, WIDTH);
    pool_free(pool);
    OK(memcmp(y, again, sizeof y) == 0, "the same place has the same mask, whatever the threads");
    dropout.step++;
    dropout_apply(NULL, again, x, &dropout, ROWS, WIDTH);
    OK(memcmp(y, again, sizeof y) != 0, "another step has another");
    dropout.rate = 0;
    dropout_apply(NULL, again, x, &dropout, ROWS, WIDTH);
    OK(memcmp(x, again, sizeof x) == 0, "a rate of 0 copies");
}

int main(void)
{
    test_gelu();
    test_residual();
    test_dropout();
    return DONE();
}
