/* near: which documents are nearly the same, from the bands of their signatures. */
#ifndef CLEAN_NEAR_H
#define CLEAN_NEAR_H

#include "lib/base/arena.h"

/* Documents that repeat each other, as trees: parent[i] <= i, and a document's root is the one that stays. */
struct clusters {
    uint32_t *parent;
    size_t count;
};

void clusters_init(struct clusters *clusters, struct arena *arena, size_t count);
void clusters_join(struct clusters *clusters, size_t a, size_t b); /* the smaller root stays */
size_t clusters_root(struct clusters *clusters, size_t i);

/* Joins all documents whose hash in this band is the same; 0 is no hash. hash: [clusters->count] */
void near_band(struct clusters *clusters, struct arena *scratch, const uint64_t *hash);

#endif
