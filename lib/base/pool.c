/*
 * pool: see pool.h. Threads sleep on a condition between loops; within a loop the parts are handed out by an atomic
 * counter. One loop at a time: the caller owns the pool.
 */
#include "lib/base/pool.h"

#include "lib/base/arena.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

struct loop {
    pool_work *work;
    void *ctx;
    size_t count; /* of the whole loop */
    size_t parts; /* part p is [count * p / parts, count * (p + 1) / parts) */
    atomic_size_t next;
    atomic_ullong *moves; /* NULL: nobody counts */
};

struct pool {
    int threads;
    pthread_t *workers; /* [threads - 1] */
    pthread_mutex_t lock;
    pthread_cond_t start, done;
    unsigned long round; /* loops so far */
    int busy;            /* workers that have not finished this round */
    bool stop;
    struct loop loop;
};

struct seat {
    struct pool *pool;
    int thread;
};

static void share(struct loop *loop, int thread)
{
    size_t part;
    while ((part = atomic_fetch_add(&loop->next, 1)) < loop->parts) {
        size_t step = loop->count / loop->parts, rest = loop->count % loop->parts;
        size_t from = step * part + (part < rest ? part : rest);
        loop->work(loop->ctx, from, from + step + (part < rest ? 1 : 0), thread);
        if (loop->moves != NULL)
            atomic_fetch_add_explicit(loop->moves, 1, memory_order_relaxed);
    }
}

static void *serve(void *arg)
{
    struct seat seat = *(struct seat *)arg;
    struct pool *pool = seat.pool;
    unsigned long seen = 0;
    free(arg);
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (pool->round == seen && !pool->stop)
            pthread_cond_wait(&pool->start, &pool->lock);
        if (pool->stop)
            break;
        seen = pool->round;
        pthread_mutex_unlock(&pool->lock);
        share(&pool->loop, seat.thread);
        pthread_mutex_lock(&pool->lock);
        if (--pool->busy == 0)
            pthread_cond_signal(&pool->done);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static void start_worker(struct pool *pool, int thread)
{
    struct seat *seat = malloc(sizeof *seat);
    if (seat == NULL)
        arena_exhausted("a thread");
    *seat = (struct seat){pool, thread};
    if (pthread_create(&pool->workers[thread - 1], NULL, serve, seat) != 0)
        arena_exhausted("the system refuses a thread");
}

struct pool *pool_new(int threads)
{
    struct pool *pool = calloc(1, sizeof *pool);
    if (threads <= 0)
        threads = (int)sysconf(_SC_NPROCESSORS_ONLN);
    if (threads < 1)
        threads = 1;
    if (pool == NULL || (pool->workers = calloc((size_t)threads, sizeof *pool->workers)) == NULL)
        arena_exhausted("threads");
    pool->threads = threads;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->start, NULL);
    pthread_cond_init(&pool->done, NULL);
    for (int i = 1; i < threads; i++)
        start_worker(pool, i);
    return pool;
}

void pool_free(struct pool *pool)
{
    if (pool == NULL)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->stop = true;
    pthread_cond_broadcast(&pool->start);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 1; i < pool->threads; i++)
        pthread_join(pool->workers[i - 1], NULL);
    pthread_cond_destroy(&pool->start);
    pthread_cond_destroy(&pool->done);
    pthread_mutex_destroy(&pool->lock);
    free(pool->workers);
    free(pool);
}

int pool_threads(const struct pool *pool)
{
    return pool == NULL ? 1 : pool->threads;
}

void pool_watch(struct pool *pool, atomic_ullong *moves)
{
    if (pool != NULL)
        pool->loop.moves = moves;
}

static void run(struct pool *pool, size_t count, size_t parts, pool_work *work, void *ctx)
{
    if (pool_threads(pool) == 1 || parts == 1) {
        struct loop loop = {.work = work, .ctx = ctx, .count = count, .parts = parts};
        loop.moves = pool == NULL ? NULL : pool->loop.moves;
        share(&loop, 0);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->loop.work = work;
    pool->loop.ctx = ctx;
    pool->loop.count = count;
    pool->loop.parts = parts;
    atomic_store(&pool->loop.next, 0);
    pool->busy = pool->threads - 1;
    pool->round++;
    pthread_cond_broadcast(&pool->start);
    pthread_mutex_unlock(&pool->lock);
    share(&pool->loop, 0);
    pthread_mutex_lock(&pool->lock);
    while (pool->busy > 0)
        pthread_cond_wait(&pool->done, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}

void pool_for(struct pool *pool, size_t count, size_t grain, pool_work *work, void *ctx)
{
    size_t parts = (size_t)pool_threads(pool);
    if (grain > 0 && count / grain < parts)
        parts = count / grain;
    if (count > 0)
        run(pool, count, parts == 0 ? 1 : parts, work, ctx);
}

void pool_each(struct pool *pool, size_t count, pool_work *work, void *ctx)
{
    if (count > 0)
        run(pool, count, count, work, ctx);
}
