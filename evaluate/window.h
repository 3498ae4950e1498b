/*
 * window: the bits of long documents under a model that sees only so many tokens at once.
 *
 * The first window covers as many tokens as the context holds. Each later one moves on by `stride` tokens and counts
 * only the tokens that are new in it, so every token is predicted once, with at least context - stride tokens before
 * it. A small stride is exact and slow; stride = context is fast and forgets at every edge.
 */
#ifndef EVALUATE_WINDOW_H
#define EVALUATE_WINDOW_H

#include "evaluate/heldout.h"
#include "lib/nn/model.h"

/* bits: [heldout->count], of each document. stride 0: half of the context; more than the context: the context. */
bool window_bits(struct task *task, struct model *model, const struct heldout *heldout, int64_t stride, double *bits,
                 struct err *err) MUST_CHECK;

#endif
