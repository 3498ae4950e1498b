/* layers of data: what stages read: datasets, tokenizers, weights, checkpoints; and the store swept. */
#include "lib/nn/model.h"
#include "lib/nn/transformer.h"
#include "lib/store/sweep.h"
#include "lib/text/dataset.h"
#include "lib/text/tokenizer.h"
#include "tests/call/layer.h"
#include "train/checkpoint.h"
#include "train/trainer.h"

#include <string.h>

enum { DOCUMENTS = 4, TOKENS = 12 };

static const char content[] = "what the tide brings, the mill grinds";

static bool write_shard(struct arena *arena, const struct store *store, const char *source, struct dataset_shard *shard,
                        struct err *err)
{
    static const char drops[] = "{\"drop\":[{\"row\":1},{\"row\":2}]}";
    struct document_writer *writer = document_writer_new(arena);
    int64_t bytes;
    for (int i = 0; i < DOCUMENTS; i++) {
        struct document document = {.text = content, .bytes = sizeof content - 1, .source = source};
        document_id(source, "uri", i, document.id);
        document_set(&document, arena, "split", i == 3 ? "test" : "train");
        document_writer_add(writer, &document);
    }
    return document_writer_keep(writer, store, &shard->clean, &bytes, err) &&
           store_put(store, drops, sizeof drops - 1, &shard->drop, err);
}

/* Two shards, each with a drop list and a document of another split. */
static bool work_dataset(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    struct store store;
    struct dataset_shard shards[2];
    struct document document;
    struct dataset_reader *reader;
    bool end = false;
    if (!store_open(&store, arena, folder, err) || !write_shard(arena, &store, "one", &shards[0], err) ||
        !write_shard(arena, &store, "two", &shards[1], err) ||
        !(reader = dataset_reader_open(&store, arena, shards, 2, "train", err)))
        return false;
    while (dataset_reader_next(reader, arena, &document, &end, err))
        digest_add(made, document.id, strlen(document.id));
    return end;
}

static bool work_tokenizer(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    struct buf json, text;
    int32_t ids[sizeof content];
    const struct tokenizer *tokenizer;
    (void)folder;
    if (!file_read(arena, "tests/data/tokenize/tokenizer.json", &json, err) ||
        !(tokenizer = tokenizer_load(arena, json.data, json.len, err)))
        return false;
    struct tokenizer_cache *cache = tokenizer_cache_new(arena, tokenizer);
    size_t count = tokenizer_encode(cache, content, sizeof content - 1, ids);
    buf_init(&text, arena);
    tokenizer_decode(tokenizer, ids, count, &text);
    digest_add(made, ids, count * sizeof *ids);
    digest_add(made, text.data, text.len);
    return true;
}

static bool work_model(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    struct buf config;
    struct map weights;
    struct model *model;
    float losses[TOKENS];
    const int32_t tokens[TOKENS + 1] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13};
    (void)folder;
    if (!file_read(arena, "tests/data/nn/gpt2.json", &config, err) ||
        !file_map(arena, "tests/data/nn/gpt2.safetensors", &weights, err) ||
        !(model = model_load(arena, config.data, config.len, &weights, NULL, err)) ||
        !model_losses(model, tokens, 1, TOKENS, losses, err))
        return false;
    digest_add(made, losses, sizeof losses);
    return true;
}

/* A training as far as its checkpoints go: blocks and a state. */
static struct trainer *small_trainer(struct arena *arena)
{
    static const struct shape shape = {
        .layers = 1, .heads = 1, .width = 8, .inner = 16, .context = 8, .vocabulary = 16, .epsilon = 1e-5};
    struct trainer *trainer = ARENA_NEW(arena, struct trainer);
    trainer->transformer = transformer_new(arena, &shape, NULL, 8, false, PRECISION_FLOAT32);
    const struct parameters *parameters = &trainer->transformer->parameters;
    float *blocks = ARENA_ARRAY(arena, float, 3 * parameters->floats);
    trainer->optimizer.weights = blocks;
    trainer->optimizer.first = blocks + parameters->floats;
    trainer->optimizer.second = blocks + 2 * parameters->floats;
    trainer->steps = 10;
    return trainer;
}

static bool work_checkpoint(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    int64_t bytes;
    struct store store;
    struct digest checkpoint, weights;
    struct trainer *first = small_trainer(arena), *second = small_trainer(arena);
    parameters_init(&first->transformer->parameters, first->optimizer.weights, 1, 7);
    first->state.step = 3;
    if (!store_open(&store, arena, folder, err) || !checkpoint_write(first, &store, &checkpoint, &bytes, err) ||
        !checkpoint_read(second, &store, &checkpoint, err) || !weights_write(second, &store, &weights, &bytes, err))
        return false;
    digest_add(made, checkpoint.byte, sizeof checkpoint.byte);
    digest_add(made, weights.byte, sizeof weights.byte);
    digest_add(made, &second->state.step, sizeof second->state.step);
    return true;
}

struct sweeping {
    const struct store *store;
    int64_t bytes;
};

static bool free_found(void *context, const struct store_item *item, struct err *err)
{
    bool freed;
    struct sweeping *sweeping = context;
    sweeping->bytes += item->bytes;
    return store_free(sweeping->store, item, 0, &freed, err);
}

static bool work_sweep(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err)
{
    struct store store;
    struct digest digest;
    if (!store_open(&store, arena, folder, err) || !store_put(&store, content, sizeof content, &digest, err))
        return false;
    struct sweeping sweeping = {&store, 0};
    if (!store_each(&store, free_found, &sweeping, err))
        return false;
    digest_add(made, content, sizeof content);
    return true;
}

const struct layer data_layers[] = {{"dataset", work_dataset}, {"tokenizer", work_tokenizer},
                                    {"model", work_model},     {"checkpoint", work_checkpoint},
                                    {"sweep", work_sweep},     {NULL, NULL}};
