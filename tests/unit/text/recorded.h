/* recorded: what Hugging Face's tokenizers said; by tests/parity/tokenize/record.py. */
#ifndef TESTS_UNIT_TEXT_RECORDED_H
#define TESTS_UNIT_TEXT_RECORDED_H

#include "lib/base/json.h"
#include "lib/base/mapping.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

static inline json_t *recorded(struct arena *arena, const char *name)
{
    struct err err;
    struct map map;
    json_t *root = NULL;
    if (file_map(arena, arena_printf(arena, "tests/data/tokenize/%s", name), &map, &err))
        root = json_read(arena, map.data, map.size, &err);
    if (root == NULL) {
        printf("Bail out! %s\n", err.text);
        exit(1);
    }
    return root;
}

/* The text of a row of encoded.json, as often as the row says. */
static inline void recorded_text(const json_t *row, struct buf *text)
{
    const json_t *piece = json_object_get(row, "text");
    buf_clear(text);
    for (int64_t i = json_int_or(row, "times", 1); i > 0; i--)
        buf_add(text, json_string_value(piece), json_string_length(piece));
}

/* The same numbers on every run. */
static inline size_t draw(uint64_t *state, size_t limit)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(*state >> 33) % limit;
}

/* Characters of every class and length, what contractions are made of, and bytes that are no UTF-8. */
static inline void draw_text(uint64_t *state, struct buf *text, size_t pieces)
{
    static const char *const piece[] = {"a",
                                        "b",
                                        "the",
                                        "Z",
                                        "7",
                                        "12",
                                        " ",
                                        " ",
                                        "  ",
                                        "\n",
                                        "\t",
                                        "'",
                                        "'s",
                                        "'l",
                                        "l",
                                        "'re",
                                        "'v",
                                        "-",
                                        "=",
                                        "\xc3\xa9",
                                        "\xcc\x81",
                                        "\xc5\xbf",
                                        "\xe4\xb8\xad",
                                        "\xe3\x80\x82",
                                        "\xe3\x80\x80",
                                        "\xc2\xa0",
                                        "\xe2\x80\x83",
                                        "\xd9\xa3",
                                        "\xc2\xbd",
                                        "\xf0\x9f\x98\x80",
                                        "\xe2\x80\x99",
                                        "\xff",
                                        "\xc3",
                                        "\xe4\xb8",
                                        "\x80",
                                        "\xed\xa0\x80",
                                        "\xf4\x90\x80\x80",
                                        "\xc0\xaf",
                                        "\xf0\x9f",
                                        "\x7f"};
    buf_clear(text);
    for (size_t i = 0; i < pieces; i++) {
        size_t times = draw(state, 12) == 0 ? draw(state, 80) : 1;
        const char *chosen = piece[draw(state, sizeof piece / sizeof *piece)];
        for (size_t k = 0; k < times; k++)
            buf_text(text, chosen);
        if (draw(state, 40) == 0)
            buf_char(text, '\0');
    }
}

#endif
