/* train: one model of a definition's section "train.models[]", and the task that trains it. */
#ifndef TRAIN_TRAIN_H
#define TRAIN_TRAIN_H

#include "lib/flow/stage.h"

enum guard_action { GUARD_SKIP, GUARD_STOP };

struct train {
    const char *name;
    int64_t family, objective, precision;
    struct {
        int64_t layers, heads, width, context, inner;
    } shape;
    int64_t tokens, steps; /* 0: not given */
    double epochs;         /* 0: not given */
    int64_t batch;         /* tokens per step */
    int64_t accumulate;    /* parts of a batch that go through one after another */
    double learning_rate;
    struct {
        double warmup, final; /* share of all steps; share of the highest rate */
    } schedule;
    struct {
        int64_t method;
        double beta1, beta2, epsilon, weight_decay, momentum;
    } optimizer;
    double clip, dropout;
    int64_t seed;
    int64_t validate_every, validate_tokens;
    int64_t patience; /* validations without progress; 0: never stop early */
    struct {
        double spike; /* a loss so many times its running mean is a spike; 0: none is */
        int64_t action, limit;
    } guard;
    int64_t report_every;
    int64_t checkpoint_every_ms;
};

extern const struct stage_info train_info;

bool train_fit(struct task *task, const void *config, struct err *err);

#endif
