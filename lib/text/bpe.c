/*
 * bpe: encoding by byte-pair merges, word by word. The pair of lowest rank is merged first, the leftmost of equals.
 *
 * Words repeat, so each thread keeps a table of words and their ids. A short word is merged in an array by looking for
 * the best pair each time; a long one with a heap over a linked list, so that no input takes quadratic time.
 */
#include "lib/text/bpe.h"

#include "lib/base/digest.h"
#include "lib/text/pretokenize.h"

#include <string.h>

enum { SHORT_WORD = 64, CACHED_WORD = 48, CACHE_SLOTS = 1 << 16, CACHED_IDS = 12 };

static size_t slot_of(uint64_t pair, size_t mask)
{
    pair *= 0x9E3779B97F4A7C15ULL; /* Fibonacci hashing, Knuth 6.4 */
    return (size_t)(pair >> 32) & mask;
}

void bpe_merges_init(struct tokenizer *tokenizer, size_t count)
{
    size_t slots = 16;
    while (slots < 2 * count)
        slots *= 2;
    tokenizer->merges = ARENA_ARRAY(tokenizer->arena, struct bpe_merge, slots);
    tokenizer->merge_mask = slots - 1;
    for (size_t i = 0; i < slots; i++)
        tokenizer->merges[i].rank = -1;
}

