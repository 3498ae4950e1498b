/*
 * scores: what one subject (a model, a baseline, production) reached on the held-out documents, as the artifact
 * "score":
 *
 *   {"subject":NAME,"about":"5-gram, ...","tokenizer":HEX,
 *    "metrics":{"bits_per_byte":{"value","low","high"},"loss":{...},"perplexity":{...}},
 *    "documents":[{"id":HEX,"bytes":n,"tokens":n,"bits":x}, ...],
 *    "samples":[{"document":HEX,"prompt":TEXT,"text":TEXT}, ...]}
 *
 * Loss is in nats per token and perplexity is exp(loss): both compare only between models with the same tokenizer. The
 * bits of each document are kept, so that two subjects can be compared on the same documents.
 */
#ifndef EVALUATE_SCORES_H
#define EVALUATE_SCORES_H

#include "evaluate/bootstrap.h"
#include "evaluate/evaluate.h"
#include "evaluate/gate.h"
#include "evaluate/heldout.h"

struct document_score {
    char id[DOCUMENT_ID];
    int64_t bytes, tokens;
    double bits;
};

struct scores {
    const char *subject;
    const char *about;     /* one line for people: "5-gram, interpolated Kneser-Ney" */
    const char *tokenizer; /* hex digest */
    struct document_score *documents;
    size_t count;
    struct interval metric[METRIC_COUNT];
    json_t *samples; /* a list, or NULL */
};

/* Of the held-out documents and the bits that a scorer found for each; intervals by bootstrap. */
void scores_summarise(struct scores *scores, struct task *task, const struct evaluate *config,
                      const struct heldout *heldout, const double *bits);
/* Leaves the artifact score[0] and a score record for each metric. */
bool scores_put(struct task *task, const struct scores *scores, struct err *err) MUST_CHECK;
/* The artifact of an input; ERR_INPUT names what is wrong in it. */
bool scores_get(struct task *task, const struct task_input *input, struct scores *scores, struct err *err) MUST_CHECK;

struct bootstrap bootstrap_of(struct task *task, const struct evaluate *config);
json_t *interval_json(const struct interval *interval);

#endif
