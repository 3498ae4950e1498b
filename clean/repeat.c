/*
 * repeat: see the header. Tables are open-addressed, of a power of two over twice the entries; an entry is the position
 * of what was first seen and a part of its hash. What has the same hash is compared byte by byte, so results are exact.
 */
#include "clean/repeat.h"

#include "lib/base/digest.h"

#include <string.h>

#define BASE   0x5851f42d4c957f2du /* odd: Knuth's multiplier for MMIX */
#define POWERS 1024

struct slot {
    uint32_t tag;
    uint32_t at; /* position + 1; 0: free */
};

struct table {
    struct slot *slot;
    size_t mask;
};

struct grams {
    const struct span *word;
    size_t count;
    uint32_t *id;    /* [count]: equal words have equal ids */
    char *joined;    /* the words without what was between them */
    size_t *from;    /* [count + 1]: where each word begins in `joined` */
    uint64_t *hash;  /* [count + 1]: of the letters before each word, as a polynomial in BASE */
    size_t *chars;   /* [count + 1]: code points before each word */
    uint32_t *times; /* [count]: scratch for grams_top */
    struct table table;
    uint64_t power[POWERS]; /* of BASE */
};

static struct table table_new(struct arena *arena, size_t entries)
{
    size_t size = 16;
    while (size < 2 * entries)
        size *= 2;
    return (struct table){ARENA_ARRAY(arena, struct slot, size), size - 1};
}

static void table_clear(struct table *table)
{
    memset(table->slot, 0, (table->mask + 1) * sizeof *table->slot);
}

static bool same_span(const char *text, const struct span *a, const struct span *b)
{
    return a->bytes == b->bytes && memcmp(text + a->from, text + b->from, a->bytes) == 0;
}

/* The position of the first span equal to the one at `i`, which is `i` itself where it is new. */
static size_t span_first(struct table *table, const char *text, const struct span *span, size_t i)
{
    uint64_t hash = hash64(text + span[i].from, span[i].bytes, 0);
    uint32_t tag = (uint32_t)(hash >> 32);
    for (size_t at = hash & table->mask;; at = (at + 1) & table->mask) {
        struct slot *slot = &table->slot[at];
        if (slot->at == 0) {
            *slot = (struct slot){tag, (uint32_t)i + 1};
            return i;
        }
        if (slot->tag == tag && same_span(text, &span[slot->at - 1], &span[i]))
            return slot->at - 1;
    }
}

struct repeated repeats(struct arena *arena, const char *text, const struct spans *spans)
{
    struct table table = table_new(arena, spans->count);
    struct repeated repeated = {0, 0};
    for (size_t i = 0; i < spans->count; i++) {
        if (span_first(&table, text, spans->item, i) == i)
            continue;
        repeated.count++;
        repeated.chars += spans->item[i].chars;
    }
    return repeated;
}

static uint64_t letters_hash(uint64_t hash, const char *letters, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        hash = hash * BASE + (unsigned char)letters[i] + 1;
    return hash;
}

struct grams *grams_new(struct arena *arena, const char *text, const struct spans *words)
{
    struct grams *grams = ARENA_NEW(arena, struct grams);
    size_t count = words->count, bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += words->item[i].bytes;
    *grams = (struct grams){.word = words->item,
                            .count = count,
                            .id = ARENA_ARRAY(arena, uint32_t, count),
                            .joined = arena_alloc(arena, bytes),
                            .from = ARENA_ARRAY(arena, size_t, count + 1),
                            .hash = ARENA_ARRAY(arena, uint64_t, count + 1),
                            .chars = ARENA_ARRAY(arena, size_t, count + 1),
                            .times = ARENA_ARRAY(arena, uint32_t, count),
                            .table = table_new(arena, count)};
    grams->power[0] = 1;
    for (size_t i = 1; i < POWERS; i++)
        grams->power[i] = grams->power[i - 1] * BASE;
    for (size_t i = 0; i < count; i++) {
        const struct span *word = &words->item[i];
        grams->id[i] = (uint32_t)span_first(&grams->table, text, words->item, i);
        memcpy(grams->joined + grams->from[i], text + word->from, word->bytes);
        grams->from[i + 1] = grams->from[i] + word->bytes;
        grams->hash[i + 1] = letters_hash(grams->hash[i], text + word->from, word->bytes);
        grams->chars[i + 1] = grams->chars[i] + word->chars;
    }
    return grams;
}

/* As span_first, for the run of n words at i, the same where all words are. */
static size_t run_first(struct grams *grams, size_t n, size_t i)
{
    uint64_t hash = 0;
    for (size_t k = 0; k < n; k++)
        hash = (hash ^ grams->id[i + k]) * 0x9e3779b97f4a7c15u;
    hash ^= hash >> 32;
    for (size_t at = hash & grams->table.mask;; at = (at + 1) & grams->table.mask) {
        struct slot *slot = &grams->table.slot[at];
        if (slot->at == 0) {
            *slot = (struct slot){0, (uint32_t)i + 1};
            return i;
        }
        if (memcmp(grams->id + slot->at - 1, grams->id + i, n * sizeof *grams->id) == 0)
            return slot->at - 1;
    }
}

size_t grams_top(struct grams *grams, size_t n)
{
    if (grams->count < n)
        return 0;
    table_clear(&grams->table);
    memset(grams->times, 0, grams->count * sizeof *grams->times);
    for (size_t i = 0; i + n <= grams->count; i++)
        grams->times[run_first(grams, n, i)]++;
    size_t best = 0;
    for (size_t i = 0; i + n <= grams->count; i++)
        if (grams->times[i] > grams->times[best])
            best = i;
    size_t chars = grams->chars[best + n] - grams->chars[best] + n - 1;
    return chars * grams->times[best];
}

/* Of the letters from word i up to word `end`, the same wherever they stand. */
static uint64_t run_hash(const struct grams *grams, size_t i, size_t end)
{
    size_t bytes = grams->from[end] - grams->from[i];
    uint64_t hash;
    if (bytes < POWERS)
        hash = grams->hash[end] - grams->hash[i] * grams->power[bytes];
    else
        hash = hash64(grams->joined + grams->from[i], bytes, 0);
    hash = (hash ^ hash >> 32) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

/* True where the letters of the n words at i were seen before; notes them where not. */
static bool seen(struct grams *grams, size_t n, size_t i)
{
    const char *letters = grams->joined + grams->from[i];
    size_t bytes = grams->from[i + n] - grams->from[i];
    uint64_t hash = run_hash(grams, i, i + n);
    uint32_t tag = (uint32_t)(hash >> 32);
    for (size_t at = hash & grams->table.mask;; at = (at + 1) & grams->table.mask) {
        struct slot *slot = &grams->table.slot[at];
        if (slot->at == 0) {
            *slot = (struct slot){tag, (uint32_t)i + 1};
            return false;
        }
        size_t other = slot->at - 1;
        if (slot->tag == tag && grams->from[other + n] - grams->from[other] == bytes &&
            memcmp(grams->joined + grams->from[other], letters, bytes) == 0)
            return true;
    }
}

size_t grams_repeated(struct grams *grams, size_t n)
{
    size_t chars = 0;
    table_clear(&grams->table);
    for (size_t i = 0; i + n <= grams->count;) {
        if (seen(grams, n, i)) {
            chars += grams->chars[i + n] - grams->chars[i];
            i += n;
        } else {
            i++;
        }
    }
    return chars;
}
