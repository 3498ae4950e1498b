/*
 * trainer: everything one training holds: blocks of weights, gradients and moments, the data's order, and the state
 * that a checkpoint keeps. All memory is planned by trainer_new; a step allocates nothing.
 */
#ifndef TRAIN_TRAINER_H
#define TRAIN_TRAINER_H

#include "lib/nn/optimizer.h"
#include "lib/nn/transformer.h"
#include "train/corpus.h"
#include "train/train.h"

/* What a checkpoint keeps beside the blocks. */
struct trainer_state {
    int64_t step;           /* steps done, skipped ones too */
    int64_t updates;        /* steps that changed the weights */
    int64_t spikes;         /* in a row */
    int64_t skipped;        /* in all */
    double mean_loss;       /* running mean; 0: none yet */
    double sum_loss;        /* since the last report */
    int64_t sum_steps;      /* how many losses are in it */
    double validation_loss; /* the last one; NaN: none yet */
    double best_loss;       /* the lowest validation loss; infinity: none yet */
    int64_t since_best;     /* validations after it */
    int64_t unvalidated;    /* 1: the last step is to be followed by a validation that was not done yet */
};

struct trainer {
    const struct train *config;
    struct pool *pool;
    struct transformer *transformer;
    struct optimizer optimizer;
    float *best; /* weights of the best validation; NULL unless training may stop early */
    struct corpus training, validation;
    struct order order;
    int64_t steps;             /* to do in all */
    size_t rows;               /* sequences that go through at once */
    int32_t *tokens, *targets; /* [rows][context] */
    float *losses;             /* [rows][context] */
    int32_t *window;           /* [context + 1] */
    struct trainer_state state;
    double rate, norm; /* of the last step */
    /* Asked before each part of a step or validation; false ends it, with the state as before. NULL: it goes on. */
    bool (*go_on)(void *context, struct err *err);
    void *context;
};

/* The corpora must live as long; ERR_INPUT where there is too little to train or validate on. */
struct trainer *trainer_new(struct arena *arena, const struct train *config, const struct shape *shape,
                            struct pool *pool, const struct corpus *training, const struct corpus *validation,
                            struct err *err) MUST_CHECK;
/* First weights by the seed, moments zero, nothing done. */
void trainer_reset(struct trainer *trainer);
/* One step, where state.unvalidated is 0. False: ERR_INPUT where the loss went bad and the guard says stop; else what
 * go_on() says. */
bool trainer_step(struct trainer *trainer, struct err *err) MUST_CHECK;
/* Where state.unvalidated is 1: the mean loss of the validation split into the state; keeps the best weights. False:
 * what go_on() says. */
bool trainer_validate(struct trainer *trainer, struct err *err) MUST_CHECK;
/* All steps and their validations are done, or validation has long not become better. */
bool trainer_done(const struct trainer *trainer);
/* The weights that training ends with: the best where it may stop early. */
const float *trainer_result(const struct trainer *trainer);

#endif
