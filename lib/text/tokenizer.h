/*
 * tokenizer: applies a learned tokenizer (Hugging Face tokenizer.json) to bytes and back.
 *
 * A tokenizer is immutable after loading; each thread encodes with its own cache. Byte-level BPE (GPT-2
 * pre-tokenization) is exact: decode(encode(x)) == x for any bytes, valid UTF-8 or not. Text is never matched against
 * special tokens: only the pipeline itself writes those.
 */
#ifndef LIB_TEXT_TOKENIZER_H
#define LIB_TEXT_TOKENIZER_H

#include "lib/base/buf.h"

struct tokenizer;
struct tokenizer *tokenizer_load(struct arena *arena, const char *json, size_t len, struct err *err) MUST_CHECK;
int64_t tokenizer_vocabulary(const struct tokenizer *tokenizer);                   /* ids are in [0, this) */
int32_t tokenizer_special(const struct tokenizer *tokenizer, const char *content); /* -1 where there is none */
int32_t tokenizer_end_of_text(const struct tokenizer *tokenizer);                  /* id of <|endoftext|> */

struct tokenizer_cache; /* words seen and their ids; one per thread */
struct tokenizer_cache *tokenizer_cache_new(struct arena *arena, const struct tokenizer *tokenizer);
void tokenizer_cache_free(struct tokenizer_cache *cache); /* an arena also frees it */

/* Writes at most `bytes` ids (one per byte is the worst case) to `ids`; returns how many. */
size_t tokenizer_encode(struct tokenizer_cache *cache, const char *text, size_t bytes, int32_t *ids);
/* Appends the bytes that the ids stand for; special tokens add nothing. */
void tokenizer_decode(const struct tokenizer *tokenizer, const int32_t *ids, size_t count, struct buf *out);
/* Bytes that one id stands for; NULL and 0 for a special token. */
const char *tokenizer_bytes(const struct tokenizer *tokenizer, int32_t id, size_t *bytes);

#endif
