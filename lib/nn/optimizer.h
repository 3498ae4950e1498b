/*
 * optimizer: one step of learning: gradients clipped by their global norm, AdamW with decay on matrices only.
 *
 * It borrows its blocks; all have the layout of `parameters`.
 */
#ifndef LIB_NN_OPTIMIZER_H
#define LIB_NN_OPTIMIZER_H

#include "lib/nn/ops.h"
#include "lib/nn/parameters.h"

struct optimizer {
    const struct parameters *parameters;
    float *weights, *gradients, *first, *second;
    double beta1, beta2, epsilon, decay;
    double clip;  /* largest global norm of the gradients; 0: any */
    int64_t step; /* steps taken */
};

/* The gradients' global norm, before clipping. */
double optimizer_norm(struct pool *pool, const struct optimizer *optimizer);
/* `norm` is what optimizer_norm said. */
void optimizer_step(struct pool *pool, struct optimizer *optimizer, double learning_rate, double norm);

#endif
