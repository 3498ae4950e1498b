/*
 * optimizer: one step of learning: gradients clipped by their global norm, then AdamW with decay on matrices only; or
 * Muon for the matrices of layers and AdamW for the rest.
 *
 * It borrows its blocks; all have the layout of `parameters`. Muon keeps its momentum in the block of first moments.
 */
#ifndef LIB_NN_OPTIMIZER_H
#define LIB_NN_OPTIMIZER_H

#include "lib/nn/ops.h"
#include "lib/nn/parameters.h"

enum optimizer_method { OPTIMIZER_ADAMW, OPTIMIZER_MUON };

struct optimizer {
    enum optimizer_method method;
    const struct parameters *parameters;
    float *weights, *gradients, *first, *second;
    double beta1, beta2, epsilon, decay;
    double clip;  /* largest global norm of the gradients; 0: any */
    int64_t step; /* steps taken */
    struct muon muon;
    struct muon_matrix *matrices; /* Muon's; [matrix_count] */
    size_t matrix_count;
};

/* Makes Muon ready, after all the above is set; `momentum` is Muon's. Memory is the arena's. */
void optimizer_use_muon(struct optimizer *optimizer, struct arena *arena, const struct pool *pool, double momentum,
                        enum precision precision);
/* The gradients' global norm, before clipping. */
double optimizer_norm(struct pool *pool, const struct optimizer *optimizer);
/* `norm` is what optimizer_norm said. */
void optimizer_step(struct pool *pool, struct optimizer *optimizer, double learning_rate, double norm);

#endif
