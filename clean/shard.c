/*
 * clean.shard: cleans the documents of a raw shard and leaves the clean shard, its signatures, and an outcome for each.
 *
 * Documents are read in batches; the pool's threads clean those of a batch, each into an arena of its own; results are
 * written in the order of the shard. So the bytes do not depend on the number of threads, and memory is that of a
 * batch. A document that ends the process is set aside when the shard is tried again (trial.h).
 */
#include "clean/clean.h"
#include "clean/cleaner.h"
#include "clean/signature.h"
#include "clean/split.h"

#include "lib/flow/trial.h"

#include <stdlib.h>
#include <string.h>

#define BATCH_DOCUMENTS 256
#define BATCH_BYTES     (16 << 20)

struct batch {
    struct task *task;
    const struct clean *config;
    const struct personal *personal;
    struct arena documents_arena;
    struct arena *thread_arena; /* [threads] */
    struct document document[BATCH_DOCUMENTS];
    struct outcome outcome[BATCH_DOCUMENTS];
    struct fate fate[BATCH_DOCUMENTS];
    size_t count;
    int threads;
};

struct shard {
    struct task *task;
    const struct clean *config;
    struct document_writer *writer;
    struct signature *signature;
    size_t signatures, signature_capacity;
    int64_t in, bytes_in, kept, bytes_kept, invalid, invisible, hidden;
};

static void batch_release(void *context)
{
    struct batch *batch = context;
    for (int i = 0; i < batch->threads; i++)
        arena_release(&batch->thread_arena[i]);
    arena_release(&batch->documents_arena);
}

static struct batch *batch_new(struct task *task, const struct clean *config)
{
    struct batch *batch = ARENA_NEW(task->arena, struct batch);
    batch->task = task;
    batch->config = config;
    batch->personal = personal_new(task->arena);
    batch->threads = pool_threads(task->pool);
    batch->thread_arena = ARENA_ARRAY(task->arena, struct arena, (size_t)batch->threads);
    for (int i = 0; i < batch->threads; i++)
        arena_init(&batch->thread_arena[i]);
    arena_init(&batch->documents_arena);
    arena_defer(task->arena, batch_release, batch);
    return batch;
}

static bool batch_read(struct batch *batch, struct document_reader *reader, bool *end, struct err *err)
{
    size_t bytes = 0;
    uint8_t id[SIGNATURE_ID];
    arena_clear(&batch->documents_arena);
    for (batch->count = 0; batch->count < BATCH_DOCUMENTS && bytes < BATCH_BYTES; batch->count++) {
        struct document *document = &batch->document[batch->count];
        *end = false;
        if (!document_reader_next(reader, &batch->documents_arena, document, end, err))
            return *end;
        if (!hex_decode(document->id, SIGNATURE_ID, id))
            return err_set(err, ERR_INPUT, "document id \"%s\" is not %d hex digits: make the raw shard anew",
                           document->id, 2 * SIGNATURE_ID);
        bytes += document->bytes;
    }
    return true;
}

/* Left as it came in, with what it did to the process that tried to clean it. */
static void set_aside(struct batch *batch, size_t i)
{
    const struct fate *fate = &batch->fate[i];
    batch->outcome[i] = (struct outcome){.finding = {fate->rule, fate->value, fate->limit},
                                         .text = batch->document[i].text,
                                         .bytes = batch->document[i].bytes};
}

static void clean_some(void *context, size_t from, size_t to, int thread)
{
    struct batch *batch = context;
    for (size_t i = from; i < to; i++) {
        if (batch->fate[i].rule == NULL)
            clean_document(&batch->thread_arena[thread], &batch->document[i], batch->config, batch->personal,
                           &batch->outcome[i]);
        else
            set_aside(batch, i);
        task_moved(batch->task);
    }
}

static void try_document(void *context, size_t i)
{
    struct batch *batch = context;
    clean_some(batch, i, i + 1, 0);
    arena_clear(&batch->thread_arena[0]);
}

static void keep(struct shard *shard, struct arena *arena, struct document *document, const struct outcome *outcome,
                 struct document_record *record)
{
    record->row = document_writer_count(shard->writer);
    record->split = split_of(document->id, shard->config->split_validation, shard->config->split_test);
    document->text = outcome->text;
    document->bytes = outcome->bytes;
    document_set(document, arena, "language", outcome->language);
    document_set(document, arena, "split", record->split);
    document_writer_add(shard->writer, document);

