/*
 * minhash: a short signature of a text's runs of five words, from which the share of runs that two texts have in common
 * (Jaccard similarity) can be told (Broder 1997), cut into bands so that likely pairs meet in a sort.
 *
 * Parameters are FineWeb-2's, as datatrove 0.10 has them (dedup/minhash.py): 14 bands of 8 hashes. Two texts share a
 * band with probability 1 - (1 - s^8)^14: s = 0.70: 57 %, 0.75: 77 %, 0.80: 92 %, 0.85: 99 %. Words are split at white
 * space.
 */
#ifndef CLEAN_MINHASH_H
#define CLEAN_MINHASH_H

#include "lib/base/arena.h"

#define MINHASH_WORDS  5
#define MINHASH_BANDS  14
#define MINHASH_ROWS   8
#define MINHASH_HASHES (MINHASH_BANDS * MINHASH_ROWS)

/* The least value of each permutation over the text's runs; false where it has fewer than five words. */
bool minhash_values(struct arena *arena, const char *text, size_t bytes, uint64_t value[MINHASH_HASHES]);

/* One hash per band, never 0; all 0 where the text has fewer than five words. */
void minhash_bands(struct arena *arena, const char *text, size_t bytes, uint64_t band[MINHASH_BANDS]);

#endif
