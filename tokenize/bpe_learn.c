/*
 * bpe_learn: see bpe_learn.h. Every pair knows its count and the words it is in; a heap gives the most frequent, where
 * an entry whose count has changed since goes back with its present one.
 */
#include "tokenize/bpe_learn.h"

#include "lib/base/buf.h"
#include "lib/base/digest.h"
#include "lib/text/byte_level.h"

#include <string.h>

struct spelling { /* a word as symbols */
    int32_t *symbols;
    int32_t len;
    int64_t count;
};

struct pair_info {
    uint64_t pair; /* left << 32 | right */
    int64_t count;
    int32_t *words; /* where it is, or was */
    size_t word_count, word_capacity;
    bool used;  /* false: a free slot of the table */
    bool fresh; /* counted up in this merge; not in the heap yet */
};

struct heap_entry {
    int64_t count;
    uint64_t pair;
};

struct learner {
    struct arena *arena;
    const struct bpe_settings *settings;
    struct bpe_learned *learned;
    size_t token_capacity, merge_capacity;
    struct spelling *words;
    size_t word_count;
    struct pair_info *pairs; /* open-addressed */
    size_t pair_mask, pair_count;
    struct heap_entry *heap;
    size_t heap_count, heap_capacity;
    uint64_t *fresh;
    size_t fresh_count, fresh_capacity;
    int32_t *by_text; /* open-addressed: text -> token, -1 free; a merge may spell a token that exists */
    size_t by_text_mask;
};

