/*
 * bpe: see bpe.h. A short word is merged in an array, looking for the best pair each time; a long one with a heap, so
 * that no input takes quadratic time.
 */
#include "lib/text/bpe.h"

#include <string.h>

enum { SHORT_WORD = 64, MIDDLE_WORD = 512 }; /* bytes; a heap for a middle word is on the stack */

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
    while (tokenizer->merges[at].rank >= 0 && tokenizer->merges[at].pair != pair)
        at = (at + 1) & tokenizer->merge_mask;
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

/*
 * A short word's tokens stay where their first bytes are: a bit of `starts` for each. An offer is the rank of merging
 * the token there with the next, and the place, in one number, so that the least says both.
 */
enum { PLACE_BITS = 6, NO_OFFER = -1 };

struct short_word {
    const struct tokenizer *tokenizer;
    int32_t *ids;
    uint64_t starts;
    uint32_t offers[SHORT_WORD];
    int32_t results[SHORT_WORD];
};

static void renew_offer(struct short_word *word, size_t at)
{
    uint64_t later = word->starts & ~UINT64_C(1) << at;
    const struct bpe_merge *merge = NULL;
    if (later != 0)
        merge = find_merge(word->tokenizer, word->ids[at], word->ids[__builtin_ctzll(later)]);
    word->offers[at] = (uint32_t)NO_OFFER;
    if (merge != NULL) {
        word->offers[at] = (uint32_t)merge->rank << PLACE_BITS | (uint32_t)at;
        word->results[at] = merge->result;
    }
}

/* The token at `at` takes in the next one. */
static void merge_next(struct short_word *word, size_t at)
{
    size_t next = (size_t)__builtin_ctzll(word->starts & ~UINT64_C(1) << at);
    uint64_t earlier = word->starts & ((UINT64_C(1) << at) - 1);
    word->ids[at] = word->results[at];
    word->starts &= ~(UINT64_C(1) << next);
    word->offers[next] = (uint32_t)NO_OFFER;
    renew_offer(word, at);
    if (earlier != 0)
        renew_offer(word, 63 - (size_t)__builtin_clzll(earlier));
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Four minima side by side: none waits for another. */
static uint32_t least_offer(const uint32_t *offers, size_t count)
{
    uint32_t a = offers[0], b = offers[1], c = offers[2], d = offers[3];
    for (size_t i = 4; i < count; i += 4) {
        a = smaller(a, offers[i]);
        b = smaller(b, offers[i + 1]);
        c = smaller(c, offers[i + 2]);
        d = smaller(d, offers[i + 3]);
    }
    return smaller(smaller(a, b), smaller(c, d));
}

static size_t merge_short(const struct tokenizer *tokenizer, int32_t *ids, size_t count)
{
    struct short_word word;
    size_t written = 0;
    uint32_t least;
    word.tokenizer = tokenizer;
    word.ids = ids;
    word.starts = UINT64_MAX >> (SHORT_WORD - count);
    for (size_t i = 0; i < count; i++)
        renew_offer(&word, i);
    for (size_t i = count; i % 4 != 0; i++)
        word.offers[i] = (uint32_t)NO_OFFER;
    while ((least = least_offer(word.offers, count)) != (uint32_t)NO_OFFER)
        merge_next(&word, least % (1 << PLACE_BITS));
    for (uint64_t left = word.starts; left != 0; left &= left - 1)
        ids[written++] = ids[__builtin_ctzll(left)];
    return written;
}

/*
 * A long word stays where its bytes are: a token's id stands at its first and at its last byte, -1 at those between. So
 * the neighbours of a token are found from its length, without links.
 *
 * The heap holds (rank, place of the left token). An entry is stale unless the tokens at that place have that rank: a
 * rank is of one pair only, and a place that has become the last byte of a token has the id of a token too long to have
 * been there before.
 */
struct long_word {
    const struct tokenizer *tokenizer;
    int32_t *ids;
    size_t bytes;
    uint64_t *heap; /* rank << 32 | place; least first */
    size_t count;
};

static size_t length_at(const struct long_word *word, size_t place)
{
    return word->tokenizer->tokens[word->ids[place]].len;
}

static void push(struct long_word *word, uint64_t entry)
{
    size_t at = word->count++;
    for (; at > 0 && entry < word->heap[(at - 1) / 2]; at = (at - 1) / 2)
        word->heap[at] = word->heap[(at - 1) / 2];
    word->heap[at] = entry;
}

static uint64_t pop(struct long_word *word)
{
    uint64_t top = word->heap[0], last = word->heap[--word->count];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < word->count; at = child) {
        if (child + 1 < word->count && word->heap[child + 1] < word->heap[child])
            child++;
        if (last <= word->heap[child])
            break;
        word->heap[at] = word->heap[child];
    }
    word->heap[at] = last;
    return top;
}

/* The merge of the token at this place with the next, or NULL. */
static const struct bpe_merge *merge_at(const struct long_word *word, size_t place)
{
    size_t next = place + length_at(word, place);
    return next < word->bytes ? find_merge(word->tokenizer, word->ids[place], word->ids[next]) : NULL;
}

static void offer(struct long_word *word, size_t place)
{
    const struct bpe_merge *merge = merge_at(word, place);
    if (merge != NULL)
        push(word, (uint64_t)(uint32_t)merge->rank << 32 | place);
}

static void apply(struct long_word *word, uint64_t entry)
{
    size_t place = (uint32_t)entry;
    const struct bpe_merge *merge = word->ids[place] < 0 ? NULL : merge_at(word, place);
    if (merge == NULL || (uint64_t)merge->rank != entry >> 32)
        return; /* stale */
    size_t middle = place + length_at(word, place), end = middle + length_at(word, middle);
    word->ids[middle - 1] = word->ids[middle] = -1;
    word->ids[place] = word->ids[end - 1] = merge->result;
    if (place > 0)
        offer(word, place - length_at(word, place - 1));
    offer(word, place);
}

/* An entry per byte at first, and each merge takes one away and adds at most two: never more than two per byte. */
static size_t merge_long(const struct tokenizer *tokenizer, int32_t *ids, size_t bytes)
{
    uint64_t small[2 * MIDDLE_WORD];
    struct arena arena;
    arena_init(&arena);
    struct long_word word = {tokenizer, ids, bytes, small, 0};
    if (bytes > MIDDLE_WORD)
        word.heap = ARENA_ARRAY(&arena, uint64_t, 2 * bytes);
    for (size_t i = 0; i + 1 < bytes; i++)
        offer(&word, i);
    while (word.count > 0)
        apply(&word, pop(&word));
    size_t written = 0;
    for (size_t i = 0; i < bytes;) {
        int32_t id = ids[i];
        i += tokenizer->tokens[id].len;
        ids[written++] = id;
    }
    arena_release(&arena);
    return written;
}

size_t bpe_encode_word(const struct tokenizer *tokenizer, const char *word, size_t bytes, int32_t *ids)
{
    for (size_t i = 0; i < bytes; i++)
        ids[i] = tokenizer->byte_ids[(unsigned char)word[i]];
    return bytes <= SHORT_WORD ? merge_short(tokenizer, ids, bytes) : merge_long(tokenizer, ids, bytes);
}
