/*
 * tokenizer_encode: text to ids. Words repeat, so each thread remembers the words it has met and their ids.
 *
 * A word of up to 15 bytes and 4 tokens, which is nearly every one, has an entry of 32 bytes that is compared and
 * copied without a loop; two entries share a bucket (a line of the processor's cache), the newer first. Buckets are
 * asked for ahead of their use. Other words have larger entries in a smaller table; very long ones are merged each
 * time.
 */
#include "lib/base/digest.h"
#include "lib/text/bpe.h"
#include "lib/text/pretokenize.h"

#include <endian.h>
#include <string.h>

enum { BATCH = 256, BUCKET_BITS = 15, KEY_BYTES = 15, ENTRY_IDS = 4 };
enum { LARGE_SLOTS = 1 << 12, LARGE_BYTES = 64, LARGE_IDS = 24 };

/* The bytes of a word, zeros, and in the highest byte its length, which is 0 in an entry that is free. */
struct key {
    uint64_t low, high;
};

struct entry {
    struct key key;
    int32_t ids[ENTRY_IDS]; /* how many stands in the high byte of the last */
};

struct bucket {
    struct entry entries[2];
};

struct large_entry {
    uint64_t hash;
    uint8_t bytes, count; /* count 0: free */
    char word[LARGE_BYTES];
    int32_t ids[LARGE_IDS];
};

struct tokenizer_cache {
    struct arena own;
    const struct tokenizer *tokenizer;
    struct bucket *buckets;
    struct large_entry *large;
    bool released;
};

void tokenizer_cache_free(struct tokenizer_cache *cache)
{
    if (!cache->released)
        arena_release(&cache->own);
    cache->released = true;
}

static void free_cache(void *cache)
{
    tokenizer_cache_free(cache);
}

struct tokenizer_cache *tokenizer_cache_new(struct arena *arena, const struct tokenizer *tokenizer)
{
    struct tokenizer_cache *cache = ARENA_NEW(arena, struct tokenizer_cache);
    arena_init(&cache->own);
    cache->tokenizer = tokenizer;
    cache->buckets = ARENA_ARRAY(&cache->own, struct bucket, (size_t)1 << BUCKET_BITS);
    cache->large = ARENA_ARRAY(&cache->own, struct large_entry, LARGE_SLOTS);
    arena_defer(arena, free_cache, cache);
    return cache;
}

static uint64_t low_bytes(uint64_t value, size_t bytes)
{
    return bytes == 0 ? 0 : value & (UINT64_MAX >> (64 - 8 * bytes));
}

/* Reads 16 bytes where the text has them. */
static struct key key_of(const char *word, size_t bytes, size_t left)
{
    struct key key;
    char padded[16] = {0};
    if (left < sizeof padded)
        word = memcpy(padded, word, bytes);
    memcpy(&key, word, sizeof key);
    key.low = low_bytes(le64toh(key.low), bytes < 8 ? bytes : 8);
    key.high = low_bytes(le64toh(key.high), bytes < 8 ? 0 : bytes - 8) | (uint64_t)bytes << 56;
    return key;
}

static size_t bucket_of(struct key key)
{
    uint64_t mixed = key.low * 0x9E3779B97F4A7C15U ^ key.high * 0xC2B2AE3D27D4EB4FU; /* primes of XXH64 and its like */
    mixed = (mixed ^ mixed >> 29) * 0x9E3779B97F4A7C15U;
    return (size_t)(mixed >> (64 - BUCKET_BITS));
}

static bool same_key(struct key a, struct key b)
{
    return ((a.low ^ b.low) | (a.high ^ b.high)) == 0;
}

/* A word of over BPE_WORD bytes is cut there. */
static size_t encode_giant(const struct tokenizer *tokenizer, const char *word, size_t bytes, int32_t *ids)
{
    size_t count = 0;
    for (size_t at = 0; at < bytes; at += BPE_WORD)
        count += bpe_encode_word(tokenizer, word + at, bytes - at < BPE_WORD ? bytes - at : BPE_WORD, ids + count);
    return count;
}

