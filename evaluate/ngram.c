/*
 * ngram: see ngram.h. Learning is one pass over the tokens per order. `at[p]` holds the node of the n-gram that ends at
 * token p; the next order's n-gram is that node at p - 1 with the token at p. So all keys of a pass are known
 * beforehand and the tables can be prefetched, which is what makes millions of random accesses cheap.
 */
#include "evaluate/ngram.h"

#include <string.h>

#define NO_NODE     UINT32_MAX
#define STEP_TOKENS (1 << 20)
#define LOOKAHEAD   24 /* tokens between prefetch and use; 8 to 32 are equally good on Zen 4 */

struct node {
    uint64_t key; /* prefix's node << 32 | last token */
    uint32_t
        count; /* adjusted: distinct tokens before it; as it is at the highest order and at a document's beginning */
};

/* What follows a context: the denominator, and how many n-grams have adjusted count 1, 2, 3 and more. */
struct follow {
    uint32_t kinds[3];
    uint64_t total;
};

struct level {
    struct node *nodes;
    size_t count, capacity;
    uint32_t *slots; /* open addressing; node + 1, 0 where free */
    size_t slot_count;
    struct follow *follow; /* [count] of this level's n-grams as contexts; NULL at the highest order */
    double discount[4];    /* by count; [0] is 0, [3] serves 3 and more */
};

struct ngram {
    struct arena *arena;
    int order;
    int64_t vocabulary;
    int32_t end_of_text;
    struct task *task;
    int64_t bytes, most_bytes;                /* of tables so far, and at most; 0: any number */
    struct follow start;                      /* of the empty context */
    struct level level[NGRAM_MOST_ORDER + 1]; /* [1..order]; the nodes of level 1 are the tokens themselves */
};

/* Fibonacci hashing (Knuth, TAOCP 3, 6.4): the high bits of a product. */
static size_t slot_of(const struct level *level, uint64_t key)
{
    uint64_t mixed = (key ^ (key >> 29)) * 0x9e3779b97f4a7c15u;
    return (size_t)(mixed >> 20) & (level->slot_count - 1);
}

static uint32_t level_find(const struct level *level, uint64_t key)
{
    for (size_t slot = slot_of(level, key);; slot = (slot + 1) & (level->slot_count - 1)) {
        uint32_t node = level->slots[slot];
        if (node == 0)
            return NO_NODE;
        if (level->nodes[node - 1].key == key)
            return node - 1;
    }
}

static void level_place(struct level *level, uint32_t node)
{
    size_t slot = slot_of(level, level->nodes[node].key);
    while (level->slots[slot] != 0)
        slot = (slot + 1) & (level->slot_count - 1);
    level->slots[slot] = node + 1;
}

/* Room for tables that grow by so many bytes; false past the limit. */
static bool take_memory(struct ngram *ngram, size_t bytes)
{
    ngram->bytes += (int64_t)bytes;
    return ngram->most_bytes == 0 || ngram->bytes <= ngram->most_bytes;
}

static bool level_widen(struct ngram *ngram, struct level *level)
{
    size_t slot_count = level->slot_count == 0 ? 1 << 12 : level->slot_count * 2;
    if (!take_memory(ngram, (slot_count - level->slot_count) * sizeof *level->slots))
        return false;
    level->slots = arena_grow(ngram->arena, level->slots, level->slot_count * sizeof *level->slots,
                              slot_count * sizeof *level->slots);
    memset(level->slots, 0, slot_count * sizeof *level->slots);
    level->slot_count = slot_count;
    for (size_t node = 0; node < level->count; node++)
        level_place(level, (uint32_t)node);
    return true;
}

/* NO_NODE where there is no room. */
static uint32_t level_add(struct ngram *ngram, struct level *level, uint64_t key)
{
    if (level->count == level->capacity) {
        size_t capacity = level->capacity == 0 ? 1 << 11 : level->capacity * 2;
        if (!take_memory(ngram, (capacity - level->capacity) * sizeof *level->nodes))
            return NO_NODE;
        level->nodes = arena_grow(ngram->arena, level->nodes, level->capacity * sizeof *level->nodes,
                                  capacity * sizeof *level->nodes);
        level->capacity = capacity;
    }
    if (level->count * 2 >= level->slot_count && !level_widen(ngram, level))
        return NO_NODE;
    uint32_t node = (uint32_t)level->count++;
    level->nodes[node] = (struct node){.key = key, .count = 0};
    level_place(level, node);
    return node;
}

static void step(const struct ngram *ngram)
{
    if (ngram->task != NULL)
        task_stepped(ngram->task);
}

