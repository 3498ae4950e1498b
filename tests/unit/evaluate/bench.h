/* bench: a store in a folder of its own and a task made by hand, for the tests of this room. */
#ifndef TESTS_UNIT_EVALUATE_BENCH_H
#define TESTS_UNIT_EVALUATE_BENCH_H

#include "evaluate/evaluate.h"
#include "lib/text/document.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

struct bench {
    struct arena arena;
    struct store store;
    struct task task;
    struct task_input inputs[16];
    struct evaluate config; /* the defaults */
    char folder[32];
};

static inline void bench_check(bool good, const struct err *err)
{
    if (good)
        return;
    printf("Bail out! %s\n", err->text);
    exit(1);
}

static inline void bench_open(struct bench *bench, const char *kind)
{
    struct err err = {.text = "cannot make a folder in /tmp"};
    memset(bench, 0, sizeof *bench);
    arena_init(&bench->arena);
    snprintf(bench->folder, sizeof bench->folder, "/tmp/evaluate-XXXXXX");
    bench_check(mkdtemp(bench->folder) != NULL, &err);
    bench_check(store_open(&bench->store, &bench->arena, bench->folder, &err), &err);
    option_defaults(evaluate_info.sections[0], &bench->arena, &bench->config);
    bench->task = (struct task){
        .arena = &bench->arena, .store = &bench->store, .kind = kind, .attempt = 1, .inputs = bench->inputs};
}

static inline void bench_spec(struct bench *bench, const char *json)
{
    struct err err;
    bench->task.spec = json_read(&bench->arena, json, strlen(json), &err);
    bench_check(bench->task.spec != NULL, &err);
}

static inline void bench_link(struct bench *bench, const char *role, int64_t ordinal, const struct digest *digest)
{
    bench->inputs[bench->task.input_count++] = (struct task_input){role, ordinal, *digest};
}

static inline void bench_input(struct bench *bench, const char *role, int64_t ordinal, const void *data, size_t len)
{
    struct err err;
    struct digest digest;
    bench_check(store_put(&bench->store, data, len, &digest, &err), &err);
    bench_link(bench, role, ordinal, &digest);
}

/* The character that stands for a byte in a byte-level vocabulary (GPT-2's bytes_to_unicode), as UTF-8. */
static inline void bench_byte(struct buf *buf, int byte)
{
    int code = byte;
    if (byte <= 0x20)
        code = 256 + byte;
    else if (byte >= 0x7f && byte <= 0xa0)
        code = 256 + 33 + byte - 0x7f;
    else if (byte == 0xad)
        code = 256 + 67;
    char text[2] = {(char)(0xc0 | code >> 6), (char)(0x80 | (code & 0x3f))};
    if (code < 0x80)
        buf_json(buf, (const char[]){(char)code}, 1);
    else
        buf_json(buf, text, 2);
}

#define BENCH_VOCABULARY 257 /* the bytes, and <|endoftext|>, which is 256 */

/* A tokenizer without merges, as tokenizer[0]: each byte is its own token. */
static inline void bench_tokenizer(struct bench *bench)
{
    struct buf json;
    buf_init(&json, &bench->arena);
    buf_text(&json,
             "{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[{\"id\":256,\"content\":"
             "\"<|endoftext|>\",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,\"normalized\":false,"
             "\"special\":true}],\"normalizer\":null,\"pre_tokenizer\":{\"type\":\"ByteLevel\","
             "\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":true},\"post_processor\":null,"
             "\"decoder\":{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":true,"
             "\"use_regex\":true},\"model\":{\"type\":\"BPE\",\"dropout\":null,\"unk_token\":null,"
             "\"continuing_subword_prefix\":null,\"end_of_word_suffix\":null,\"fuse_unk\":false,"
             "\"byte_fallback\":false,\"ignore_merges\":false,\"vocab\":{");
    for (int byte = 0; byte < 256; byte++) {
        bench_byte(&json, byte);
        buf_printf(&json, ":%d,", byte);
    }
    buf_text(&json, "\"<|endoftext|>\":256},\"merges\":[]}}");
    bench_input(bench, "tokenizer", 0, json.data, json.len);
}

/* One clean shard and its drop list, as clean[0] and drop[0]; document i stands in the split splits[i]. */
static inline void bench_documents(struct bench *bench, const char *const *texts, const char *const *splits,
                                   size_t count)
{
    struct err err;
    struct digest shard;
    int64_t bytes;
    struct document_writer *writer = document_writer_new(&bench->arena);
    for (size_t i = 0; i < count; i++) {
        struct document document = {.text = texts[i], .bytes = strlen(texts[i]), .source = "bench"};
        document_id("bench", "text", (int64_t)i, document.id);
        document_set(&document, &bench->arena, "split", splits[i]);
        document_writer_add(writer, &document);
    }
    bench_check(document_writer_keep(writer, &bench->store, &shard, &bytes, &err), &err);
    bench_link(bench, "clean", 0, &shard);
    bench_input(bench, "drop", 0, "{\"drop\":[]}", 11);
}

/* The task's first output as JSON. */
static inline json_t *bench_output(struct bench *bench)
{
    struct err err = {.text = "no output"};
    struct map map;
    bench_check(bench->task.output_count > 0, &err);
    bench_check(store_map(&bench->store, &bench->arena, &bench->task.outputs[0].digest, &map, &err), &err);
    json_t *root = json_read(&bench->arena, map.data, map.size, &err);
    bench_check(root != NULL, &err);
    return root;
}

static inline void bench_close(struct bench *bench)
{
    struct err err;
    bench_check(folder_remove(bench->folder, &err), &err);
    arena_release(&bench->arena);
}

#endif
