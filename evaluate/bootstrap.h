/*
 * bootstrap: confidence intervals of a ratio of two sums by resampling documents with replacement (Efron, 1979).
 *
 * Bits per byte is such a ratio: bits of all documents over bytes of all documents. Documents, not tokens, are drawn,
 * because the tokens of one document are not independent. The percentile interval is taken, with linear interpolation
 * between order statistics. The same seed gives the same interval, and, for two ratios over the same documents, the
 * same draws.
 */
#ifndef EVALUATE_BOOTSTRAP_H
#define EVALUATE_BOOTSTRAP_H

#include "lib/base/arena.h"

struct interval {
    double value, low, high; /* low and high are NaN where there is no interval */
};

struct task;

struct bootstrap {
    struct task *task; /* that resamples are steps of; NULL: none */
    size_t resamples;
    double level; /* 0.95 */
    uint64_t seed;
};

/* sum(top) / sum(bottom) over `count` documents. Fewer than two documents give a value without interval. */
struct interval bootstrap_ratio(struct arena *arena, const struct bootstrap *bootstrap, const double *top,
                                const double *bottom, size_t count);

/* The value at `share` (0..1) of the ascending values, interpolated. */
double quantile(const double *ascending, size_t count, double share);

#endif