static uint64_t pair_of(int32_t left, int32_t right)
{
    return (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
}

void bpe_merge_add(struct tokenizer *tokenizer, int32_t left, int32_t right, int32_t rank, int32_t result)
{
    uint64_t pair = pair_of(left, right);
    size_t at = slot_of(pair, tokenizer->merge_mask);
    while (tokenizer->merges[at].rank >= 0) {
        if (tokenizer->merges[at].pair == pair)
            return;
        at = (at + 1) & tokenizer->merge_mask;
    }
    tokenizer->merges[at] = (struct bpe_merge){pair, rank, result};
}

static const struct bpe_merge *find_merge(const struct tokenizer *tokenizer, int32_t left, int32_t right)
{
    uint64_t pair = pair_of(left, right);
    for (size_t at = slot_of(pair, tokenizer->merge_mask);; at = (at + 1) & tokenizer->merge_mask) {
        const struct bpe_merge *merge = &tokenizer->merges[at];
        if (merge->rank < 0)
            return NULL;
        if (merge->pair == pair)
            return merge;
    }
}

struct cached {
    uint64_t hash;
    uint8_t len, count; /* count 0: free */
    char word[CACHED_WORD];
    int32_t ids[CACHED_IDS];
};

struct symbol { /* of a long word */
    int32_t id;
    int32_t next, previous; /* -1: none */
};

struct candidate { /* a pair that may be merged; stale where its symbols have changed */
    int32_t rank, left, result, left_id, right_id;
};

struct tokenizer_cache {
    const struct tokenizer *tokenizer;
    struct arena own; /* of long words */
    struct cached *slots;
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
    cache->tokenizer = tokenizer;
    cache->slots = ARENA_ARRAY(arena, struct cached, CACHE_SLOTS);
    arena_init(&cache->own);
    arena_defer(arena, free_cache, cache);
    return cache;
}

/* ids holds a symbol per byte at first; each round merges every place of the best pair, left to right. */
static size_t merge_short(const struct tokenizer *tokenizer, int32_t *ids, size_t count)
{
    int32_t ranks[SHORT_WORD], results[SHORT_WORD];
    for (size_t i = 0; i + 1 < count; i++) {
        const struct bpe_merge *merge = find_merge(tokenizer, ids[i], ids[i + 1]);
        ranks[i] = merge == NULL ? INT32_MAX : merge->rank;
        results[i] = merge == NULL ? -1 : merge->result;
    }
    while (count > 1) {
        size_t best = 0;
        for (size_t i = 1; i + 1 < count; i++)
            if (ranks[i] < ranks[best])
                best = i;
        if (ranks[best] == INT32_MAX)
            break;
        ids[best] = results[best];
        memmove(&ids[best + 1], &ids[best + 2], (count - best - 2) * sizeof *ids);
        memmove(&ranks[best], &ranks[best + 1], (count - best - 2) * sizeof *ranks);
        memmove(&results[best], &results[best + 1], (count - best - 2) * sizeof *results);
        count--;
        for (size_t i = best == 0 ? 0 : best - 1; i <= best && i + 1 < count; i++) {
            const struct bpe_merge *merge = find_merge(tokenizer, ids[i], ids[i + 1]);
            ranks[i] = merge == NULL ? INT32_MAX : merge->rank;
            results[i] = merge == NULL ? -1 : merge->result;
        }
    }
    return count;
}

struct long_word {
    const struct tokenizer *tokenizer;
    struct symbol *symbols;
    struct candidate *heap; /* least (rank, left) first */
    size_t count;
};

static bool before(const struct candidate *a, const struct candidate *b)
{
    return a->rank != b->rank ? a->rank < b->rank : a->left < b->left;
}

static void push(struct long_word *word, struct candidate candidate)
{
    size_t at = word->count++;
    while (at > 0 && before(&candidate, &word->heap[(at - 1) / 2])) {
        word->heap[at] = word->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    word->heap[at] = candidate;
}

static struct candidate pop(struct long_word *word)
{
    struct candidate top = word->heap[0], last = word->heap[--word->count];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < word->count; at = child) {
        if (child + 1 < word->count && before(&word->heap[child + 1], &word->heap[child]))
            child++;
        if (!before(&word->heap[child], &last))
            break;
        word->heap[at] = word->heap[child];
    }
    word->heap[at] = last;
    return top;
}

static void offer(struct long_word *word, int32_t left)
{
    const struct symbol *symbol = left < 0 ? NULL : &word->symbols[left];
    if (symbol == NULL || symbol->next < 0)
        return;
    int32_t right_id = word->symbols[symbol->next].id;
    const struct bpe_merge *merge = find_merge(word->tokenizer, symbol->id, right_id);
    if (merge != NULL)
        push(word, (struct candidate){merge->rank, left, merge->result, symbol->id, right_id});
}

static void apply(struct long_word *word, const struct candidate *candidate)
{
    struct symbol *left = &word->symbols[candidate->left];
    if (left->id != candidate->left_id || left->next < 0 || word->symbols[left->next].id != candidate->right_id)
        return; /* stale */
    struct symbol *right = &word->symbols[left->next];
    left->id = candidate->result;
    left->next = right->next;
    right->id = -1;
    if (right->next >= 0)
        word->symbols[right->next].previous = candidate->left;
    offer(word, left->previous);
    offer(word, candidate->left);
}

/* A candidate per byte at first and at most two per merge: the heap never holds more than three per byte. */
static size_t merge_long(struct tokenizer_cache *cache, int32_t *ids, size_t count)
{
    struct long_word word = {.tokenizer = cache->tokenizer,
                             .symbols = ARENA_ARRAY(&cache->own, struct symbol, count),
                             .heap = ARENA_ARRAY(&cache->own, struct candidate, 3 * count)};
    for (size_t i = 0; i < count; i++)
        word.symbols[i] = (struct symbol){ids[i], i + 1 < count ? (int32_t)i + 1 : -1, (int32_t)i - 1};
    for (size_t i = 0; i + 1 < count; i++)
        offer(&word, (int32_t)i);
    while (word.count > 0) {
        struct candidate candidate = pop(&word);
        apply(&word, &candidate);
    }
    size_t written = 0;
    for (int32_t i = 0; i >= 0; i = word.symbols[i].next)
        ids[written++] = word.symbols[i].id;
    arena_clear(&cache->own);
    return written;
}

static size_t merge_word(struct tokenizer_cache *cache, const char *word, size_t bytes, int32_t *ids)
{
    for (size_t i = 0; i < bytes; i++)
        ids[i] = cache->tokenizer->byte_ids[(unsigned char)word[i]];
    return bytes <= SHORT_WORD ? merge_short(cache->tokenizer, ids, bytes) : merge_long(cache, ids, bytes);
}

static size_t encode_word(struct tokenizer_cache *cache, const char *word, size_t bytes, int32_t *ids)
{
    if (bytes > CACHED_WORD)
        return merge_word(cache, word, bytes, ids);
    uint64_t hash = hash64(word, bytes, 0);
    struct cached *cached = &cache->slots[hash & (CACHE_SLOTS - 1)];
    if (cached->count > 0 && cached->hash == hash && cached->len == bytes && memcmp(cached->word, word, bytes) == 0) {
        memcpy(ids, cached->ids, cached->count * sizeof *ids);
        return cached->count;
    }
    size_t count = merge_word(cache, word, bytes, ids);
    if (count <= CACHED_IDS) {
        cached->hash = hash;
        cached->len = (uint8_t)bytes;
        cached->count = (uint8_t)count;
        memcpy(cached->word, word, bytes);
        memcpy(cached->ids, ids, count * sizeof *ids);
    }
    return count;
}

/* A word is cut so that offsets fit 31 bits; a run of a class of over a gigabyte is cut there, as nothing else would
 * be. */
size_t tokenizer_encode(struct tokenizer_cache *cache, const char *text, size_t bytes, int32_t *ids)
{
    enum { LONGEST = 1 << 29 };
    size_t written = 0;
    for (size_t at = 0; at < bytes;) {
        size_t rest = bytes - at;
        size_t length = pretokenize_next(text + at, rest < LONGEST ? rest : LONGEST);
        written += encode_word(cache, text + at, length, ids + written);
        at += length;
    }
    return written;
}
