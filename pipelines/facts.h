/* facts: what a summary tells, read from the ledger (and the sample from the store) once a run has ended. */
#ifndef PIPELINES_FACTS_H
#define PIPELINES_FACTS_H

#include "pipelines/summary.h"

struct score {
    const char *subject;
    bool baseline;
    double value, low, high; /* bits per byte on the held-out documents */
    double cost;             /* of the training and scoring behind it */
};

struct facts {
    struct arena *arena;
    struct snapshot snapshot;
    struct score *scores;
    size_t score_count;
    const struct score *model, *best_baseline; /* among the scores; NULL: none */
    bool production_scored;
    int order;            /* of the n-gram */
    struct rows verdicts; /* gate, left, right, passed, reason */
    int gates_passed;
    const char *refusal; /* the gates that refused, with their numbers; NULL: none */
    int64_t documents_in, documents_kept, tokens, vocabulary;
    double *loss;
    size_t loss_count;
    double plan_p50, plan_p90;               /* amounts; 0: there was no plan */
    const char *model_name, *alias, *reason; /* model_name is NULL where nothing was registered */
    int64_t version;
    bool released;
    int64_t present_version;
    const char *refused;     /* a version with the weights of this run that was refused before, and why; NULL: none */
    const char *present_run; /* that the version under the alias came from; NULL: none */
    const char *sample_prompt, *sample;
};

bool facts_read(struct facts *facts, const struct summary *summary, struct err *err) MUST_CHECK;
json_t *facts_json(const struct facts *facts);

/* A text on one line of at most so many columns, as it can be printed in quotes. */
const char *one_line(struct arena *arena, const char *text, size_t columns);

#endif
