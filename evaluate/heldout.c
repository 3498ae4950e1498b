/* heldout: see heldout.h. */
#include "evaluate/heldout.h"

#include "lib/text/dataset.h"

#include <string.h>

#define SPLIT "test"

double bits_of_nats(double nats)
{
    return nats / 0.69314718055994530942; /* ln 2 */
}

static bool load_tokenizer(struct task *task, struct heldout *heldout, struct err *err)
{
    const struct task_input *input = task_input(task, "tokenizer", 0);
    if (input == NULL)
        return err_set(err, ERR_INTERNAL, "%s was given no tokenizer", task->kind);
    struct map json;
    if (!store_map(task->store, task->arena, &input->digest, &json, err))
        return false;
    heldout->tokenizer = tokenizer_load(task->arena, json.data, json.size, err);
    heldout->tokenizer_digest = &input->digest;
    if (heldout->tokenizer == NULL)
        return err_wrap(err, "tokenizer");
    if (tokenizer_end_of_text(heldout->tokenizer) < 0)
        return err_set(err, ERR_INPUT, "the tokenizer has no <|endoftext|>; add it to its special tokens");
    return true;
}

static bool list_shards(struct task *task, struct dataset_shard **shards, size_t *count, struct err *err)
{
    *count = task_inputs(task, "clean");
    *shards = ARENA_ARRAY(task->arena, struct dataset_shard, *count);
    for (size_t i = 0; i < *count; i++) {
        const struct task_input *clean = task_input(task, "clean", i), *drop = task_input(task, "drop", i);
        if (drop == NULL || drop->ordinal != clean->ordinal)
            return err_set(err, ERR_INTERNAL, "%s: clean shard %lld has no drop list", task->kind,
                           (long long)clean->ordinal);
        (*shards)[i] = (struct dataset_shard){.clean = clean->digest, .drop = drop->digest};
    }
    return true;
}

static void encode(struct arena *arena, const struct tokenizer *tokenizer, struct tokenizer_cache *cache,
                   struct arena *scratch, const struct document *document, struct sequence *sequence)
{
    int32_t end = tokenizer_end_of_text(tokenizer);
    int32_t *ids = ARENA_ARRAY(scratch, int32_t, document->bytes + 2);
    size_t count = 0;
    ids[count++] = end;
    count += tokenizer_encode(cache, document->text, document->bytes, ids + count);
    ids[count++] = end;
    memcpy(sequence->id, document->id, sizeof sequence->id);
    sequence->bytes = (int64_t)document->bytes;
    sequence->ids = arena_copy(arena, ids, count * sizeof *ids);
    sequence->count = count;
}

static bool read_documents(struct task *task, struct dataset_reader *reader, struct heldout *heldout,
                           struct arena *scratch, struct err *err)
{
    struct tokenizer_cache *cache = tokenizer_cache_new(task->arena, heldout->tokenizer);
    size_t capacity = 0;
    for (;;) {
        struct document document;
        bool end = false;
        arena_clear(scratch);
        if (!dataset_reader_next(reader, scratch, &document, &end, err))
            return end;
        ARENA_PUSH(task->arena, heldout->documents, heldout->count, capacity);
        struct sequence *sequence = &heldout->documents[heldout->count++];
        encode(task->arena, heldout->tokenizer, cache, scratch, &document, sequence);
        heldout->bytes += sequence->bytes;
        heldout->tokens += (int64_t)sequence->count - 1;
        if (!task_progress(task, (double)heldout->count, 0, "documents", "reading held-out documents", err))
            return false;
    }
}

bool heldout_load(struct task *task, struct heldout *heldout, struct err *err)
{
    *heldout = (struct heldout){0};
    struct dataset_shard *shards;
    size_t count;
    if (!load_tokenizer(task, heldout, err) || !list_shards(task, &shards, &count, err))
        return false;
    struct dataset_reader *reader = dataset_reader_open(task->store, task->arena, shards, count, SPLIT, err);
    if (reader == NULL)
        return false;
    struct arena scratch;
    arena_init(&scratch);
    bool read = read_documents(task, reader, heldout, &scratch, err);
    arena_release(&scratch);
    if (read && heldout->bytes == 0)
        return err_set(err, ERR_INPUT,
                       "no held-out document: the split \"" SPLIT "\" is empty; raise clean.split." SPLIT
                       " or give the pipeline more documents");
    return read;
}
