/* text: see text.h. */
#include "lib/base/text.h"

#include <string.h>

bool text_equal(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
    size_t len = strlen(text), end = strlen(suffix);
    return len >= end && memcmp(text + len - end, suffix, end) == 0;
}

const char *pairs_get(const struct pairs *pairs, const char *key)
{
    for (size_t i = 0; i < pairs->count; i++)
        if (strcmp(pairs->item[i].key, key) == 0)
            return pairs->item[i].value;
    return NULL;
}

struct texts text_split(struct arena *arena, const char *text, char separator)
{
    struct texts parts = {NULL, 0};
    size_t capacity = 0;
    for (;;) {
        size_t len = (size_t)(strchrnul(text, separator) - text);
        ARENA_PUSH(arena, parts.item, parts.count, capacity);
        parts.item[parts.count++] = arena_strndup(arena, text, len);
        if (text[len] == '\0')
            return parts;
        text += len + 1;
    }
}

enum { SUGGEST_LONGEST = 64 };

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Edits (insert, delete, replace, swap of neighbours) from a to b; both shorter than SUGGEST_LONGEST. Damerau 1964. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t rows[3][SUGGEST_LONGEST + 1];
    size_t la = strlen(a), lb = strlen(b);
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= lb; j++)
        above[j] = j;
    for (size_t i = 1; i <= la; i++) {
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
        size_t *free_row = before;
        before = above;
        above = row;
        row = free_row;
    }
    return above[lb];
}

const char *text_suggest(const char *word, const char *const *candidates, size_t count)
{
    size_t len = strlen(word);
    size_t best = len <= 3 ? 2 : len / 3 + 2; /* what is this far or farther was not meant */
    const char *found = NULL;
    if (len >= SUGGEST_LONGEST)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (strlen(candidates[i]) >= SUGGEST_LONGEST)
            continue;
        size_t distance = edit_distance(word, candidates[i]);
        if (distance < best) {
            best = distance;
            found = candidates[i];
        }
    }
    return found;
}
