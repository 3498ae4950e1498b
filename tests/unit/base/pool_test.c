#include "lib/base/pool.h"
#include "tests/unit/tap.h"

#include <stdatomic.h>

enum { COUNT = 100003 };

static atomic_int seen[COUNT];

static void mark(void *ctx, size_t from, size_t to, int thread)
{
    atomic_int *parts = ctx;
    atomic_fetch_add(&parts[thread], 1);
    for (size_t i = from; i < to; i++)
        atomic_fetch_add(&seen[i], 1);
}

static void test_cover(struct pool *pool, int threads)
{
    atomic_int parts[8] = {0};
    int wrong = 0;
    memset(seen, 0, sizeof seen);
    for (int round = 0; round < 50; round++)
        pool_for(pool, COUNT, 1, mark, parts);
    pool_each(pool, 1000, mark, parts);
    for (int i = 0; i < COUNT; i++)
        wrong += seen[i] != (i < 1000 ? 51 : 50);
    OK(wrong == 0, "%d threads do every item exactly once", threads);
}

static void test_watch(struct pool *pool, int threads)
{
    atomic_ullong moves = 0;
    atomic_int parts[8] = {0};
    pool_watch(pool, &moves);
    pool_each(pool, 1000, mark, parts);
    OK(moves == 1000, "%d threads: every part counts", threads);
    pool_for(pool, COUNT, 1, mark, parts);
    OK(moves == 1000 + (unsigned)threads, "however large");
    pool_watch(pool, NULL);
    pool_each(pool, 1000, mark, parts);
    OK(moves == 1000 + (unsigned)threads, "when nobody looks, none does");
}

int main(void)
{
    for (int threads = 1; threads <= 4; threads++) {
        struct pool *pool = pool_new(threads);
        test_cover(pool, threads);
        test_watch(pool, threads);
        pool_free(pool);
    }
    atomic_int parts[8] = {0};
    pool_for(NULL, 10, 100, mark, parts);
    OK(parts[0] == 1, "less than a grain is one part; no pool is one thread");
    return DONE();
}
