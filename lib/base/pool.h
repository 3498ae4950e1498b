/*
 * pool: a few threads that share loops.
 *
 * pool_for() cuts [0, count) into contiguous parts and returns when all are done; the caller's thread works too. The
 * cut depends on count and threads only, so results that are combined in order are the same on every run.
 */
#ifndef LIB_BASE_POOL_H
#define LIB_BASE_POOL_H

#include <stdatomic.h>
#include <stddef.h>

struct pool;

struct pool *pool_new(int threads); /* 0: as many as there are processors; counts the caller */
void pool_free(struct pool *pool);
int pool_threads(const struct pool *pool); /* a NULL pool is one thread */

/* Counts in `moves` every part of a loop that is done, until another or NULL is given; between loops only. */
void pool_watch(struct pool *pool, atomic_ullong *moves);

/* work(ctx, from, to, thread) for the parts; thread is in [0, pool_threads). Each part is at least `grain` long. */
typedef void pool_work(void *ctx, size_t from, size_t to, int thread);
void pool_for(struct pool *pool, size_t count, size_t grain, pool_work *work, void *ctx);

/* Items one by one, whichever thread is free; for work of uneven size whose results are kept per item. */
void pool_each(struct pool *pool, size_t count, pool_work *work, void *ctx);

#endif