    struct signature signature = {.content = record->content, .bytes = record->bytes};
    memcpy(signature.band, outcome->band, sizeof signature.band);
    hex_decode(document->id, SIGNATURE_ID, signature.id); /* batch_read has seen to it that it is one */
    ARENA_PUSH(shard->task->arena, shard->signature, shard->signatures, shard->signature_capacity);
    shard->signature[shard->signatures++] = signature;
    shard->kept++;
    shard->bytes_kept += record->bytes;
}

static void drop(struct shard *shard, const struct finding *finding, struct document_record *record)
{
    record->row = -1;
    record->rule = finding->rule;
    record->value = finding->value;
    record->threshold = finding->limit;
    task_count(shard->task, arena_printf(shard->task->arena, "dropped_%s", finding->rule), 1);
}

static int64_t ordinal_of(const struct document *document)
{
    const char *ordinal = document_get(document, "ordinal");
    return ordinal == NULL ? 0 : strtoll(ordinal, NULL, 10);
}

static void settle(struct shard *shard, struct arena *arena, struct document *document, const struct outcome *outcome)
{
    const char *uri = document_get(document, "uri");
    struct document_record record = {.content = digest_of(outcome->text, outcome->bytes),
                                     .uri = arena_strdup(shard->task->arena, uri == NULL ? "" : uri),
                                     .ordinal = ordinal_of(document),
                                     .bytes = (int64_t)outcome->bytes};
    memcpy(record.id, document->id, sizeof record.id);
    shard->in++;
    shard->bytes_in += (int64_t)document->bytes;
    shard->invalid += outcome->invalid;
    shard->invisible += outcome->invisible;
    shard->hidden += outcome->hidden;
    if (outcome->kept)
        keep(shard, arena, document, outcome, &record);
    else
        drop(shard, &outcome->finding, &record);
    task_document(shard->task, &record);
}

static bool leave(struct shard *shard, struct err *err)
{
    struct task *task = shard->task;
    struct digest digest;
    int64_t bytes;
    task_stepped(task);
    if (!document_writer_keep(shard->writer, task->store, &digest, &bytes, err))
        return false;
    task_output(task, "clean", 0, &digest, bytes, "application/jsonl+zstd");
    struct buf file;
    buf_init(&file, task->arena);
    struct signatures signatures = {json_text_or(task->spec, "source", ""), shard->config->duplicates_near,
                                    shard->signature, shard->signatures};
    signatures_write(&signatures, &file);
    if (!task_put(task, "signature", 0, file.data, file.len, "application/octet-stream", err))
        return false;
    task_count(task, "documents_in", shard->in);
    task_count(task, "bytes_in", shard->bytes_in);
    task_count(task, "documents_kept", shard->kept);
    task_count(task, "bytes_kept", shard->bytes_kept);
    task_count(task, "invalid_bytes", shard->invalid);
    task_count(task, "invisible_characters", shard->invisible);
    task_count(task, "personal_data_hidden", shard->hidden);
    return true;
}

bool clean_shard(struct task *task, const void *config, struct err *err)
{
    const struct task_input *raw = task_input(task, "raw", 0);
    if (raw == NULL)
        return err_set(err, ERR_INTERNAL, "clean.shard was given no raw shard");
    struct document_reader *reader = document_reader_open(task->store, task->arena, &raw->digest, err);
    if (reader == NULL)
        return false;
    struct shard shard = {.task = task, .config = config, .writer = document_writer_new(task->arena)};
    struct batch *batch = batch_new(task, config);
    struct trial trial = {.task = task, .work = try_document, .context = batch};
    task_moved(task);
    for (bool end = false; !end;) {
        if (!batch_read(batch, reader, &end, err) || !trial_batch(&trial, batch->count, batch->fate, err))
            return false;
        pool_each(task->pool, batch->count, clean_some, batch);
        for (size_t i = 0; i < batch->count; i++)
            settle(&shard, &batch->documents_arena, &batch->document[i], &batch->outcome[i]);
        for (int i = 0; i < batch->threads; i++)
            arena_clear(&batch->thread_arena[i]);
        if (!task_progress(task, (double)shard.in, 0, "documents", NULL, err))
            return false;
    }
    return leave(&shard, err);
}
