/* Softmax cross-entropy against its definition and finite differences. */
#include "lib/nn/ops.h"
#include "tests/unit/nn/difference.h"

#define ROWS    4
#define CLASSES 21

struct rows {
    float logits[ROWS * CLASSES], losses[ROWS];
};

static const int32_t targets[ROWS] = {0, 20, 7, 7};

static double loss(void *ctx)
{
    struct rows *t = ctx;
    double sum = 0;
    cross_entropy_forward(NULL, t->losses, t->logits, targets, ROWS, CLASSES);
    for (size_t i = 0; i < ROWS; i++)
        sum += (double)t->losses[i] * 0.5;
    return sum;
}

int main(void)
{
    struct rows t;
    float gradients[ROWS * CLASSES], losses[ROWS];
    double total = 0;
    difference_fill(t.logits, ROWS * CLASSES, 1, 3);
    loss(&t);
    for (size_t i = 0; i < CLASSES; i++)
        total += exp((double)t.logits[2 * CLASSES + i]);
    NEAR((double)t.losses[2], log(total) - (double)t.logits[2 * CLASSES + 7], 1e-5, "the loss is -log softmax");
    memcpy(gradients, t.logits, sizeof gradients);
    cross_entropy_backward(NULL, losses, gradients, targets, 0.5, ROWS, CLASSES);
    OK(memcmp(losses, t.losses, sizeof losses) == 0, "backward leaves the same losses");
    difference_check(loss, &t, t.logits, gradients, ROWS * CLASSES, 2e-4, "cross entropy: dlogits");
    for (size_t i = 0; i < CLASSES; i++)
        t.logits[i] += 300;
    loss(&t);
    NEAR((double)t.losses[0], (double)losses[0], 1e-4, "large logits do not overflow");
    t.logits[5] = NAN;
    loss(&t);
    OK(isnan(t.losses[0]), "NaN stays NaN");
    return DONE();
}
