/*
 * bpe_learn: see bpe_learn.h.
 *
 * All words stand in one row of ids, a slot per byte: a token's id is at its first and at its last byte, -1 between
 * them and between words. So the neighbours of a token are found without links, and a merge visits only the places
 * where its pair is: learning takes time in proportion to the text, however long its words are.
 *
 * A pair's places come in lists, one for each merge that made some. A heap holds a list by its pair's count; an entry
 * whose count has changed since goes back with the present one.
 */
#include "tokenize/bpe_learn.h"

#include "lib/base/digest.h"
#include "lib/text/byte_level.h"

#include <string.h>

struct pair {
    uint64_t ids; /* left << 32 | right */
    int64_t count;
    uint32_t *fill; /* where its next new place goes */
    uint32_t added; /* places found since lists were last made */
    size_t merge;   /* 1 + its last merge; 0: none yet */
};

struct place {
    uint32_t pair, at;
};

struct list {
    const uint32_t *places; /* ascending; stale where other tokens stand there now */
    uint32_t count, pair;
};

struct entry {
    int64_t count;
    uint64_t ids;
    uint32_t list;
};

struct learner {
    struct arena *arena;
    const struct bpe_settings *settings;
    struct bpe_learned *learned;
    size_t token_capacity, merge_capacity;
    int32_t *row;
    uint32_t *word_of; /* [slot] -> word_counts */
    int64_t *word_counts;
    size_t row_length;
    struct pair *pairs;
    size_t pair_count, pair_capacity;
    uint32_t *index; /* open-addressed: 1 + pair; 0 free */
    size_t index_mask;
    struct list *lists;
    size_t list_count, list_capacity;
    struct entry *heap;
    size_t heap_count, heap_capacity;
    struct place *found; /* new places of pairs */
    size_t found_count, found_capacity;
    uint32_t *fresh; /* pairs that have some */
    size_t fresh_count, fresh_capacity;
    int32_t *by_text; /* open-addressed: text -> token, -1 free; a merge may spell a token that exists */
    size_t by_text_mask;
};

static uint64_t ids_of(int32_t left, int32_t right)
{
    return (uint64_t)(uint32_t)left << 32 | (uint32_t)right;
}

static uint32_t *find_index(const struct learner *learner, uint64_t ids)
{
    size_t at = (size_t)((ids * 0x9E3779B97F4A7C15ULL) >> 20) & learner->index_mask;
    while (learner->index[at] != 0 && learner->pairs[learner->index[at] - 1].ids != ids)
        at = (at + 1) & learner->index_mask;
    return &learner->index[at];
}

static void grow_index(struct learner *learner)
{
    learner->index_mask = 2 * learner->index_mask + 1;
    learner->index = ARENA_ARRAY(learner->arena, uint32_t, learner->index_mask + 1);
    for (size_t i = 0; i < learner->pair_count; i++)
        *find_index(learner, learner->pairs[i].ids) = (uint32_t)i + 1;
}

static uint32_t need_pair(struct learner *learner, uint64_t ids)
{
    uint32_t *index = find_index(learner, ids);
    if (*index != 0)
        return *index - 1;
    ARENA_PUSH(learner->arena, learner->pairs, learner->pair_count, learner->pair_capacity);
    learner->pairs[learner->pair_count] = (struct pair){.ids = ids};
    *index = (uint32_t)++learner->pair_count;
    if (2 * learner->pair_count > learner->index_mask)
        grow_index(learner);
    return (uint32_t)learner->pair_count - 1;
}

static void add_place(struct learner *learner, int32_t left, int32_t right, size_t at)
{
    uint32_t number = need_pair(learner, ids_of(left, right));
    struct pair *pair = &learner->pairs[number];
    pair->count += learner->word_counts[learner->word_of[at]];
    if (pair->added++ == 0) {
        ARENA_PUSH(learner->arena, learner->fresh, learner->fresh_count, learner->fresh_capacity);
        learner->fresh[learner->fresh_count++] = number;
    }
    ARENA_PUSH(learner->arena, learner->found, learner->found_count, learner->found_capacity);
    learner->found[learner->found_count++] = (struct place){number, (uint32_t)at};
}

