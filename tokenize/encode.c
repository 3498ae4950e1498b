/*
 * encode: the kind tokenize.encode: a clean shard in, token shards of its three splits out.
 *
 * A document that ends the process that encodes it is set aside when the shard is tried again (trial.h).
 */
#include "lib/flow/trial.h"
#include "lib/text/dataset_batch.h"
#include "lib/text/token_shard.h"
#include "lib/text/tokenizer.h"
#include "tokenize/tokenize.h"

static const char *const splits[] = {"train", "validation", "test"};
enum { SPLITS = 3 };

struct encoder {
    struct task *task;
    const struct tokenizer *tokenizer;
    struct tokenizer_cache **caches; /* [threads] */
    struct token_writer *writers[SPLITS];
    struct dataset_batch *batch;
    struct trial trial;
    int32_t **ids; /* [batch->count], in the batch's arena */
    size_t *counts;
    int64_t documents, bytes;
};

static bool open_encoder(struct encoder *encoder, struct task *task, struct err *err)
{
    struct map json;
    int threads = pool_threads(task->pool);
    const struct task_input *input = task_input(task, "tokenizer", 0);
    if (!store_map(task->store, task->arena, &input->digest, &json, err))
        return false;
    encoder->task = task;
    encoder->tokenizer = tokenizer_load(task->arena, json.data, json.size, err);
    if (encoder->tokenizer == NULL)
        return false;
    if (tokenizer_end_of_text(encoder->tokenizer) < 0)
        return err_set(err, ERR_INPUT, "the tokenizer has no <|endoftext|>");
    encoder->caches = ARENA_ARRAY(task->arena, struct tokenizer_cache *, (size_t)threads);
    for (int i = 0; i < threads; i++)
        encoder->caches[i] = tokenizer_cache_new(task->arena, encoder->tokenizer);
    for (int i = 0; i < SPLITS; i++)
        encoder->writers[i] = token_writer_new(task->arena, tokenizer_vocabulary(encoder->tokenizer), &input->digest);
    encoder->batch = ARENA_NEW(task->arena, struct dataset_batch);
    return true;
}

static void encode_documents(void *context, size_t from, size_t to, int thread)
{
    struct encoder *encoder = context;
    for (size_t i = from; i < to; i++) {
        const struct document *document = &encoder->batch->documents[i];
        encoder->counts[i] =
            tokenizer_encode(encoder->caches[thread], document->text, document->bytes, encoder->ids[i]);
        encoder->ids[i][encoder->counts[i]++] = tokenizer_end_of_text(encoder->tokenizer);
        task_moved(encoder->task);
    }
}

static void take_room(struct encoder *encoder, size_t i)
{
    struct dataset_batch *batch = encoder->batch;
    encoder->ids[i] = ARENA_ARRAY(&batch->arena, int32_t, batch->documents[i].bytes + 1);
}

static void try_document(void *encoder, size_t i)
{
    take_room(encoder, i);
    encode_documents(encoder, i, i + 1, 0);
}

static bool add_document(struct encoder *encoder, size_t i, struct err *err)
{
    const struct document *document = &encoder->batch->documents[i];
    const char *split = document_get(document, "split");
    encoder->bytes += (int64_t)document->bytes;
    encoder->documents++;
    for (int k = 0; k < SPLITS; k++)
        if (text_equal(split, splits[k]))
            return token_writer_add(encoder->writers[k], document->id, encoder->ids[i], encoder->counts[i], err);
    return err_set(err, ERR_INPUT, "document %s: its split is \"%s\", not train, validation or test", document->id,
                   split == NULL ? "" : split);
}

/* Threads encode; documents are added in their order. */
static bool encode_batch(struct encoder *encoder, struct err *err)
{
    struct dataset_batch *batch = encoder->batch;
    encoder->ids = ARENA_ARRAY(&batch->arena, int32_t *, batch->count);
    encoder->counts = ARENA_ARRAY(&batch->arena, size_t, batch->count);
    if (!trial_documents(&encoder->trial, batch->documents, &batch->count, err))
        return false;
    for (size_t i = 0; i < batch->count; i++)
        take_room(encoder, i);
    task_moved(encoder->task);
    pool_each(encoder->task->pool, batch->count, encode_documents, encoder);
    for (size_t i = 0; i < batch->count; i++)
        if (!add_document(encoder, i, err))
            return false;
    return true;
}

static bool encode_all(struct encoder *encoder, struct err *err)
{
    struct task *task = encoder->task;
    const struct dataset_shard shard = {task_input(task, "clean", 0)->digest, task_input(task, "drop", 0)->digest};
    struct dataset_reader *reader = dataset_reader_open(task->store, task->arena, &shard, 1, NULL, err);
    if (reader == NULL)
        return false;
    dataset_batch_open(encoder->batch, task->arena, reader);
    encoder->trial = (struct trial){.task = task, .work = try_document, .context = encoder};
    while (!encoder->batch->end)
        if (!dataset_batch_next(encoder->batch, err) || !encode_batch(encoder, err) ||
            !task_progress(task, (double)encoder->documents, 0, "documents", NULL, err))
            return false;
    task_stepped(task);
    return true;
}

static bool keep_split(struct encoder *encoder, int split, struct err *err)
{
    static const char *const parts[] = {"bin", "idx", "ids"};
    static const char *const types[] = {"application/octet-stream", "application/octet-stream", "application/json"};
    struct task *task = encoder->task;
    struct digest digests[3];
    int64_t bytes[3];
    if (!token_writer_keep(encoder->writers[split], task->store, &digests[0], &digests[1], &digests[2], bytes, err))
        return false;
    for (int i = 0; i < 3; i++)
        task_output(task, arena_printf(task->arena, "%s_%s", splits[split], parts[i]), 0, &digests[i], bytes[i],
                    types[i]);
    int64_t tokens = token_writer_tokens(encoder->writers[split]);
    task_count(task, "tokens", tokens);
    task_count(task, arena_printf(task->arena, "tokens_%s", splits[split]), tokens);
    task_count(task, "documents", token_writer_documents(encoder->writers[split]));
    return true;
}

bool tokenize_encode(struct task *task, const void *config, struct err *err)
{
    struct encoder encoder = {0};
    (void)config;
    if (!open_encoder(&encoder, task, err) || !encode_all(&encoder, err))
        return false;
    task_count(task, "bytes", encoder.bytes);
    for (int i = 0; i < SPLITS; i++)
        if (!keep_split(&encoder, i, err))
            return false;
    return true;
}
