/*
 * clean: pages changed at random, cleaned with every rule, under sanitizers. Build it with SAN=address,undefined:
 *
 *   clean SECONDS SEED FILE...
 *
 * Each round takes a file, cuts, repeats and overwrites parts of it, and cleans it as HTML or as text. What comes out
 * must be valid UTF-8 in normal form, and cleaning must not take long. The seed and the round are printed where it is
 * not so.
 */
#include "clean/cleaner.h"
#include "clean/normalise.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;

static size_t draw(size_t limit)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return limit == 0 ? 0 : (size_t)(state >> 33) % limit;
}

static void change(struct buf *page)
{
    static const char *const piece[] = {"<",
                                        ">",
                                        "</",
                                        "<!--",
                                        "-->",
                                        "<![CDATA[",
                                        "&#x110000;",
                                        "&",
                                        "<table>",
                                        "<script>",
                                        "<pre>",
                                        "</pre>",
                                        "<li>",
                                        "\"",
                                        "=",
                                        "<a href=",
                                        "\xff",
                                        "\xe2\x80",
                                        "\xed\xa0\x80",
                                        "\n",
                                        "<br>",
                                        "<div class=nav>",
                                        "<!DOCTYPE",
                                        "a.b@c.de",
                                        "8.8.8.8 ",
                                        " +49 30 123456",
                                        "<?"};
    size_t at = draw(page->len + 1), count = draw(40);
    switch (draw(4)) {
    case 0: /* leave a part out */
        count = count < page->len - at ? count : page->len - at;
        memmove(page->data + at, page->data + at + count, page->len - at - count);
        page->len -= count;
        break;
    case 1: { /* put a piece in, some times over */
        const char *what = piece[draw(sizeof piece / sizeof *piece)];
        size_t len = strlen(what), times = draw(50) == 0 ? draw(2000) : 1;
        buf_reserve(page, len * times);
        memmove(page->data + at + len * times, page->data + at, page->len - at);
        for (size_t i = 0; i < times; i++)
            memcpy(page->data + at + i * len, what, len);
        page->len += len * times;
        break;
    }
    case 2: /* overwrite */
        for (size_t i = at; i < page->len && i < at + count; i++)
            page->data[i] = (char)draw(256);
        break;
    default: /* cut off */
        if (draw(10) == 0)
            page->len = at;
    }
    page->data[page->len] = '\0';
}

static bool sound(struct arena *arena, const struct outcome *outcome)
{
    struct normalise_report report = {0, 0};
    struct buf again;
    buf_init(&again, arena);
    if (!outcome->kept)
        return outcome->finding.rule != NULL;
    normalise(&again, outcome->text, outcome->bytes, &report);
    return again.len == outcome->bytes && memcmp(again.data, outcome->text, again.len) == 0;
}

static bool round_passes(const struct clean *config, const struct buf *file)
{
    struct arena arena;
    struct buf page;
    struct outcome outcome;
    arena_init(&arena);
    buf_init(&page, &arena);
    buf_add(&page, file->data, file->len);
    for (size_t changes = draw(30); changes > 0; changes--)
        change(&page);
    struct document_meta type = {"content_type", draw(4) == 0 ? "text/plain" : "text/html", false};
    struct document document = {.text = page.data, .bytes = page.len, .meta = &type, .meta_count = 1};
    int64_t start = clock_mono_ns();
    clean_document(&arena, &document, config, personal_new(&arena), &outcome);
    bool passes = clock_seconds_since(start) < 2 && sound(&arena, &outcome);
    arena_release(&arena);
    return passes;
}

int main(int argc, char **argv)
{
    struct arena arena;
    struct clean config;
    struct err err;
    int64_t start = clock_mono_ns(), rounds = 0;
    arena_init(&arena);
    if (argc < 4)
        return 2;
    option_defaults(clean_info.sections[0], &arena, &config);
    const char *rules[] = {"repetition", "fineweb", "gopher", "c4"};
    config.rules.item = rules;
    state = strtoull(argv[2], NULL, 10);
    for (; clock_seconds_since(start) < atof(argv[1]); rounds++) {
        struct buf file;
        struct arena one;
        arena_init(&one);
        buf_init(&file, &one);
        uint64_t seed = state;
        if (!file_read(&one, argv[3 + draw((size_t)argc - 3)], &file, &err)) {
            fprintf(stderr, "%s\n", err.text);
            return 1;
        }
        config.rules.count = draw(5);
        config.personal = (struct personal_settings){(int64_t)draw(3), (int64_t)draw(3), (int64_t)draw(3)};
        if (!round_passes(&config, &file)) {
            printf("fails with seed %llu\n", (unsigned long long)seed);
            return 1;
        }
        arena_release(&one);
    }
    printf("%lld rounds\n", (long long)rounds);
    arena_release(&arena);
    return 0;
}