static uint64_t key_of(uint32_t prefix, int32_t token)
{
    return (uint64_t)prefix << 32 | (uint32_t)token;
}

static bool check_tokens(const struct ngram *ngram, const int32_t *tokens, size_t count, struct err *err)
{
    if (count < 2)
        return err_set(err, ERR_INPUT, "there is no document to learn n-grams from; the training split is empty");
    if (count > UINT32_MAX - 1)
        return err_set(err, ERR_INPUT, "%zu tokens are too many for one n-gram model; the most is %lu", count,
                       (unsigned long)UINT32_MAX - 1);
    for (size_t i = 0; i < count; i++)
        if (tokens[i] < 0 || tokens[i] >= ngram->vocabulary)
            return err_set(err, ERR_INPUT, "token %zu is %d, not in [0, %lld); the shard is of another tokenizer", i,
                           tokens[i], (long long)ngram->vocabulary);
    if (tokens[0] != ngram->end_of_text || tokens[count - 1] != ngram->end_of_text)
        return err_set(err, ERR_INPUT, "a sequence of tokens does not end with <|endoftext|>");
    return true;
}

static void count_unigrams(struct ngram *ngram, const int32_t *tokens, size_t count, uint32_t *at)
{
    struct level *level = &ngram->level[1];
    level->count = level->capacity = (size_t)ngram->vocabulary;
    level->nodes = ARENA_ARRAY(ngram->arena, struct node, level->count);
    for (size_t i = 0; i < count; i++)
        at[i] = (uint32_t)tokens[i];
    if (ngram->order == 1)
        for (size_t i = 1; i < count; i++)
            level->nodes[tokens[i]].count++;
}

/* One pass: at[] goes from the nodes of order - 1 to those of order. A new n-gram is one more distinct left neighbour
 * of its suffix; an n-gram at a document's beginning has no left neighbour and is counted as often as it stands there.
 */
static bool count_order(struct ngram *ngram, int order, const int32_t *tokens, size_t count, uint32_t *at)
{
    struct level *level = &ngram->level[order], *shorter = &ngram->level[order - 1];
    if (!level_widen(ngram, level))
        return false;
    int before = 0; /* tokens of this document before p, with the mark at its beginning */
    uint32_t previous = at[0];
    at[0] = NO_NODE;
    for (size_t p = 1; p < count; p++) {
        if (p % STEP_TOKENS == 0)
            step(ngram);
        before = tokens[p - 1] == ngram->end_of_text ? 1 : before + 1;
        if (p + LOOKAHEAD < count)
            __builtin_prefetch(&level->slots[slot_of(level, key_of(at[p + LOOKAHEAD - 1], tokens[p + LOOKAHEAD]))]);
        uint32_t suffix = at[p], node = NO_NODE;
        if (before >= order - 1) {
            uint64_t key = key_of(previous, tokens[p]);
            node = level_find(level, key);
            if (node == NO_NODE) {
                node = level_add(ngram, level, key);
                if (node == NO_NODE)
                    return false;
                shorter->nodes[suffix].count++;
            }
            if (order == ngram->order || before == order - 1)
                level->nodes[node].count++;
        }
        previous = suffix;
        at[p] = node;
    }
    return true;
}

static void add_follower(struct follow *follow, uint32_t count)
{
    if (count == 0)
        return;
    follow->total += count;
    follow->kinds[count > 3 ? 2 : count - 1]++;
}

static void sum_contexts(struct ngram *ngram)
{
    for (size_t token = 0; token < ngram->level[1].count; token++)
        add_follower(&ngram->start, ngram->level[1].nodes[token].count);
    for (int order = 2; order <= ngram->order; order++) {
        step(ngram);
        struct level *level = &ngram->level[order], *context = &ngram->level[order - 1];
        context->follow = ARENA_ARRAY(ngram->arena, struct follow, context->count);
        for (size_t node = 0; node < level->count; node++)
            add_follower(&context->follow[level->nodes[node].key >> 32], level->nodes[node].count);
    }
}

/* Chen and Goodman's estimates (equation 26): D(c) = c - (c + 1) Y n(c+1) / n(c), Y = n1 / (n1 + 2 n2). Where a count
 * of counts is zero or a discount leaves [0, c], the order takes 0.5, 1 and 1.5, as lmplz --discount_fallback does. */
