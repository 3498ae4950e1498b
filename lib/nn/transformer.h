/*
 * transformer: a decoder-only Transformer in GPT-2's form, forward and backward over the operators of ops.h: learned
 * positions, norms before each half of a layer, GELU, one table for tokens and logits.
 *
 * All memory is planned when it is made; a step allocates nothing. It borrows its weights and gradients: blocks laid
 * out by `parameters`.
 */
#ifndef LIB_NN_TRANSFORMER_H
#define LIB_NN_TRANSFORMER_H

#include "lib/nn/ops.h"
#include "lib/nn/parameters.h"

/* What a layer computes on its way; kept per layer for the way back. rows = batch * length. */
struct layer_values {
    float *input; /* [rows][width], the residual stream before the layer */
    float *norm1, *mean1, *rstd1;
    float *qkv;      /* [rows][3][width] */
    float *lse;      /* [batch][heads][length] */
    float *attended; /* [rows][width] */
    float *middle;   /* [rows][width], the stream between the halves */
    float *norm2, *mean2, *rstd2;
    float *wide, *active; /* [rows][inner], before and after GELU */
};

struct transformer {
    struct shape shape;
    struct parameters parameters;
    struct pool *pool;
    struct products products;
    bool training;    /* values of every layer are kept */
    size_t most_rows; /* tokens in a batch at most */
    float *weights;   /* borrowed */
    float *gradients; /* borrowed; NULL unless training */
    struct layer_values *layer;
    struct layer_values last; /* only input, norm1, mean1, rstd1: the final norm */
    float *branch;            /* [rows][width], what a half adds to the stream */
    float *dstream, *dbranch; /* [rows][width] */
    float *dqkv;              /* [rows][3 width] */
    float *dwide;             /* [rows][inner] */
    float *logits;            /* [LOGIT_ROWS][vocabulary]; the head goes by runs of rows, so that they stay in cache */
    void *scratch;            /* attention's */
};

#define LOGIT_ROWS 1024

/* Longest sequence is shape->context; `rows` tokens at most in a batch. */
struct transformer *transformer_new(struct arena *arena, const struct shape *shape, struct pool *pool, size_t rows,
                                    bool training, enum precision precision);

/* One batch: tokens and targets are [batch][length]. dropout.rate 0 outside of training. */
struct batch {
    const int32_t *tokens, *targets;
    size_t batch, length;
    struct dropout dropout; /* seed and step; the sites are the transformer's own */
};

/* losses: [batch][length], in nats. */
void transformer_losses(struct transformer *transformer, const struct batch *batch, float *losses);
/* The same, and adds the gradients of scale * (sum of losses) to the gradients. */
void transformer_train(struct transformer *transformer, const struct batch *batch, double scale, float *losses);
/* logits: [batch][length][vocabulary] */
void transformer_logits(struct transformer *transformer, const struct batch *batch, float *logits);

#endif
