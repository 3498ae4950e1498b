/*
 * rule fineweb: the rules that FineWeb found by comparing models (Penedo et al. 2024, arXiv 2406.17557, section 3.6),
 * as datatrove 0.10 has them (filters/fineweb_quality_filter.py). Lines are cut at \n alone; blank ones do not count.
 */
#include "clean/punctuation.h"
#include "clean/repeat.h"
#include "clean/rule.h"
#include "lib/text/utf8.h"

static struct spans full_lines(struct page *page)
{
    struct spans lines = words_runs(page->arena, page->text, page->bytes, 1), full = {lines.item, 0};
    for (size_t i = 0; i < lines.count; i++) {
        size_t from = lines.item[i].from, end = from + lines.item[i].bytes;
        words_strip_left(page->text, &from, end);
        if (from < end)
            full.item[full.count++] = lines.item[i];
    }
    return full;
}

bool rule_fineweb(struct page *page, const struct clean *config, struct finding *finding)
{
    const struct fineweb_settings *limits = &config->fineweb;
    struct spans lines = full_lines(page);
    if (lines.count == 0)
        return falls(finding, "fineweb.empty", 0, 1);

    size_t ended = 0, small = 0;
    for (size_t i = 0; i < lines.count; i++) {
        ended += punctuation_terminal(utf8_last(page->text, lines.item[i].from + lines.item[i].bytes));
        small += lines.item[i].chars <= (uint64_t)limits->short_line_length;
    }
    double ratio = (double)ended / (double)lines.count;
    if (ratio < limits->line_punctuation)
        return falls(finding, "fineweb.line_punctuation", ratio, limits->line_punctuation);
    if (over(finding, "fineweb.short_lines", (double)small / (double)lines.count, limits->short_lines))
        return false;

    size_t newlines = words_occurrences(page->text, page->bytes, "\n");
    struct repeated repeated = repeats(page->arena, page->text, &lines);
    ratio = (double)repeated.chars / (double)(page_chars(page) - newlines);
    if (over(finding, "fineweb.repeated_characters", ratio, limits->repeated_characters))
        return false;
    ratio = (double)newlines / (double)page_words(page)->count;
    return !over(finding, "fineweb.new_lines", ratio, limits->new_lines);
}
