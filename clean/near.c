/* near: see the header. Union-find with halved paths; a band is sorted, so memory is 16 bytes per document at a time.
 */
#include "clean/near.h"

#include <stdlib.h>

struct member {
    uint64_t hash;
    uint32_t document;
};

void clusters_init(struct clusters *clusters, struct arena *arena, size_t count)
{
    *clusters = (struct clusters){ARENA_ARRAY(arena, uint32_t, count), count};
    for (size_t i = 0; i < count; i++)
        clusters->parent[i] = (uint32_t)i;
}

size_t clusters_root(struct clusters *clusters, size_t i)
{
    uint32_t *parent = clusters->parent;
    while (parent[i] != i) {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    return i;
}

void clusters_join(struct clusters *clusters, size_t a, size_t b)
{
    size_t x = clusters_root(clusters, a), y = clusters_root(clusters, b);
    if (x < y)
        clusters->parent[y] = (uint32_t)x;
    else
        clusters->parent[x] = (uint32_t)y;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = ((const struct member *)a)->hash, y = ((const struct member *)b)->hash;
    return x < y ? -1 : x > y;
}

void near_band(struct clusters *clusters, struct arena *scratch, const uint64_t *hash)
{
    struct member *member = ARENA_ARRAY(scratch, struct member, clusters->count);
    size_t count = 0;
    for (size_t i = 0; i < clusters->count; i++)
        if (hash[i] != 0)
            member[count++] = (struct member){hash[i], (uint32_t)i};
    if (count > 0)
        qsort(member, count, sizeof *member, compare);
    for (size_t i = 1; i < count; i++)
        if (member[i].hash == member[i - 1].hash)
            clusters_join(clusters, member[i - 1].document, member[i].document);
}
