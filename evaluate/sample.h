/*
 * sample: what a model writes when it goes on from the beginning of a held-out document, for people to read.
 *
 * Prompts are the first tokens of documents taken at even distances over the held-out split.
 */
#ifndef EVALUATE_SAMPLE_H
#define EVALUATE_SAMPLE_H

#include "evaluate/evaluate.h"
#include "evaluate/heldout.h"
#include "lib/nn/model.h"

/* [{"document","prompt","text"}, ...]; NULL and err where the model fails. */
json_t *sample_continuations(struct task *task, struct model *model, const struct heldout *heldout,
                             const struct evaluate *config, struct err *err) MUST_CHECK;

/* The text of ids, with U+FFFD for bytes that are no UTF-8: a model may stop within a character. */
const char *sample_text(struct arena *arena, const struct tokenizer *tokenizer, const int32_t *ids, size_t count);

#endif
