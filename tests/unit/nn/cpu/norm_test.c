/* Layer normalisation: its values, gradients against finite differences, one answer for any thread count. */
#include "lib/nn/ops.h"
#include "tests/unit/nn/difference.h"

#define ROWS    5
#define WIDTH   19 /* no multiple of the lanes */
#define EPSILON 1e-5
#define MANY    200

struct norm {
    float x[ROWS * WIDTH], w[WIDTH], b[WIDTH], y[ROWS * WIDTH], dy[ROWS * WIDTH], mean[ROWS], rstd[ROWS];
};

static double loss(void *ctx)
{
    struct norm *t = ctx;
    layernorm_forward(NULL, t->y, t->mean, t->rstd, t->x, t->w, t->b, EPSILON, ROWS, WIDTH);
    return difference_dot(t->y, t->dy, ROWS * WIDTH);
}

static void test_values(struct norm *t)
{
    double sum = 0, square = 0;
    loss(t);
    for (size_t i = 0; i < WIDTH; i++) {
        double plain = ((double)t->y[WIDTH + i] - (double)t->b[i]) / (double)t->w[i];
        sum += plain;
        square += plain * plain;
    }
    NEAR(sum / WIDTH, 0, 1e-5, "before weight and bias the mean is 0");
    NEAR(square / WIDTH, 1, 1e-4, "and the variance 1");
}

static void test_gradients(struct norm *t)
{
    float dx[ROWS * WIDTH] = {0}, dw[WIDTH] = {0}, db[WIDTH] = {0}, before;
    loss(t);
    layernorm_backward(NULL, dx, dw, db, t->dy, t->x, t->w, t->mean, t->rstd, ROWS, WIDTH);
    difference_check(loss, t, t->x, dx, ROWS * WIDTH, 2e-4, "layernorm: dx");
    difference_check(loss, t, t->w, dw, WIDTH, 1e-4, "layernorm: dw");
    difference_check(loss, t, t->b, db, WIDTH, 1e-4, "layernorm: db");
    before = dx[3];
    loss(t);
    layernorm_backward(NULL, dx, dw, db, t->dy, t->x, t->w, t->mean, t->rstd, ROWS, WIDTH);
    NEAR((double)dx[3], 2 * (double)before, 1e-5, "dx is added to what is there");
}

static float many_x[MANY * WIDTH], many_y[2][MANY * WIDTH], many_dx[2][MANY * WIDTH];

static void test_threads(const struct norm *t)
{
    float mean[MANY], rstd[MANY], dw[2][WIDTH] = {{0}}, db[2][WIDTH] = {{0}};
    difference_fill(many_x, MANY * WIDTH, 9, 1);
    for (int i = 0; i < 2; i++) {
        struct pool *pool = pool_new(i == 0 ? 1 : 3);
        layernorm_forward(pool, many_y[i], mean, rstd, many_x, t->w, t->b, EPSILON, MANY, WIDTH);
        layernorm_backward(pool, many_dx[i], dw[i], db[i], many_y[0], many_x, t->w, mean, rstd, MANY, WIDTH);
        pool_free(pool);
    }
    OK(memcmp(many_y[0], many_y[1], sizeof many_y[0]) == 0 && memcmp(many_dx[0], many_dx[1], sizeof many_dx[0]) == 0 &&
           memcmp(dw[0], dw[1], sizeof dw[0]) == 0 && memcmp(db[0], db[1], sizeof db[0]) == 0,
       "three threads give the bits of one");
}

int main(void)
{
    struct norm t;
    difference_fill(t.x, ROWS * WIDTH, 1, 2);
    difference_fill(t.w, WIDTH, 2, 1);
    difference_fill(t.b, WIDTH, 3, 1);
    difference_fill(t.dy, ROWS * WIDTH, 4, 1);
    test_values(&t);
    test_gradients(&t);
    test_threads(&t);
    return DONE();
}
