/* words: see words.h. An open-addressed table that doubles when it is half full. */
#include "tokenize/words.h"

#include "lib/base/digest.h"
#include "lib/text/pretokenize.h"

#include <string.h>

enum { FIRST_SLOTS = 1 << 14, BATCH = 256 };

void words_init(struct words *words, struct arena *arena)
{
    *words = (struct words){.arena = arena, .mask = FIRST_SLOTS - 1};
    words->slots = ARENA_ARRAY(arena, struct word, FIRST_SLOTS);
}

static struct word *find(const struct words *words, uint64_t hash, const char *data, size_t len)
{
    for (size_t at = hash & words->mask;; at = (at + 1) & words->mask) {
        struct word *word = &words->slots[at];
        if (word->count == 0 || (word->hash == hash && word->len == len && memcmp(word->data, data, len) == 0))
            return word;
    }
}

static void grow(struct words *words)
{
    struct words larger = *words;
    larger.mask = 2 * words->mask + 1;
    larger.slots = ARENA_ARRAY(words->arena, struct word, larger.mask + 1);
    for (size_t i = 0; i <= words->mask; i++)
        if (words->slots[i].count > 0)
            *find(&larger, words->slots[i].hash, words->slots[i].data, words->slots[i].len) = words->slots[i];
    *words = larger;
}

static void take_slot(struct words *words, struct word *slot, struct word word)
{
    *slot = word;
    words->bytes += word.len;
    if (2 * ++words->count > words->mask)
        grow(words);
}

void words_add_text(struct words *words, const char *text, size_t bytes)
{
    struct pretokenizer cutter;
    size_t ends[BATCH], count, from = 0;
    uint64_t hashes[BATCH];
    pretokenize_init(&cutter, text, bytes);
    while ((count = pretokenize_ends(&cutter, ends, BATCH)) > 0) {
        for (size_t i = 0, at = from; i < count; at = ends[i++]) {
            hashes[i] = hash64(text + at, ends[i] - at, 0);
            __builtin_prefetch(&words->slots[hashes[i] & words->mask]);
        }
        for (size_t i = 0; i < count; from = ends[i++]) {
            size_t len = ends[i] - from;
            struct word *word = find(words, hashes[i], text + from, len);
            if (word->count > 0)
                word->count++;
            else
                take_slot(words, word, (struct word){hashes[i], arena_strndup(words->arena, text + from, len), len, 1});
        }
    }
}

void words_merge(struct words *words, const struct words *more)
{
    for (size_t i = 0; i <= more->mask; i++) {
        const struct word *from = &more->slots[i];
        if (from->count == 0)
            continue;
        struct word *to = find(words, from->hash, from->data, from->len);
        if (to->count > 0)
            to->count += from->count;
        else
            take_slot(words, to, *from);
    }
}
