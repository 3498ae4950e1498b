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

/* Rank and result of a pair in one number, so that the least is the one to merge; the greatest where there is none. */
static uint64_t offer_of(const struct tokenizer *tokenizer, int32_t left, int32_t right)
{
    const struct bpe_merge *merge = find_merge(tokenizer, left, right);
    return merge == NULL ? UINT64_MAX : (uint64_t)(uint32_t)merge->rank << 32 | (uint32_t)merge->result;
}

/* offers[i] is about ids[i] and ids[i + 1]. */
static size_t merge_short(const struct tokenizer *tokenizer, int32_t *ids, size_t count)
{
    uint64_t offers[SHORT_WORD];
    for (size_t i = 0; i + 1 < count; i++)
        offers[i] = offer_of(tokenizer, ids[i], ids[i + 1]);
    while (count > 1) {
        size_t best = 0;
        for (size_t i = 1; i + 1 < count; i++)
            if (offers[i] < offers[best])
                best = i;
        if (offers[best] == UINT64_MAX)
            break;
        ids[best] = (int32_t)(uint32_t)offers[best];
        memmove(&ids[best + 1], &ids[best + 2], (count - best - 2) * sizeof *ids);
        memmove(&offers[best], &offers[best + 1], (count - best - 2) * sizeof *offers);
        count--;
        if (best > 0)
            offers[best - 1] = offer_of(tokenizer, ids[best - 1], ids[best]);
        if (best + 1 < count)
            offers[best] = offer_of(tokenizer, ids[best], ids[best + 1]);
    }
    return count;
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
