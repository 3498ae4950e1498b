/* words: see words.h. An open-addressed table that doubles when it is half full. */
#include "tokenize/words.h"

#include "lib/base/digest.h"
#include "lib/text/pretokenize.h"

#include <string.h>

enum { FIRST_SLOTS = 1 << 14 };

void words_init(struct words *words, struct arena *arena)
{
    words->arena = arena;
    words->count = 0;
    words->mask = FIRST_SLOTS - 1;
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

void words_add_text(struct words *words, const char *text, size_t bytes)
{
    for (size_t at = 0; at < bytes;) {
        size_t len = pretokenize_next(text + at, bytes - at);
        uint64_t hash = hash64(text + at, len, 0);
        struct word *word = find(words, hash, text + at, len);
        if (word->count++ == 0) {
            *word = (struct word){hash, arena_strndup(words->arena, text + at, len), len, 1};
            if (2 * ++words->count > words->mask)
                grow(words);
        }
        at += len;
    }
}
