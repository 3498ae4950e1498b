/*
 * pretokenize: words against those that tokenizers cut, and against the pattern applied character by character, on any
 * bytes and at every place of a block.
 */
#include "lib/text/pretokenize.h"
#include "tests/unit/text/recorded.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

struct character {
    size_t length;
    bool letter, number, space;
};

/* Past the end: length 0. A byte that is no UTF-8 is a character. */
static struct character character_at(const char *text, size_t bytes, size_t at)
{
    int32_t i = (int32_t)at;
    UChar32 c;
    if (at >= bytes)
        return (struct character){0};
    U8_NEXT((const uint8_t *)text, i, (int32_t)bytes, c);
    if (c < 0)
        return (struct character){.length = 1};
    uint32_t mask = U_GET_GC_MASK(c);
    return (struct character){(size_t)i - at, (mask & U_GC_L_MASK) != 0, (mask & U_GC_N_MASK) != 0,
                              u_isUWhiteSpace(c) != 0};
}

static bool alike(struct character a, struct character b)
{
    return a.length > 0 && b.length > 0 && a.letter == b.letter && a.number == b.number && a.space == b.space;
}

/* The first alternative of the pattern that matches at `at`; where the match ends. */
static size_t match(const char *text, size_t bytes, size_t at)
{
    static const char *const contractions[] = {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"};
    for (size_t i = 0; i < 7; i++)
        if (bytes - at >= strlen(contractions[i]) && memcmp(text + at, contractions[i], strlen(contractions[i])) == 0)
            return at + strlen(contractions[i]);
    size_t begin = at + (text[at] == ' ' && !character_at(text, bytes, at + 1).space && at + 1 < bytes);
    struct character first = character_at(text, bytes, begin), next;
    size_t end = begin + first.length, last = begin;
    if (!first.space) {
        while (alike(first, next = character_at(text, bytes, end)))
            end += next.length;
        return end;
    }
    for (; alike(first, next = character_at(text, bytes, end)); end += next.length)
        last = end;
    return end == bytes || last == begin ? end : last; /* \s+(?!\S), then \s+ */
}

static bool as_pattern(const char *text, size_t bytes)
{
    struct pretokenizer cutter;
    size_t ends[PRETOKENIZE_ROOM + 3], count, at = 0;
    pretokenize_init(&cutter, text, bytes);
    while ((count = pretokenize_ends(&cutter, ends, PRETOKENIZE_ROOM + 3)) > 0)
        for (size_t i = 0; i < count; i++) {
            if (at >= bytes || ends[i] != match(text, bytes, at))
                return false;
            at = ends[i];
        }
    return at == bytes;
}

static bool as_recorded(const char *text, size_t bytes, const json_t *words)
{
    struct pretokenizer cutter;
    size_t ends[PRETOKENIZE_ROOM], count, word = 0;
    pretokenize_init(&cutter, text, bytes);
    while ((count = pretokenize_ends(&cutter, ends, PRETOKENIZE_ROOM)) > 0)
        for (size_t i = 0; i < count; i++)
            if (json_integer_value(json_array_get(words, word++)) != (json_int_t)ends[i])
                return false;
    return word == json_array_size(words);
}

static void check_recorded(struct arena *arena)
{
    size_t i, checked = 0;
    const json_t *texts = json_object_get(recorded(arena, "encoded.json"), "texts");
    json_t *row;
    struct buf text;
    buf_init(&text, arena);
    json_array_foreach(texts, i, row)
    {
        const json_t *words = json_object_get(row, "words");
        if (words == NULL)
            continue;
        recorded_text(row, &text);
        checked++;
        if (!as_recorded(text.data, text.len, words))
            OK(false, "recorded text %zu is cut as by tokenizers", i);
    }
    OK(checked > 200, "%zu recorded texts are cut as by tokenizers", checked);
}

static void check_drawn(struct arena *arena)
{
    uint64_t state = 1;
    size_t bad = 0;
    struct buf text;
    buf_init(&text, arena);
    for (int round = 0; round < 4000; round++) {
        draw_text(&state, &text, 1 + draw(&state, 120));
        if (!as_pattern(text.data, text.len)) {
            printf("# round %d is cut otherwise\n", round);
            bad++;
        }
    }
    OK(bad == 0, "any bytes are cut as the pattern says");
}

/* The same words wherever blocks of 64 bytes end. */
static void check_places(struct arena *arena)
{
    static const char *const tricky[] = {"'ll've",
                                         "x's'd",
                                         "  \n a",
                                         "\xe3\x80\x80\xe3\x80\x80-",
                                         "\xf0\x9f\x98\x80's",
                                         " \xc2\xa0 '",
                                         "9\xd9\xa3 \xff\xc3",
                                         "\n'm \xe4\xb8\xad"};
    struct buf text;
    size_t bad = 0;
    buf_init(&text, arena);
    for (size_t before = 0; before < 140; before++)
        for (size_t i = 0; i < sizeof tricky / sizeof *tricky; i++) {
            buf_clear(&text);
            for (size_t k = 0; k < before; k++)
                buf_char(&text, i % 2 == 0 ? 'q' : '.');
            for (size_t k = 0; k < 3; k++) {
                buf_text(&text, tricky[i]);
                bad += !as_pattern(text.data, text.len);
            }
        }
    OK(bad == 0, "at every place of a block");
}

int main(void)
{
    struct arena arena;
    struct pretokenizer cutter;
    size_t ends[PRETOKENIZE_ROOM];
    arena_init(&arena);
    pretokenize_init(&cutter, "", 0);
    OK(pretokenize_ends(&cutter, ends, PRETOKENIZE_ROOM) == 0, "no text, no words");
    check_recorded(&arena);
    check_drawn(&arena);
    check_places(&arena);
    arena_release(&arena);
    return DONE();
}
