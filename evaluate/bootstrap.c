/* bootstrap: see bootstrap.h. */
#include "evaluate/bootstrap.h"

#include "lib/flow/task.h"

#include <math.h>
#include <stdlib.h>

/* SplitMix64 (Steele, Lea and Flood, 2014): one word of state, any seed is good. */
static uint64_t random_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* Of [0, count), count below 2^32; the bias is below count / 2^32. */
static size_t random_index(uint64_t *state, size_t count)
{
    return (size_t)(((random_next(state) >> 32) * count) >> 32);
}

static int ascending_order(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

double quantile(const double *ascending, size_t count, double share)
{
    double place = share * (double)(count - 1);
    size_t below = (size_t)place;
    if (below + 1 >= count)
        return ascending[count - 1];
    double part = place - (double)below;
    return ascending[below] + part * (ascending[below + 1] - ascending[below]);
}

static double resampled_ratio(const double *top, const double *bottom, size_t count, uint64_t *state)
{
    double sum_top = 0, sum_bottom = 0;
    for (size_t i = 0; i < count; i++) {
        size_t drawn = random_index(state, count);
        sum_top += top[drawn];
        sum_bottom += bottom[drawn];
    }
    return sum_top / sum_bottom;
}

struct interval bootstrap_ratio(struct arena *arena, const struct bootstrap *bootstrap, const double *top,
                                const double *bottom, size_t count)
{
    double sum_top = 0, sum_bottom = 0;
    for (size_t i = 0; i < count; i++) {
        sum_top += top[i];
        sum_bottom += bottom[i];
    }
    struct interval interval = {sum_top / sum_bottom, NAN, NAN};
    if (count < 2 || bootstrap->resamples < 2)
        return interval;
    double *ratios = ARENA_ARRAY(arena, double, bootstrap->resamples);
    uint64_t state = bootstrap->seed;
    for (size_t i = 0; i < bootstrap->resamples; i++) {
        ratios[i] = resampled_ratio(top, bottom, count, &state);
        if (bootstrap->task != NULL)
            task_stepped(bootstrap->task);
    }
    qsort(ratios, bootstrap->resamples, sizeof *ratios, ascending_order);
    double tail = (1 - bootstrap->level) / 2;
    interval.low = quantile(ratios, bootstrap->resamples, tail);
    interval.high = quantile(ratios, bootstrap->resamples, 1 - tail);
    return interval;
}