static uint64_t pair_of(int32_t left, int32_t right)
{
    return (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
}

static struct pair_info *find_pair(struct learner *learner, uint64_t pair)
{
    size_t at = (size_t)((pair * 0x9E3779B97F4A7C15ULL) >> 20) & learner->pair_mask;
    while (learner->pairs[at].used && learner->pairs[at].pair != pair)
        at = (at + 1) & learner->pair_mask;
    return &learner->pairs[at];
}

static void grow_pairs(struct learner *learner)
{
    struct pair_info *old = learner->pairs;
    size_t old_slots = learner->pair_mask + 1;
    learner->pair_mask = 2 * old_slots - 1;
    learner->pairs = ARENA_ARRAY(learner->arena, struct pair_info, 2 * old_slots);
    for (size_t i = 0; i < old_slots; i++)
        if (old[i].used)
            *find_pair(learner, old[i].pair) = old[i];
}

static struct pair_info *need_pair(struct learner *learner, uint64_t pair)
{
    struct pair_info *info = find_pair(learner, pair);
    if (info->used)
        return info;
    if (2 * ++learner->pair_count > learner->pair_mask) {
        grow_pairs(learner);
        info = find_pair(learner, pair);
    }
    info->used = true;
    info->pair = pair;
    return info;
}

static void change(struct learner *learner, int32_t left, int32_t right, int64_t by, int32_t word)
{
    struct pair_info *info = need_pair(learner, pair_of(left, right));
    info->count += by;
    if (by <= 0)
        return;
    if (info->word_count == 0 || info->words[info->word_count - 1] != word) {
        ARENA_PUSH(learner->arena, info->words, info->word_count, info->word_capacity);
        info->words[info->word_count++] = word;
    }
    if (!info->fresh) {
        info->fresh = true;
        ARENA_PUSH(learner->arena, learner->fresh, learner->fresh_count, learner->fresh_capacity);
        learner->fresh[learner->fresh_count++] = info->pair;
    }
}

/* More frequent first, then the smaller pair. */
static bool before(const struct heap_entry *a, const struct heap_entry *b)
{
    return a->count != b->count ? a->count > b->count : a->pair < b->pair;
}

static void push(struct learner *learner, struct heap_entry entry)
{
    ARENA_PUSH(learner->arena, learner->heap, learner->heap_count, learner->heap_capacity);
    size_t at = learner->heap_count++;
    struct heap_entry *heap = learner->heap;
    for (; at > 0 && before(&entry, &heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = entry;
}

static struct heap_entry pop(struct learner *learner)
{
    struct heap_entry *heap = learner->heap, top = heap[0], last = heap[--learner->heap_count];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < learner->heap_count; at = child) {
        if (child + 1 < learner->heap_count && before(&heap[child + 1], &heap[child]))
            child++;
        if (!before(&heap[child], &last))
            break;
        heap[at] = heap[child];
    }
    heap[at] = last;
    return top;
}

/* What was counted up since the last time goes into the heap. */
static void push_fresh(struct learner *learner)
{
    for (size_t i = 0; i < learner->fresh_count; i++) {
        struct pair_info *info = find_pair(learner, learner->fresh[i]);
        info->fresh = false;
        if (info->count > 0)
            push(learner, (struct heap_entry){info->count, info->pair});
    }
    learner->fresh_count = 0;
}

static int32_t specials(const struct learner *learner)
{
    return (int32_t)learner->settings->specials;
}

static const struct bpe_token *token_of(const struct learner *learner, int32_t id)
{
    return &learner->learned->tokens[id - specials(learner)];
}

/* The token that spells this text; made where there is none. */
static int32_t token_for(struct learner *learner, const char *data, size_t len)
{
    struct bpe_learned *learned = learner->learned;
    size_t at = hash64(data, len, 0) & learner->by_text_mask;
    for (; learner->by_text[at] >= 0; at = (at + 1) & learner->by_text_mask) {
        const struct bpe_token *token = &learned->tokens[learner->by_text[at]];
        if (token->len == len && memcmp(token->data, data, len) == 0)
            return learner->by_text[at] + specials(learner);
    }
    ARENA_PUSH(learner->arena, learned->tokens, learned->token_count, learner->token_capacity);
    learner->by_text[at] = (int32_t)learned->token_count;
    learned->tokens[learned->token_count] = (struct bpe_token){arena_strndup(learner->arena, data, len), len};
    return (int32_t)learned->token_count++ + specials(learner);
}

static void open_tables(struct learner *learner)
{
    size_t slots = 1024;
    while (slots < 4 * (size_t)learner->settings->vocabulary)
        slots *= 2;
    learner->by_text = ARENA_ARRAY(learner->arena, int32_t, slots);
    memset(learner->by_text, 0xFF, slots * sizeof *learner->by_text);
    learner->by_text_mask = slots - 1;
    learner->pair_mask = (1 << 16) - 1;
    learner->pairs = ARENA_ARRAY(learner->arena, struct pair_info, learner->pair_mask + 1);
}

static void spell(struct learner *learner, const struct words *words)
{
    unsigned char order[256];
    int32_t ids[256];
    byte_level_order(order);
    for (int i = 0; i < 256; i++)
        ids[order[i]] = token_for(learner, (const char *)&order[i], 1);
    learner->words = ARENA_ARRAY(learner->arena, struct spelling, words->count);
    for (size_t i = 0; i <= words->mask; i++) {
        const struct word *word = &words->slots[i];
        if (word->count == 0)
            continue;
        int32_t *symbols = ARENA_ARRAY(learner->arena, int32_t, word->len);
        for (size_t j = 0; j < word->len; j++)
            symbols[j] = ids[(unsigned char)word->data[j]];
        learner->words[learner->word_count++] = (struct spelling){symbols, (int32_t)word->len, word->count};
    }
}

static void count_pairs(struct learner *learner)
{
    for (size_t w = 0; w < learner->word_count; w++) {
        const struct spelling *word = &learner->words[w];
        for (int32_t i = 0; i + 1 < word->len; i++)
            change(learner, word->symbols[i], word->symbols[i + 1], word->count, (int32_t)w);
    }
    push_fresh(learner);
}

static bool short_enough(const struct learner *learner, int32_t a, int32_t b)
{
    int64_t most = learner->settings->max_token_length;
    return most == 0 || (int64_t)(token_of(learner, a)->len + token_of(learner, b)->len) <= most;
}

/* Replaces every left, right by `merged` in one word, left to right, and counts what that changes. */
static void merge_in_word(struct learner *learner, int32_t w, int32_t left, int32_t right, int32_t merged)
{
    struct spelling *word = &learner->words[w];
    int32_t *symbols = word->symbols, out = 0;
    for (int32_t i = 0; i < word->len; i++) {
        if (i + 1 >= word->len || symbols[i] != left || symbols[i + 1] != right) {
            symbols[out++] = symbols[i];
            continue;
        }
        if (out > 0) {
            change(learner, symbols[out - 1], left, -word->count, w);
            if (short_enough(learner, symbols[out - 1], merged))
                change(learner, symbols[out - 1], merged, word->count, w);
        }
        if (i + 2 < word->len) {
            change(learner, right, symbols[i + 2], -word->count, w);
            if (short_enough(learner, merged, symbols[i + 2]))
                change(learner, merged, symbols[i + 2], word->count, w);
        }
        symbols[out++] = merged;
        i++;
    }
    word->len = out;
}

static void merge_everywhere(struct learner *learner, const struct pair_info *pair)
{
    struct bpe_learned *learned = learner->learned;
    int32_t left = (int32_t)(pair->pair >> 32), right = (int32_t)(uint32_t)pair->pair;
    const struct bpe_token *a = token_of(learner, left), *b = token_of(learner, right);
    struct buf text;
    buf_init(&text, learner->arena);
    buf_add(&text, a->data, a->len);
    buf_add(&text, b->data, b->len);
    int32_t merged = token_for(learner, text.data, text.len);
    ARENA_PUSH(learner->arena, learned->merges, learned->merge_count, learner->merge_capacity);
    learned->merges[learned->merge_count++] = (struct bpe_pair){left, right};
    for (size_t i = 0; i < pair->word_count; i++)
        merge_in_word(learner, pair->words[i], left, right, merged);
    find_pair(learner, pair->pair)->count = 0;
    push_fresh(learner);
}

void bpe_learn(struct arena *arena, const struct words *words, const struct bpe_settings *settings,
               struct bpe_learned *learned)
{
    struct learner learner = {.arena = arena, .settings = settings, .learned = learned};
    int64_t least = settings->min_frequency > 1 ? settings->min_frequency : 1;
    memset(learned, 0, sizeof *learned);
    open_tables(&learner);
    spell(&learner, words);
    count_pairs(&learner);
    while ((int64_t)learned->token_count + settings->specials < settings->vocabulary && learner.heap_count > 0) {
        struct heap_entry top = pop(&learner);
        struct pair_info pair = *find_pair(&learner, top.pair); /* the table may move while words change */
        if (pair.count != top.count) {
            if (pair.count > 0)
                push(&learner, (struct heap_entry){pair.count, top.pair});
            continue;
        }
        if (top.count < least)
            break;
        merge_everywhere(&learner, &pair);
    }
}
