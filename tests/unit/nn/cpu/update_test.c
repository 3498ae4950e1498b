/* AdamW against Loshchilov and Hutter's algorithm 2 in float64; the sum of squares. */
#include "lib/nn/ops.h"
#include "tests/unit/nn/difference.h"

#define COUNT 5000
#define STEPS 5

static float weights[2][COUNT], first[2][COUNT], second[2][COUNT], gradients[COUNT];

static void test_adamw(void)
{
    struct adamw adamw = {
        .learning_rate = 0.01, .beta1 = 0.9, .beta2 = 0.95, .epsilon = 1e-8, .decay = 0.1, .scale = 0.5};
    double w, m = 0, v = 0;
    difference_fill(weights[0], COUNT, 1, 1);
    memcpy(weights[1], weights[0], sizeof weights[0]);
    w = (double)weights[0][77];
    for (adamw.step = 1; adamw.step <= STEPS; adamw.step++) {
        difference_fill(gradients, COUNT, (uint32_t)(10 + adamw.step), 1);
        double g = (double)gradients[77] * 0.5;
        w -= 0.01 * 0.1 * w;
        m = 0.9 * m + 0.1 * g;
        v = 0.95 * v + 0.05 * g * g;
        w -= 0.01 * (m / (1 - pow(0.9, (double)adamw.step))) / (sqrt(v / (1 - pow(0.95, (double)adamw.step))) + 1e-8);
        for (int i = 0; i < 2; i++) {
            struct pool *pool = pool_new(i == 0 ? 1 : 3);
            adamw_update(pool, weights[i], first[i], second[i], gradients, COUNT, &adamw);
            pool_free(pool);
        }
    }
    NEAR((double)weights[0][77], w, 1e-6, "five steps of AdamW agree with its definition");
    NEAR((double)first[0][77], m, 1e-6, "and so does the first moment");
    NEAR((double)second[0][77], v, 1e-6, "and the second");
    OK(memcmp(weights[0], weights[1], sizeof weights[0]) == 0, "three threads give the bits of one");
}

static void test_squares(void)
{
    static float many[3000000];
    double want = 0;
    struct pool *pool = pool_new(3);
    for (size_t i = 0; i < 3000000; i++) {
        many[i] = (float)(i % 7);
        want += (double)many[i] * (double)many[i];
    }
    NEAR(squares(NULL, many, 3000000), want, want * 1e-7, "squares are summed");
    OK(squares(NULL, many, 3000000) == squares(pool, many, 3000000), "in one order, whatever the threads");
    pool_free(pool);
}

int main(void)
{
    test_adamw();
    test_squares();
    return DONE();
}
