/* corpus: see corpus.h. */
#include "train/corpus.h"

#include "lib/nn/random.h"

#define SHIFT_FROM 8 /* windows from which losing one to a shifted start does not matter */

static bool check_ids(const struct token_shard *shard, int64_t vocabulary, struct err *err)
{
    int32_t ids[4096];
    for (int64_t at = 0; at < shard->tokens; at += 4096) {
        int64_t count = shard->tokens - at < 4096 ? shard->tokens - at : 4096;
        token_shard_read(shard, at, count, ids);
        for (int64_t i = 0; i < count; i++)
            if (ids[i] < 0 || ids[i] >= vocabulary)
                return err_set(err, ERR_INPUT, "token %lld is %d; the tokenizer's ids are below %lld",
                               (long long)(at + i), ids[i], (long long)vocabulary);
    }
    return true;
}

bool corpus_open(struct corpus *corpus, struct task *task, const char *bin, const char *idx, int64_t vocabulary,
                 struct err *err)
{
    size_t count = task_inputs(task, bin);
    struct token_shard *shards = ARENA_ARRAY(task->arena, struct token_shard, count);
    int64_t *starts = ARENA_ARRAY(task->arena, int64_t, count + 1);
    if (task_inputs(task, idx) != count)
        return err_set(err, ERR_INPUT, "%zu inputs %s but %zu inputs %s: each shard has both", count, bin,
                       task_inputs(task, idx), idx);
    for (size_t i = 0; i < count; i++) {
        task_stepped(task);
        const struct task_input *data = task_input(task, bin, i), *index = task_input(task, idx, i);
        if (!token_shard_open(task->store, task->arena, &data->digest, &index->digest, &shards[i], err) ||
            !check_ids(&shards[i], vocabulary, err))
            return err_wrap(err, "%s %zu", bin, i);
        starts[i + 1] = starts[i] + shards[i].tokens;
    }
    *corpus = (struct corpus){.shards = shards, .starts = starts, .count = count, .tokens = starts[count]};
    return true;
}

/* The shard that holds a token: the last one that starts at or before it and is not empty. */
static size_t shard_of(const struct corpus *corpus, int64_t token)
{
    size_t low = 0, high = corpus->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (corpus->starts[middle] <= token)
            low = middle;
        else
            high = middle;
    }
    return low;
}

void corpus_read(const struct corpus *corpus, int64_t from, int64_t count, int32_t *ids)
{
    for (size_t i = shard_of(corpus, from); count > 0; i++) {
        int64_t left = corpus->starts[i + 1] - from, take = left < count ? left : count;
        token_shard_read(&corpus->shards[i], from - corpus->starts[i], take, ids);
        ids += take;
        from += take;
        count -= take;
    }
}

bool order_init(struct order *order, struct arena *arena, const struct corpus *corpus, int64_t context, uint64_t seed,
                struct err *err)
{
    int64_t windows = (corpus->tokens - 1) / context;
    if (corpus->tokens <= context || windows > INT32_MAX)
        return err_set(err, ERR_INPUT,
                       "the training split has %lld tokens; a window takes %lld: lower shape.context or add sources",
                       (long long)corpus->tokens, (long long)context + 1);
    *order = (struct order){.seed = seed, .context = context, .epoch = -1, .shifts = windows >= SHIFT_FROM};
    order->windows = order->shifts ? windows - 1 : windows;
    order->permutation = ARENA_ARRAY(arena, int32_t, (size_t)windows);
    return true;
}

/* Fisher and Yates. */
static void permute(struct order *order, int64_t epoch)
{
    struct random random;
    random_init(&random, order->seed, RANDOM_OFFSET, (uint32_t)epoch);
    order->shift = order->shifts ? (int64_t)random_below(&random, (uint64_t)order->context) : 0;
    random_init(&random, order->seed, RANDOM_ORDER, (uint32_t)epoch);
    for (int64_t i = 0; i < order->windows; i++) {
        int64_t j = (int64_t)random_below(&random, (uint64_t)i + 1);
        order->permutation[i] = order->permutation[j];
        order->permutation[j] = (int32_t)i;
    }
    order->epoch = epoch;
}

int64_t order_window(struct order *order, int64_t n)
{
    if (order->epoch != n / order->windows)
        permute(order, n / order->windows);
    return order->shift + order->permutation[n % order->windows] * order->context;
}
