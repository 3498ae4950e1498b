/* words: see the header. Fast paths are for ASCII; nothing fails, memory is the caller's arena. */
#include "clean/words.h"

#include "clean/punctuation.h"
#include "lib/text/utf8.h"

#include <stdlib.h>
#include <string.h>

bool space(uint32_t c)
{
    if (c < 0x80)
        return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20);
    return c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
           c == 0x202f || c == 0x205f || c == 0x3000;
}

static void add(struct arena *arena, struct spans *spans, size_t *capacity, const char *text, size_t from, size_t end)
{
    ARENA_PUSH(arena, spans->item, spans->count, *capacity);
    spans->item[spans->count++] =
        (struct span){(uint32_t)from, (uint32_t)(end - from), (uint32_t)utf8_count(text + from, end - from)};
}

/* The first white space in [at, bytes), or bytes; *after is where it ends. */
static size_t space_find(const char *text, size_t at, size_t bytes, size_t *after)
{
    while (at < bytes) {
        unsigned char c = (unsigned char)text[at];
        size_t next = at;
        if (c > 0x20 && c < 0x80) {
            at++;
            continue;
        }
        if (space(utf8_next(text, &next))) {
            *after = next;
            return at;
        }
        at = next;
    }
    *after = bytes;
    return bytes;
}

struct spans words_split(struct arena *arena, const char *text, size_t bytes)
{
    size_t capacity = bytes / 6 + 8;
    struct spans words = {ARENA_ARRAY(arena, struct span, capacity), 0};
    size_t at = 0;
    while (at < bytes) {
        size_t after, end = space_find(text, at, bytes, &after);
        if (end > at)
            add(arena, &words, &capacity, text, at, end);
        at = after;
    }
    return words;
}

/* Where Python's splitlines() sees the end of a line; \r\n counts as one. */
static bool line_end(uint32_t c)
{
    return (c >= 0x0a && c <= 0x0d) || (c >= 0x1c && c <= 0x1e) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

struct spans words_lines(struct arena *arena, const char *text, size_t bytes)
{
    size_t capacity = 0, from = 0, at = 0;
    struct spans lines = {NULL, 0};
    while (at < bytes) {
        size_t end = at;
        uint32_t c = utf8_next(text, &at);
        if (c >= 0x20 && c < 0x80)
            continue;
        if (!line_end(c))
            continue;
        if (c == '\r' && at < bytes && text[at] == '\n')
            at++;
        add(arena, &lines, &capacity, text, from, end);
        from = at;
    }
    if (from < bytes)
        add(arena, &lines, &capacity, text, from, bytes);
    return lines;
}

struct spans words_runs(struct arena *arena, const char *text, size_t bytes, size_t least)
{
    size_t capacity = 0, from = 0, at = 0;
    struct spans parts = {NULL, 0};
    while (at < bytes) {
        const char *newline = memchr(text + at, '\n', bytes - at);
        if (newline == NULL)
            break;
        size_t end = (size_t)(newline - text), after = end;
        while (after < bytes && text[after] == '\n')
            after++;
        if (after - end >= least) {
            add(arena, &parts, &capacity, text, from, end);
            from = after;
        }
        at = after;
    }
    add(arena, &parts, &capacity, text, from, bytes);
    return parts;
}

void words_strip_left(const char *text, size_t *from, size_t end)
{
    while (*from < end) {
        size_t next = *from;
        if (!space(utf8_next(text, &next)))
            return;
        *from = next;
    }
}

void words_strip_right(const char *text, size_t from, size_t *end)
{
    while (*end > from) {
        if (!space(utf8_last(text, *end)))
            return;
        do
            --*end;
        while (*end > from && ((unsigned char)text[*end] & 0xc0) == 0x80);
    }
}

size_t words_occurrences(const char *text, size_t bytes, const char *what)
{
    size_t count = 0, len = strlen(what);
    const char *at = text, *end = text + bytes;
    while (at < end && (at = memmem(at, (size_t)(end - at), what, len)) != NULL) {
        count++;
        at += len;
    }
    return count;
}

/* Quotes and brackets may stand behind what ends a sentence. */
static bool closing(uint32_t c)
{
    return c == '"' || c == '\'' || c == ')' || c == ']' || c == '}' || c == 0x2019 || c == 0x201d || c == 0xbb;
}

/* The words that spaCy's English tokenizer keeps their full stop with, in the order of strcmp. */
static const char *const abbreviations[] = {
    "Adm",  "Ak",  "Ala",  "Apr",  "Ariz",   "Ark",  "Aug",  "Bros", "Calif", "Co",   "Colo", "Conn", "Corp",
    "D.C",  "Dec", "Del",  "Dr",   "E.G",    "E.g",  "Feb",  "Fla",  "Ga",    "Gen",  "Gov",  "I.E",  "I.e",
    "Ia",   "Id",  "Ill",  "Inc",  "Ind",    "Jan",  "Jr",   "Jul",  "Jun",   "Kan",  "Kans", "Ky",   "La",
    "Ltd",  "Mar", "Mass", "Md",   "Messrs", "Mich", "Minn", "Miss", "Mo",    "Mont", "Mr",   "Mrs",  "Ms",
    "Mt",   "N.C", "N.D",  "N.H",  "N.J",    "N.M",  "N.Y",  "Neb",  "Nebr",  "Nev",  "Nov",  "Oct",  "Okla",
    "Ore",  "Pa",  "Ph.D", "Prof", "Rep",    "Rev",  "S.C",  "Sen",  "Sep",   "Sept", "St",   "Tenn", "Va",
    "Wash", "Wis", "a.m",  "co",   "e.g",    "i.e",  "p.m",  "v.s",  "vs"};

static int compare(const void *word, const void *row)
{
    return strcmp(word, *(const char *const *)row);
}

/* A full stop after a single letter, a capital that follows a full stop or an abbreviation ends no sentence. */
static bool abbreviation(const char *word, size_t stop)
{
    char copy[8];
    if (stop == 0)
        return false;
    bool capital = word[stop - 1] >= 'A' && word[stop - 1] <= 'Z';
    if (stop == 1 || (capital && word[stop - 2] == '.'))
        return capital || (word[0] >= 'a' && word[0] <= 'z');
    if (stop >= sizeof copy)
        return false;
    memcpy(copy, word, stop);
    copy[stop] = '\0';
    return bsearch(copy, abbreviations, sizeof abbreviations / sizeof *abbreviations, sizeof *abbreviations, compare) !=
           NULL;
}

static bool ends_sentence(const char *word, size_t bytes)
{
    while (bytes > 0) {
        uint32_t c = utf8_last(word, bytes);
        if (punctuation_terminal(c))
            return c != '.' || !(abbreviation(word, bytes - 1) || (bytes > 1 && word[bytes - 2] == '.'));
        if (!closing(c))
            return false;
        do
            bytes--;
        while (bytes > 0 && ((unsigned char)word[bytes] & 0xc0) == 0x80);
    }
    return false;
}

static bool only_punctuation(const char *word, size_t bytes)
{
    for (size_t at = 0; at < bytes;)
        if (!punctuation(utf8_next(word, &at)))
            return false;
    return true;
}

size_t words_sentences(struct arena *arena, const char *text, size_t bytes)
{
    struct spans words = words_split(arena, text, bytes);
    size_t count = words.count > 0;
    bool ended = false;
    for (size_t i = 0; i < words.count; i++) {
        const char *word = text + words.item[i].from;
        if (ended && !only_punctuation(word, words.item[i].bytes)) {
            count++;
            ended = false;
        }
        ended = ended || ends_sentence(word, words.item[i].bytes);
    }
    return count;
}
