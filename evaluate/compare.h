/*
 * compare: the difference between two sides of a gate, document by document.
 *
 * Both sides are measured on the same documents, so the documents are drawn once for both (a paired bootstrap): what
 * makes a document hard for one side makes it hard for the other, and falls out of the difference.
 */
#ifndef EVALUATE_COMPARE_H
#define EVALUATE_COMPARE_H

#include "evaluate/scores.h"

/* left - right of a gate over the documents that both have; other is NULL where the right side is a number. NaN where
 * there is nothing to pair, and for perplexity, which is no mean over documents. */
struct interval compare_gate(struct arena *arena, const struct bootstrap *bootstrap, const struct gate *gate,
                             const struct scores *left, const struct scores *other);

/* The interval holds 0. False where there is no interval. */
bool within_noise(const struct interval *difference);

#endif