static void estimate_discounts(struct level *level)
{
    static const double fallback[4] = {0, 0.5, 1, 1.5};
    double of[5] = {0};
    for (size_t node = 0; node < level->count; node++)
        if (level->nodes[node].count >= 1 && level->nodes[node].count <= 4)
            of[level->nodes[node].count]++;
    bool sound = of[1] > 0 && of[2] > 0 && of[3] > 0;
    double y = sound ? of[1] / (of[1] + 2 * of[2]) : 0;
    level->discount[0] = 0;
    for (int c = 1; c <= 3 && sound; c++) {
        level->discount[c] = c - (c + 1) * y * of[c + 1] / of[c];
        sound = level->discount[c] >= 0 && level->discount[c] <= c;
    }
    if (!sound)
        memcpy(level->discount, fallback, sizeof fallback);
}

static bool count_orders(struct ngram *ngram, const int32_t *tokens, size_t count, struct err *err)
{
    struct arena scratch;
    arena_init(&scratch);
    uint32_t *at = ARENA_ARRAY(&scratch, uint32_t, count);
    count_unigrams(ngram, tokens, count, at);
    int order = 2;
    while (order <= ngram->order && count_order(ngram, order, tokens, count, at))
        order++;
    arena_release(&scratch);
    if (order > ngram->order)
        return true;
    return err_set(
        err, ERR_INPUT,
        "the n-grams of %zu tokens do not fit in %.1f MB at order %d; lower evaluate.ngram.order to %d, or raise "
        "evaluate.ngram.memory where the machine has it",
        count - 1, (double)ngram->most_bytes / 1e6, order, order > 2 ? order - 1 : 2);
}

struct ngram *ngram_learn(struct arena *arena, const struct ngram_settings *settings, const int32_t *tokens,
                          size_t count, struct err *err)
{
    if (settings->order < 1 || settings->order > NGRAM_MOST_ORDER)
        BUG("n-grams of order %d", settings->order);
    struct ngram *ngram = ARENA_NEW(arena, struct ngram);
    *ngram = (struct ngram){.arena = arena,
                            .order = settings->order,
                            .vocabulary = settings->vocabulary,
                            .end_of_text = settings->end_of_text,
                            .task = settings->task,
                            .most_bytes = settings->most_bytes};
    if (!check_tokens(ngram, tokens, count, err) || !count_orders(ngram, tokens, count, err))
        return NULL;
    sum_contexts(ngram);
    for (int k = 1; k <= ngram->order; k++)
        estimate_discounts(&ngram->level[k]);
    return ngram;
}

int64_t ngram_entries(const struct ngram *ngram, int order)
{
    int64_t entries = 0;
    for (size_t node = 0; node < ngram->level[order].count; node++)
        entries += ngram->level[order].nodes[node].count > 0;
    return entries;
}

int64_t ngram_memory(const struct ngram *ngram)
{
    size_t bytes = sizeof *ngram;
    for (int k = 1; k <= ngram->order; k++) {
        const struct level *level = &ngram->level[k];
        bytes += level->capacity * sizeof *level->nodes + level->slot_count * sizeof *level->slots;
        bytes += level->follow == NULL ? 0 : level->count * sizeof *level->follow;
    }
    return (int64_t)bytes;
}

double ngram_discount(const struct ngram *ngram, int order, int count)
{
    return ngram->level[order].discount[count < 3 ? count : 3];
}

void ngram_start(const struct ngram *ngram, struct ngram_state *state)
{
    state->node[1] = (uint32_t)ngram->end_of_text;
    state->length = ngram->order > 1 ? 1 : 0;
}

/* One step of the interpolation: discounted share of the token, and what the discounts left over times the shorter
 * context's probability. */
static double interpolate(const struct level *level, const struct follow *follow, uint32_t count, double shorter)
{
    const double *discount = level->discount;
    double left_over = 0;
    for (int c = 1; c <= 3; c++)
        left_over += discount[c] * follow->kinds[c - 1];
    double kept = count - discount[count < 3 ? count : 3];
    return (kept + left_over * shorter) / (double)follow->total;
}

double ngram_read(const struct ngram *ngram, struct ngram_state *state, int32_t token)
{
    double p =
        interpolate(&ngram->level[1], &ngram->start, ngram->level[1].nodes[token].count, 1 / (double)ngram->vocabulary);
    struct ngram_state after = {.length = ngram->order > 1 ? 1 : 0};
    after.node[1] = (uint32_t)token;
    for (int length = 1; length <= state->length; length++) {
        const struct level *level = &ngram->level[length + 1];
        const struct follow *follow = &ngram->level[length].follow[state->node[length]];
        if (follow->total == 0)
            break;
        uint32_t node = level_find(level, key_of(state->node[length], token));
        p = interpolate(level, follow, node == NO_NODE ? 0 : level->nodes[node].count, p);
        if (node != NO_NODE && length + 1 < ngram->order && after.length == length) {
            after.node[length + 1] = node;
            after.length = length + 1;
        }
    }
    *state = after;
    return p;
}
