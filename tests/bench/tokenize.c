/*
 * tokenize: times learning a tokenizer and encoding with it. Run by the script beside it:
 *
 *   tokenize DOCUMENTS THREADS VOCABULARY FOLDER
 *
 * DOCUMENTS is text with a NUL between documents. Learning is the whole task tokenize.learn, with the reading of a
 * clean shard; encoding is from memory, with empty caches, the best of three. Leaves FOLDER/tokenizer.json and
 * FOLDER/ids, and prints both in seconds.
 */
#include "tokenize/tokenize.h"
#include "lib/base/clock.h"
#include "lib/text/dataset.h"
#include "lib/text/tokenizer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text {
    const char *data;
    size_t bytes;
};

struct bench {
    struct arena arena;
    struct store store;
    struct pool *pool;
    struct text *texts;
    size_t count, capacity;
    const struct tokenizer *tokenizer;
    struct tokenizer_cache **caches;
    int32_t **ids;
    size_t *counts;
};

static void check(bool good, const struct err *err)
{
    if (good)
        return;
    fprintf(stderr, "tokenize: %s\n", err->text);
    exit(1);
}

static void read_texts(struct bench *bench, const char *path)
{
    struct err err;
    struct map map;
    check(file_map(&bench->arena, path, &map, &err), &err);
    for (size_t at = 0; at < map.size;) {
        size_t bytes = strnlen(map.data + at, map.size - at);
        ARENA_PUSH(&bench->arena, bench->texts, bench->count, bench->capacity);
        bench->texts[bench->count++] = (struct text){map.data + at, bytes};
        at += bytes + 1;
    }
}

static struct digest put_shard(struct bench *bench)
{
    struct err err;
    struct digest shard;
    int64_t bytes;
    struct document_writer *writer = document_writer_new(&bench->arena);
    for (size_t i = 0; i < bench->count; i++) {
        struct document document = {.text = bench->texts[i].data, .bytes = bench->texts[i].bytes, .source = "bench"};
        document_id("bench", "text", (int64_t)i, document.id);
        document_set(&document, &bench->arena, "split", "train");
        document_writer_add(writer, &document);
    }
    check(document_writer_keep(writer, &bench->store, &shard, &bytes, &err), &err);
    return shard;
}

static double learn(struct bench *bench, const char *vocabulary, struct digest *tokenizer)
{
    struct err err;
    struct learn config;
    struct task_input inputs[] = {{"clean", 0, put_shard(bench)}, {"drop", 0, {{0}}}};
    struct task task = {.arena = &bench->arena, .store = &bench->store, .pool = bench->pool, .inputs = inputs};
    task.input_count = 2;
    check(store_put(&bench->store, "{\"drop\":[]}", 11, &inputs[1].digest, &err), &err);
    option_defaults(tokenize_info.sections[0], &bench->arena, &config);
    config.vocabulary = strtoll(vocabulary, NULL, 10);
    int64_t start = clock_mono_ns();
    check(tokenize_learn(&task, &config, &err), &err);
    double seconds = clock_seconds_since(start);
    *tokenizer = task.outputs[0].digest;
    return seconds;
}

static void encode_some(void *context, size_t from, size_t to, int thread)
{
    struct bench *bench = context;
    for (size_t i = from; i < to; i++)
        bench->counts[i] =
            tokenizer_encode(bench->caches[thread], bench->texts[i].data, bench->texts[i].bytes, bench->ids[i]);
}

static double encode(struct bench *bench)
{
    double best = 1e9;
    size_t threads = (size_t)pool_threads(bench->pool);
    bench->caches = ARENA_ARRAY(&bench->arena, struct tokenizer_cache *, threads);
    bench->counts = ARENA_ARRAY(&bench->arena, size_t, bench->count);
    bench->ids = ARENA_ARRAY(&bench->arena, int32_t *, bench->count);
    for (size_t i = 0; i < bench->count; i++)
        bench->ids[i] = ARENA_ARRAY(&bench->arena, int32_t, bench->texts[i].bytes);
    for (int round = 0; round < 3; round++) {
        int64_t start = clock_mono_ns();
        for (size_t i = 0; i < threads; i++)
            bench->caches[i] = tokenizer_cache_new(&bench->arena, bench->tokenizer);
        pool_each(bench->pool, bench->count, encode_some, bench);
        double seconds = clock_seconds_since(start);
        best = seconds < best ? seconds : best;
    }
    return best;
}

static void write_ids(const struct bench *bench, const char *path)
{
    FILE *file = fopen(path, "wb");
    for (size_t i = 0; file != NULL && i < bench->count; i++)
        fwrite(bench->ids[i], sizeof(int32_t), bench->counts[i], file);
    if (file != NULL)
        fclose(file);
}

int main(int argc, char **argv)
{
    struct bench bench = {0};
    struct digest digest;
    struct err err;
    struct map json;
    if (argc != 5) {
        fprintf(stderr, "usage: tokenize DOCUMENTS THREADS VOCABULARY FOLDER\n");
        return 2;
    }
    arena_init(&bench.arena);
    check(store_open(&bench.store, &bench.arena, path_join(&bench.arena, argv[4], "store"), &err), &err);
    bench.pool = pool_new((int)strtol(argv[2], NULL, 10));
    read_texts(&bench, argv[1]);
    double learned = learn(&bench, argv[3], &digest);
    check(store_map(&bench.store, &bench.arena, &digest, &json, &err), &err);
    check(file_write(path_join(&bench.arena, argv[4], "tokenizer.json"), json.data, json.size, &err), &err);
    bench.tokenizer = tokenizer_load(&bench.arena, json.data, json.size, &err);
    check(bench.tokenizer != NULL, &err);
    printf("%.6f %.6f\n", learned, encode(&bench));
    write_ids(&bench, path_join(&bench.arena, argv[4], "ids"));
    pool_free(bench.pool);
    arena_release(&bench.arena);
    return 0;
}
