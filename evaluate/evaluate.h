/*
 * evaluate: how good a model is on text that it has not seen, beside what is cheaper, and whether that is good enough.
 *
 *   evaluate.baseline   learns and scores a statistical model of the same training split   -> score[0]
 *   evaluate.score      scores a Transformer on the same documents, with samples            -> score[0]
 *   evaluate.judge      holds the scores against the definition's gates                     -> verdict[0]
 *
 * What a held-out document is and what its bits are is defined once, in heldout.h. A score is defined in scores.h.
 */
#ifndef EVALUATE_EVALUATE_H
#define EVALUATE_EVALUATE_H

#include "lib/flow/stage.h"

struct evaluate {
    struct texts baselines; /* "unigram", "ngram" */
    struct {
        int64_t order, memory;
    } ngram;
    struct texts gates; /* see gate.h */
    struct {
        int64_t count, prompt, tokens;
        double temperature;
        int64_t top_k;
    } samples;
    int64_t stride; /* tokens by which a window moves; 0: half of the model's context */
    struct {
        int64_t resamples;
        double level;
    } bootstrap;
    int64_t seed;
};

extern const struct stage_info evaluate_info;

bool evaluate_baseline(struct task *task, const void *config, struct err *err) MUST_CHECK;
bool evaluate_score(struct task *task, const void *config, struct err *err) MUST_CHECK;
bool evaluate_judge(struct task *task, const void *config, struct err *err) MUST_CHECK;

/* User commands on an exported folder: `logits` and `generate`. True where argv names one; *status is its exit status.
 */
bool evaluate_command(int argc, char **argv, int *status) MUST_CHECK;

#endif
