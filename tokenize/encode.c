/* encode: the kind tokenize.encode: a clean shard in, token shards of its three splits out. */
#include "lib/text/dataset.h"
#include "lib/text/token_shard.h"
#include "lib/text/tokenizer.h"
#include "tokenize/tokenize.h"

#include <string.h>

static const char *const splits[] = {"train", "validation", "test"};
enum { SPLITS = 3 };

struct encoder {
    struct task *task;
    struct tokenizer_cache *cache;
    int32_t end_of_text;
    struct token_writer *writers[SPLITS];
    int64_t bytes;
};

static bool open_encoder(struct encoder *encoder, struct task *task, struct err *err)
{
    struct map json;
    const struct task_input *input = task_input(task, "tokenizer", 0);
    if (!store_map(task->store, task->arena, &input->digest, &json, err))
        return false;
    const struct tokenizer *tokenizer = tokenizer_load(task->arena, json.data, json.size, err);
    if (tokenizer == NULL)
        return false;
    encoder->task = task;
    encoder->cache = tokenizer_cache_new(task->arena, tokenizer);
    encoder->end_of_text = tokenizer_end_of_text(tokenizer);
    for (int i = 0; i < SPLITS; i++)
        encoder->writers[i] = token_writer_new(task->arena, tokenizer_vocabulary(tokenizer), &input->digest);
    return encoder->end_of_text >= 0 || err_set(err, ERR_INPUT, "the tokenizer has no <|endoftext|>");
}

static void encode_document(struct encoder *encoder, struct arena *arena, const struct document *document)
{
    const char *split = document_get(document, "split");
    int32_t *ids = ARENA_ARRAY(arena, int32_t, document->bytes + 1);
    size_t count = tokenizer_encode(encoder->cache, document->text, document->bytes, ids);
    ids[count++] = encoder->end_of_text;
    for (int i = 0; i < SPLITS; i++)
        if (split != NULL && strcmp(split, splits[i]) == 0)
            token_writer_add(encoder->writers[i], document->id, ids, count);
    encoder->bytes += (int64_t)document->bytes;
}

static bool encode_all(struct encoder *encoder, struct err *err)
{
    struct task *task = encoder->task;
    struct arena arena;
    struct document document;
    bool end = false, good = true;
    const struct dataset_shard pair = {task_input(task, "clean", 0)->digest, task_input(task, "drop", 0)->digest};
    struct dataset_reader *reader = dataset_reader_open(task->store, task->arena, &pair, 1, NULL, err);
    if (reader == NULL)
        return false;
    arena_init(&arena);
    while (good && dataset_reader_next(reader, &arena, &document, &end, err)) {
        encode_document(encoder, &arena, &document);
        arena_clear(&arena);
    }
    arena_release(&arena);
    good = good && end;
    return good;
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