static void take_place(struct learner *learner, int32_t left, int32_t right, size_t at)
{
    uint32_t index = *find_index(learner, ids_of(left, right));
    if (index != 0)
        learner->pairs[index - 1].count -= learner->word_counts[learner->word_of[at]];
}

/* More frequent first, then the smaller pair. */
static bool before(const struct entry *a, const struct entry *b)
{
    return a->count != b->count ? a->count > b->count : a->ids < b->ids;
}

static void push(struct learner *learner, struct entry entry)
{
    ARENA_PUSH(learner->arena, learner->heap, learner->heap_count, learner->heap_capacity);
    size_t at = learner->heap_count++;
    struct entry *heap = learner->heap;
    for (; at > 0 && before(&entry, &heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = entry;
}

static struct entry pop(struct learner *learner)
{
    struct entry *heap = learner->heap, top = heap[0], last = heap[--learner->heap_count];
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

/* The places found since the last time become a list per pair, and the lists go into the heap. */
static void make_lists(struct learner *learner)
{
    for (size_t i = 0; i < learner->fresh_count; i++) {
        struct pair *pair = &learner->pairs[learner->fresh[i]];
        uint32_t *places = ARENA_ARRAY(learner->arena, uint32_t, pair->added);
        ARENA_PUSH(learner->arena, learner->lists, learner->list_count, learner->list_capacity);
        learner->lists[learner->list_count] = (struct list){places, pair->added, learner->fresh[i]};
        pair->fill = places;
        pair->added = 0;
        push(learner, (struct entry){pair->count, pair->ids, (uint32_t)learner->list_count++});
    }
    for (size_t i = 0; i < learner->found_count; i++)
        *learner->pairs[learner->found[i].pair].fill++ = learner->found[i].at;
    learner->fresh_count = learner->found_count = 0;
}

static int32_t specials(const struct learner *learner)
{
    return (int32_t)learner->settings->specials;
}

static const struct bpe_token *token_of(const struct learner *learner, int32_t id)
{
    return &learner->learned->tokens[id - specials(learner)];
}

/* The token that spells this text, which the token keeps; made where there is none. */
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
    learned->tokens[learned->token_count] = (struct bpe_token){data, len};
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
    learner->index_mask = (1 << 16) - 1;
    learner->index = ARENA_ARRAY(learner->arena, uint32_t, learner->index_mask + 1);
}

static void spell(struct learner *learner, const struct words *words)
{
    unsigned char order[256];
    int32_t ids[256];
    size_t at = 0;
    uint32_t number = 0;
    byte_level_order(order);
    for (int i = 0; i < 256; i++)
        ids[order[i]] = token_for(learner, arena_strndup(learner->arena, (const char *)&order[i], 1), 1);
    learner->row_length = words->bytes + words->count + 1;
    learner->row = ARENA_ARRAY(learner->arena, int32_t, learner->row_length);
    learner->word_of = ARENA_ARRAY(learner->arena, uint32_t, learner->row_length);
    learner->word_counts = ARENA_ARRAY(learner->arena, int64_t, words->count);
    learner->row[at++] = -1;
    for (size_t i = 0; i <= words->mask; i++) {
        const struct word *word = &words->slots[i];
        if (word->count == 0)
            continue;
        for (size_t j = 0; j < word->len; j++, at++) {
            learner->row[at] = ids[(unsigned char)word->data[j]];
            learner->word_of[at] = number;
        }
        learner->word_counts[number++] = word->count;
        learner->row[at++] = -1;
    }
}

static bool short_enough(const struct learner *learner, int32_t a, int32_t b)
{
    int64_t most = learner->settings->max_token_length;
    return most == 0 || (int64_t)(token_of(learner, a)->len + token_of(learner, b)->len) <= most;
}

static void count_pairs(struct learner *learner)
{
    const int32_t *row = learner->row;
    for (size_t at = 0; at + 1 < learner->row_length; at++)
        if (row[at] >= 0 && row[at + 1] >= 0 && short_enough(learner, row[at], row[at + 1]))
            add_place(learner, row[at], row[at + 1], at);
    make_lists(learner);
}

static void merge_at(struct learner *learner, size_t at, int32_t left, int32_t right, int32_t merged)
{
    int32_t *row = learner->row;
    size_t middle = at + token_of(learner, left)->len;
    if (row[at] != left || row[middle] != right)
        return; /* stale */
    size_t end = middle + token_of(learner, right)->len;
    int32_t previous = row[at - 1], next = row[end];
    row[middle - 1] = row[middle] = -1;
    row[at] = row[end - 1] = merged;
    if (previous >= 0) {
        take_place(learner, previous, left, at);
        if (short_enough(learner, previous, merged))
            add_place(learner, previous, merged, at - token_of(learner, previous)->len);
    }
    if (next >= 0) {
        take_place(learner, right, next, at);
        if (short_enough(learner, merged, next))
            add_place(learner, merged, next, at);
    }
}

static int32_t merged_token(struct learner *learner, int32_t left, int32_t right)
{
    const struct bpe_token *a = token_of(learner, left), *b = token_of(learner, right);
    char *text = arena_alloc(learner->arena, a->len + b->len + 1);
    memcpy(text, a->data, a->len);
    memcpy(text + a->len, b->data, b->len);
    return token_for(learner, text, a->len + b->len);
}

static void step(const struct learner *learner)
{
    if (learner->settings->task != NULL)
        task_stepped(learner->settings->task);
}

static void merge(struct learner *learner, const struct list *list)
{
    struct bpe_learned *learned = learner->learned;
    struct pair *pair = &learner->pairs[list->pair];
    int32_t left = (int32_t)(pair->ids >> 32), right = (int32_t)(uint32_t)pair->ids;
    int32_t merged = merged_token(learner, left, right);
    if (pair->merge > 0)
        learned->merges[pair->merge - 1].left = -1; /* its last merge counts */
    ARENA_PUSH(learner->arena, learned->merges, learned->merge_count, learner->merge_capacity);
    learned->merges[learned->merge_count++] = (struct bpe_pair){left, right};
    pair->merge = learned->merge_count;
    for (uint32_t i = 0; i < list->count; i++)
        merge_at(learner, list->places[i], left, right, merged);
    make_lists(learner);
}

static void drop_repeated(struct bpe_learned *learned)
{
    size_t kept = 0;
    for (size_t i = 0; i < learned->merge_count; i++)
        if (learned->merges[i].left >= 0)
            learned->merges[kept++] = learned->merges[i];
    learned->merge_count = kept;
}

bool bpe_learn(struct arena *arena, const struct words *words, const struct bpe_settings *settings,
               struct bpe_learned *learned, struct err *err)
{
    struct learner learner = {.arena = arena, .settings = settings, .learned = learned};
    int64_t least = settings->min_frequency > 1 ? settings->min_frequency : 1;
    memset(learned, 0, sizeof *learned);
    if (words->bytes + words->count >= UINT32_MAX)
        return err_set(err, ERR_INPUT, "more than 4 GB of different words: learn from fewer sources");
    open_tables(&learner);
    spell(&learner, words);
    step(&learner);
    count_pairs(&learner);
    while ((int64_t)learned->token_count + settings->specials < settings->vocabulary && learner.heap_count > 0) {
        struct entry top = pop(&learner);
        struct list list = learner.lists[top.list];
        int64_t count = learner.pairs[list.pair].count;
        if (count != top.count) {
            if (count > 0)
                push(&learner, (struct entry){count, top.ids, top.list});
            continue;
        }
        if (count < least)
            break;
        merge(&learner, &list);
        step(&learner);
    }
    drop_repeated(learned);
    return true;
}
