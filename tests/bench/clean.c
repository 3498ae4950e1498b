/* clean: times the steps of cleaning on HTML files, one thread, and writes their text to a folder. Run by the script
 * beside it. */
#include "clean/cleaner.h"
#include "clean/html.h"
#include "clean/language.h"
#include "clean/normalise.h"
#include "lib/base/clock.h"
#include "lib/base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum step { HTML, NORMALISE, GOPHER, REPETITION, FINEWEB, C4, LANGUAGE, MINHASH, WHOLE, STEPS };

struct timing {
    double seconds[STEPS];
    size_t bytes[STEPS];
};

static void took(struct timing *timing, enum step step, int64_t since, size_t bytes)
{
    timing->seconds[step] += clock_seconds_since(since);
    timing->bytes[step] += bytes;
}

static void time_rules(struct arena *arena, const struct clean *config, const struct buf *text, struct timing *timing)
{
    static rule_pass *const rule[] = {rule_gopher, rule_repetition, rule_fineweb, rule_c4};
    for (int i = 0; i < 4; i++) {
        struct page page;
        struct finding finding;
        int64_t start = clock_mono_ns();
        page_set(&page, arena, text->data, text->len);
        rule[i](&page, config, &finding);
        took(timing, (enum step)(GOPHER + i), start, text->len);
    }
}

static void time_page(struct arena *arena, const struct clean *config, const struct buf *html, const char *path,
                      struct timing *timing)
{
    struct buf main, normal;
    struct finding finding;
    struct language language;
    struct normalise_report report = {0, 0};
    struct err err;
    buf_init(&main, arena);
    buf_init(&normal, arena);
    int64_t start = clock_mono_ns();
    if (!html_text(&main, html->data, html->len, &config->html, &finding))
        return;
    took(timing, HTML, start, html->len);
    start = clock_mono_ns();
    normalise(&normal, main.data, main.len, &report);
    took(timing, NORMALISE, start, main.len);
    time_rules(arena, config, &normal, timing);
    start = clock_mono_ns();
    language_tell(normal.data, normal.len, &language);
    took(timing, LANGUAGE, start, normal.len);
    uint64_t band[MINHASH_BANDS];
    start = clock_mono_ns();
    minhash_bands(arena, normal.data, normal.len, band);
    took(timing, MINHASH, start, normal.len);

    struct document_meta type = {"content_type", "text/html", false};
    struct document document = {.text = html->data, .bytes = html->len, .meta = &type, .meta_count = 1};
    struct outcome outcome;
    const struct personal *personal = personal_new(arena);
    start = clock_mono_ns();
    clean_document(arena, &document, config, personal, &outcome);
    took(timing, WHOLE, start, html->len);
    if (!file_write(path, normal.data, normal.len, &err))
        fprintf(stderr, "%s\n", err.text);
}

int main(int argc, char **argv)
{
    static const char *const name[] = {"HTML to text", "normal form", "gopher",
                                       "repetition",   "fineweb",     "c4",
                                       "language",     "minhash",     "whole, by default rules"};
    struct arena process, page;
    struct clean config;
    struct timing timing = {{0}, {0}};
    arena_init(&process);
    arena_init(&page);
    option_defaults(clean_info.sections[0], &process, &config);
    for (int i = 2; i < argc; i++) {
        struct buf html;
        struct err err;
        buf_init(&html, &page);
        if (!file_read(&page, argv[i], &html, &err))
            fprintf(stderr, "%s\n", err.text);
        time_page(&page, &config, &html, arena_printf(&page, "%s/%d.txt", argv[1], i), &timing);
        arena_clear(&page);
    }
    for (int i = 0; i < STEPS; i++)
        printf("%-26s %8.1f MB %8.3f s %8.1f MB/s\n", name[i], (double)timing.bytes[i] / 1e6, timing.seconds[i],
               (double)timing.bytes[i] / 1e6 / timing.seconds[i]);
    arena_release(&page);
    arena_release(&process);
    return 0;
}
