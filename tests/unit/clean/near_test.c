/* near: clusters by bands; the smallest of each stays, however they meet. */
#include "clean/near.h"
#include "tests/unit/tap.h"

int main(void)
{
    struct arena arena;
    struct clusters clusters;
    static const uint64_t first[] = {0, 5, 0, 5, 9, 0, 1}, second[] = {0, 0, 7, 7, 9, 0, 2};
    arena_init(&arena);
    clusters_init(&clusters, &arena, 7);
    near_band(&clusters, &arena, first);
    OK(clusters_root(&clusters, 3) == 1 && clusters_root(&clusters, 2) == 2, "the same hash in a band");
    near_band(&clusters, &arena, second);
    OK(clusters_root(&clusters, 2) == 1 && clusters_root(&clusters, 3) == 1, "2 joins 1 by way of 3");
    OK(clusters_root(&clusters, 0) == 0 && clusters_root(&clusters, 5) == 5, "no hash joins nothing");
    OK(clusters_root(&clusters, 4) == 4 && clusters_root(&clusters, 6) == 6, "alone");
    clusters_join(&clusters, 3, 0);
    clusters_join(&clusters, 6, 6);
    OK(clusters_root(&clusters, 2) == 0, "the smallest of all stays");

    uint64_t same[7] = {3, 3, 3, 3, 3, 3, 3};
    near_band(&clusters, &arena, same);
    for (size_t i = 0; i < 7; i++)
        OK(clusters_root(&clusters, i) == 0, "all the same: %zu", i);
    clusters_init(&clusters, &arena, 0);
    near_band(&clusters, &arena, same);
    OK(clusters.count == 0, "no documents");
    arena_release(&arena);
    return DONE();
}
