/*
 * difference: gradients against finite differences, for the operators' tests.
 *
 * The loss is a weighted sum of an operator's outputs, in float64. Its derivative by one input is taken by the
 * five-point rule (error of the fourth order), so that a wide step keeps float32's rounding small.
 */
#ifndef TESTS_UNIT_NN_DIFFERENCE_H
#define TESTS_UNIT_NN_DIFFERENCE_H

#include "lib/nn/random.h"
#include "tests/unit/tap.h"

/* A loss that reads `input` among others; evaluates the operator anew. */
typedef double difference_loss(void *ctx);

static inline void difference_fill(float *values, size_t count, uint32_t index, double deviation)
{
    struct random random;
    random_init(&random, 20240611, RANDOM_WEIGHTS, index);
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(deviation * random_normal(&random));
}

static inline double difference_dot(const float *a, const float *b, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

static inline double difference_at(difference_loss *loss, void *ctx, float *input, float moved)
{
    float kept = *input;
    double value;
    *input = moved;
    value = loss(ctx);
    *input = kept;
    return value;
}

static inline double difference_slope(difference_loss *loss, void *ctx, float *input, float step)
{
    float x = *input;
    double near = difference_at(loss, ctx, input, x + step) - difference_at(loss, ctx, input, x - step);
    double far = difference_at(loss, ctx, input, x + 2 * step) - difference_at(loss, ctx, input, x - 2 * step);
    return (8 * near - far) / (12 * (double)step);
}

/* Every gradient of `count` inputs, to within `within` of the largest of them. */
static inline void difference_check(difference_loss *loss, void *ctx, float *input, const float *gradient, size_t count,
                                    double within, const char *name)
{
    double worst = 0, largest = 0;
    size_t place = 0;
    for (size_t i = 0; i < count; i++) {
        double slope = difference_slope(loss, ctx, &input[i], 0.02f);
        double off = fabs(slope - (double)gradient[i]);
        largest = fmax(largest, fabs(slope));
        if (!(off <= worst)) {
            worst = off;
            place = i;
        }
    }
    if (!OK(largest > 0 && worst <= within * largest, "%s agrees with finite differences", name))
        printf("# worst: %g off at %zu of %zu; the largest is %g\n", worst, place, count, largest);
}

#endif