static size_t encode_large(struct tokenizer_cache *cache, const char *word, size_t bytes, int32_t *ids)
{
    if (bytes > LARGE_BYTES)
        return encode_giant(cache->tokenizer, word, bytes, ids);
    uint64_t hash = hash64(word, bytes, 0);
    struct large_entry *entry = &cache->large[hash % LARGE_SLOTS];
    if (entry->count > 0 && entry->hash == hash && entry->bytes == bytes && memcmp(entry->word, word, bytes) == 0) {
        memcpy(ids, entry->ids, entry->count * sizeof *ids);
        return entry->count;
    }
    size_t count = bpe_encode_word(cache->tokenizer, word, bytes, ids);
    if (count <= LARGE_IDS) {
        entry->hash = hash;
        entry->bytes = (uint8_t)bytes;
        entry->count = (uint8_t)count;
        memcpy(entry->word, word, bytes);
        memcpy(entry->ids, ids, count * sizeof *ids);
    }
    return count;
}

enum { COUNT_SHIFT = 24, ID_MASK = (1 << COUNT_SHIFT) - 1 }; /* a vocabulary has at most 2^20 ids */

static size_t encode_new(struct tokenizer_cache *cache, struct bucket *bucket, struct key key, const char *word,
                         size_t bytes, int32_t *ids)
{
    size_t count = bpe_encode_word(cache->tokenizer, word, bytes, ids);
    if (count > ENTRY_IDS)
        return count;
    bucket->entries[1] = bucket->entries[0];
    struct entry *entry = &bucket->entries[0];
    memset(entry, 0, sizeof *entry);
    entry->key = key;
    memcpy(entry->ids, ids, count * sizeof *ids);
    entry->ids[ENTRY_IDS - 1] |= (int32_t)(count << COUNT_SHIFT);
    return count;
}

static size_t copy_ids(const struct entry *entry, int32_t *ids, size_t room)
{
    size_t count = (size_t)(entry->ids[ENTRY_IDS - 1] >> COUNT_SHIFT);
    if (room < ENTRY_IDS) {
        for (size_t i = 0; i < count; i++)
            ids[i] = entry->ids[i] & ID_MASK;
        return count;
    }
    memcpy(ids, entry->ids, sizeof entry->ids);
    ids[ENTRY_IDS - 1] &= ID_MASK;
    return count;
}

struct lookup {
    struct key key;
    struct bucket *bucket; /* NULL: a word too long for one */
};

/* The words text[from, ends[0]), text[ends[0], ends[1]) ...; `ids` has room for one per byte of the rest of the text.
 */
static size_t encode_words(struct tokenizer_cache *cache, const char *text, size_t bytes, size_t from,
                           const size_t *ends, size_t count, int32_t *ids)
{
    struct lookup lookups[BATCH];
    size_t written = 0, at = from;
    for (size_t i = 0; i < count; at = ends[i++]) {
        size_t length = ends[i] - at;
        lookups[i].bucket = NULL;
        if (length <= KEY_BYTES) {
            lookups[i].key = key_of(text + at, length, bytes - at);
            lookups[i].bucket = &cache->buckets[bucket_of(lookups[i].key)];
            __builtin_prefetch(lookups[i].bucket);
        }
    }
    at = from;
    for (size_t i = 0; i < count; at = ends[i++]) {
        struct bucket *bucket = lookups[i].bucket;
        size_t length = ends[i] - at, room = bytes - at; /* so far no more ids than bytes */
        if (bucket == NULL)
            written += encode_large(cache, text + at, length, ids + written);
        else if (same_key(bucket->entries[0].key, lookups[i].key))
            written += copy_ids(&bucket->entries[0], ids + written, room);
        else if (same_key(bucket->entries[1].key, lookups[i].key))
            written += copy_ids(&bucket->entries[1], ids + written, room);
        else
            written += encode_new(cache, bucket, lookups[i].key, text + at, length, ids + written);
    }
    return written;
}

size_t tokenizer_encode(struct tokenizer_cache *cache, const char *text, size_t bytes, int32_t *ids)
{
    size_t ends[BATCH], count, from = 0, written = 0;
    struct pretokenizer cutter;
    pretokenize_init(&cutter, text, bytes);
    while ((count = pretokenize_ends(&cutter, ends, BATCH)) > 0) {
        written += encode_words(cache, text, bytes, from, ends, count, ids + written);
        from = ends[count - 1];
    }
    return written;
}
