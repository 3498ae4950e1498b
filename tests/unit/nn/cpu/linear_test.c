/* Products against a plain loop, their gradients against finite differences, and one answer for any thread count. */
#include "lib/nn/ops.h"
#include "tests/unit/nn/difference.h"

#include <stdlib.h>

#define ROWS 7
#define IN   5
#define OUT  6
#define MANY 300 /* more than one run of rows */
#define WIDE 130 /* more than one tile */

static const struct products plain = {.precision = PRECISION_FLOAT32};

struct linear {
    float x[ROWS * IN], w[IN * OUT], b[OUT], y[ROWS * OUT], dy[ROWS * OUT];
};

static double linear_loss(void *ctx)
{
    struct linear *t = ctx;
    linear_forward(&plain, t->y, t->x, t->w, t->b, ROWS, IN, OUT);
    return difference_dot(t->y, t->dy, ROWS * OUT);
}

static double project_loss(void *ctx)
{
    struct linear *t = ctx;
    project_forward(&plain, t->y, t->x, t->w, ROWS, IN, OUT);
    return difference_dot(t->y, t->dy, ROWS * OUT);
}

static void fill(struct linear *t)
{
    difference_fill(t->x, ROWS * IN, 1, 1);
    difference_fill(t->w, IN * OUT, 2, 1);
    difference_fill(t->b, OUT, 3, 1);
    difference_fill(t->dy, ROWS * OUT, 4, 1);
}

static void test_values(void)
{
    struct linear t;
    fill(&t);
    linear_loss(&t);
    double want = (double)t.b[2];
    for (size_t i = 0; i < IN; i++)
        want += (double)t.x[3 * IN + i] * (double)t.w[i * OUT + 2];
    NEAR((double)t.y[3 * OUT + 2], want, 1e-5, "a product is the sum of its terms and the bias");
    project_loss(&t);
    want = 0;
    for (size_t i = 0; i < IN; i++)
        want += (double)t.x[3 * IN + i] * (double)t.w[2 * IN + i];
    NEAR((double)t.y[3 * OUT + 2], want, 1e-5, "a projection takes rows of the table");
}

static void test_gradients(void)
{
    struct linear t;
    float dx[ROWS * IN], dw[IN * OUT] = {0}, db[OUT] = {0};
    fill(&t);
    linear_backward(&plain, dx, dw, db, t.dy, t.x, t.w, ROWS, IN, OUT);
    difference_check(linear_loss, &t, t.x, dx, ROWS * IN, 1e-4, "linear: dx");
    difference_check(linear_loss, &t, t.w, dw, IN * OUT, 1e-4, "linear: dw");
    difference_check(linear_loss, &t, t.b, db, OUT, 1e-4, "linear: db");
    memset(dw, 0, sizeof dw);
    project_backward(&plain, dx, dw, t.dy, t.x, t.w, ROWS, IN, OUT);
    difference_check(project_loss, &t, t.x, dx, ROWS * IN, 1e-4, "project: dx");
    difference_check(project_loss, &t, t.w, dw, IN * OUT, 1e-4, "project: dtable");
}

static void test_adds(void)
{
    struct linear t;
    float dx[ROWS * IN], once[IN * OUT] = {0}, twice[IN * OUT] = {0}, db[OUT] = {0};
    fill(&t);
    linear_backward(&plain, dx, once, db, t.dy, t.x, t.w, ROWS, IN, OUT);
    linear_backward(&plain, dx, twice, db, t.dy, t.x, t.w, ROWS, IN, OUT);
    linear_backward(&plain, dx, twice, db, t.dy, t.x, t.w, ROWS, IN, OUT);
    NEAR((double)twice[7], 2 * (double)once[7], 1e-5, "gradients of weights are added to what is there");
}

static float big_x[MANY * WIDE], big_w[WIDE * WIDE], big_b[WIDE], big_y[2][MANY * WIDE];
static float big_dx[2][MANY * WIDE], big_dw[2][WIDE * WIDE], big_db[2][WIDE];

static void test_threads(enum precision precision)
{
    difference_fill(big_x, MANY * WIDE, 5, 1);
    difference_fill(big_w, WIDE * WIDE, 6, 1);
    for (int i = 0; i < 2; i++) {
        struct pool *pool = pool_new(i == 0 ? 1 : 3);
        struct products with = {.pool = pool, .precision = precision};
        with.scratch = calloc(1, products_scratch(pool, precision, WIDE, MANY));
        linear_forward(&with, big_y[i], big_x, big_w, big_b, MANY, WIDE, WIDE);
        linear_backward(&with, big_dx[i], big_dw[i], big_db[i], big_y[0], big_x, big_w, MANY, WIDE, WIDE);
        free(with.scratch);
        pool_free(pool);
    }
    OK(memcmp(big_y[0], big_y[1], sizeof big_y[0]) == 0, "three threads give the products of one, to the bit");
    OK(memcmp(big_dx[0], big_dx[1], sizeof big_dx[0]) == 0 && memcmp(big_dw[0], big_dw[1], sizeof big_dw[0]) == 0 &&
           memcmp(big_db[0], big_db[1], sizeof big_db[0]) == 0,
       "and its gradients");
}

int main(void)
{
    ops_init();
    test_values();
    test_gradients();
    test_adds();
    test_threads(PRECISION_FLOAT32);
    test_threads(PRECISION_BFLOAT16);
    return DONE();
}
