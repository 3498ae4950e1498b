/* bench: what evaluation is given, on the bench of tests/unit/bench.h. */
#ifndef TESTS_UNIT_EVALUATE_BENCH_H
#define TESTS_UNIT_EVALUATE_BENCH_H

#include "evaluate/evaluate.h"

#include "tests/unit/bench.h"

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

/* Document i stands in the split splits[i]; none is dropped. */
static inline void bench_texts(struct bench *bench, const char *const *texts, const char *const *splits, size_t count)
{
    struct bench_document *documents = ARENA_ARRAY(&bench->arena, struct bench_document, count);
    for (size_t i = 0; i < count; i++)
        documents[i] = bench_text(texts[i], splits[i]);
    bench_documents(bench, 0, documents, count, "{\"drop\":[]}");
}

#endif
