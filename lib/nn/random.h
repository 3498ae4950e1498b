/*
 * random: numbers that depend on (seed, place) only, never on what was drawn before: Philox4x32-10 (Salmon et al.,
 * "Parallel random numbers: as easy as 1, 2, 3", SC 2011). So a run that was interrupted goes on exactly, and threads
 * need no order.
 */
#ifndef LIB_NN_RANDOM_H
#define LIB_NN_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* One block of four words for a counter of four words and a key. */
void philox(const uint32_t counter[4], uint64_t key, uint32_t out[4]);

/* A stream of draws: `purpose` and `index` tell streams of one seed apart. */
struct random {
    uint64_t seed;
    uint32_t purpose, index;
    uint64_t drawn; /* words so far */
    uint32_t word[4];
};
enum random_purpose { RANDOM_WEIGHTS = 1, RANDOM_ORDER, RANDOM_OFFSET, RANDOM_DROPOUT, RANDOM_SAMPLE };

void random_init(struct random *random, uint64_t seed, enum random_purpose purpose, uint32_t index);
uint32_t random_word(struct random *random);
uint64_t random_below(struct random *random, uint64_t limit); /* in [0, limit), without bias */
double random_unit(struct random *random);                    /* in [0, 1), 53 bits */
double random_normal(struct random *random);                  /* mean 0, deviation 1 (Box-Muller) */

/* Where a dropout stands: every (seed, site, step, row) has its own mask. rate 0: none. */
struct dropout {
    double rate;
    uint64_t seed;
    uint32_t site; /* which layer and which place in it */
    uint32_t step; /* counts micro-batches */
};
/* Multiplies each of the row's values by 0 (with probability `rate`) or 1 / (1 - rate). */
void dropout_row(const struct dropout *dropout, uint32_t row, float *values, size_t count);

#endif
