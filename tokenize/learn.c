/*
 * learn: the kind tokenize.learn: words of the training documents in, tokenizer.json out.
 *
 * A document that ends the process that counts its words is set aside when the task is tried again (trial.h).
 */
#include "lib/flow/trial.h"
#include "lib/text/byte_level.h"
#include "lib/text/dataset_batch.h"
#include "tokenize/bpe_learn.h"
#include "tokenize/tokenize.h"

static struct dataset_reader *open_training(struct task *task, struct err *err)
{
    size_t shards = task_inputs(task, "clean");
    struct dataset_shard *pairs = ARENA_ARRAY(task->arena, struct dataset_shard, shards);
    for (size_t i = 0; i < shards; i++) {
        pairs[i].clean = task_input(task, "clean", i)->digest;
        pairs[i].drop = task_input(task, "drop", i)->digest;
    }
    return dataset_reader_open(task->store, task->arena, pairs, shards, "train", err);
}

/* A table per thread. What is counted does not depend on who counted it. */
struct counter {
    struct task *task;
    const struct dataset_batch *batch;
    struct words *tables;
    struct arena *arenas;
    int threads;
};

static void count_documents(void *context, size_t from, size_t to, int thread)
{
    struct counter *counter = context;
    for (size_t i = from; i < to; i++) {
        words_add_text(&counter->tables[thread], counter->batch->documents[i].text, counter->batch->documents[i].bytes);
        task_moved(counter->task);
    }
}

static void try_document(void *counter, size_t i)
{
    count_documents(counter, i, i + 1, 0);
}

static void release(void *context)
{
    struct counter *counter = context;
    for (int i = 0; i < counter->threads; i++)
        arena_release(&counter->arenas[i]);
}

static struct counter *open_counter(struct task *task, const struct dataset_batch *batch)
{
    struct counter *counter = ARENA_NEW(task->arena, struct counter);
    counter->task = task;
    counter->batch = batch;
    counter->threads = pool_threads(task->pool);
    counter->tables = ARENA_ARRAY(task->arena, struct words, (size_t)counter->threads);
    counter->arenas = ARENA_ARRAY(task->arena, struct arena, (size_t)counter->threads);
    for (int i = 0; i < counter->threads; i++) {
        arena_init(&counter->arenas[i]);
        words_init(&counter->tables[i], &counter->arenas[i]);
    }
    arena_defer(task->arena, release, counter);
    return counter;
}

/* NULL where there is nothing to learn from. */
static const struct words *count_words(struct task *task, struct err *err)
{
    struct dataset_batch *batch = ARENA_NEW(task->arena, struct dataset_batch);
    size_t documents = 0;
    struct dataset_reader *reader = open_training(task, err);
    if (reader == NULL)
        return NULL;
    dataset_batch_open(batch, task->arena, reader);
    struct counter *counter = open_counter(task, batch);
    struct trial trial = {.task = task, .work = try_document, .context = counter};
    for (;;) {
        if (!dataset_batch_next(batch, err) || !task_progress(task, (double)documents, 0, "documents", NULL, err))
            return NULL;
        if (batch->count == 0)
            break;
        if (!trial_documents(&trial, batch->documents, &batch->count, err))
            return NULL;
        task_moved(task);
        pool_each(task->pool, batch->count, count_documents, counter);
        documents += batch->count;
    }
    task_stepped(task);
    if (documents == 0) {
        err_set(err, ERR_INPUT,
                "no document is left to learn from; why they were dropped: tidemill psql -c "
                "'select * from report.drop_reason'");
        return NULL;
    }
    for (int i = 1; i < counter->threads; i++)
        words_merge(&counter->tables[0], &counter->tables[i]);
    return &counter->tables[0];
}

static void write_token(struct buf *out, const struct bpe_token *token)
{
    struct buf text;
    buf_init(&text, out->arena);
    for (size_t i = 0; i < token->len; i++)
        byte_level_write(&text, (unsigned char)token->data[i]);
    buf_json(out, text.data, text.len);
}

/* The members and their order are those that `tokenizers` itself writes. */
static void write_json(struct buf *out, const struct bpe_learned *learned)
{
    buf_text(out,
             "{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[{\"id\":0,"
             "\"content\":\"<|endoftext|>\",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,"
             "\"normalized\":false,\"special\":true}],\"normalizer\":null,\"pre_tokenizer\":{\"type\":\"ByteLevel\","
             "\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":true},\"post_processor\":{\"type\":"
             "\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":false,\"use_regex\":true},\"decoder\":{"
             "\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":true,\"use_regex\":true},"
             "\"model\":{\"type\":\"BPE\",\"dropout\":null,\"unk_token\":null,\"continuing_subword_prefix\":null,"
             "\"end_of_word_suffix\":null,\"fuse_unk\":false,\"byte_fallback\":false,\"ignore_merges\":false,"
             "\"vocab\":{\"<|endoftext|>\":0");
    for (size_t i = 0; i < learned->token_count; i++) {
        buf_text(out, ",\n");
        write_token(out, &learned->tokens[i]);
        buf_printf(out, ":%zu", i + 1);
    }
    buf_text(out, "},\"merges\":[");
    for (size_t i = 0; i < learned->merge_count; i++) {
        buf_text(out, i > 0 ? ",\n[" : "\n[");
        write_token(out, &learned->tokens[learned->merges[i].left - 1]);
        buf_char(out, ',');
        write_token(out, &learned->tokens[learned->merges[i].right - 1]);
        buf_char(out, ']');
    }
    buf_text(out, "]}}\n");
}

bool tokenize_learn(struct task *task, const void *config, struct err *err)
{
    const struct learn *learn = config;
    const struct bpe_settings settings = {learn->vocabulary, learn->min_frequency, learn->max_token_length, 1, task};
    struct bpe_learned learned;
    struct buf json;
    const struct words *words = count_words(task, err);
    if (words == NULL || !bpe_learn(task->arena, words, &settings, &learned, err))
        return false;
    buf_init(&json, task->arena);
    write_json(&json, &learned);
    task_count(task, "vocabulary", (int64_t)learned.token_count + 1);
    task_metric(task, "vocabulary", 0, (double)learned.token_count + 1);
    task_count(task, "words", (int64_t)words->count);
    return task_put(task, "tokenizer", 0, json.data, json.len, "application/json", err);
}
