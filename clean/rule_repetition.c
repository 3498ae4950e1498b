/*
 * rule repetition: Gopher's rules against text that repeats itself (Rae et al. 2021, arXiv 2112.11446, table A1), as
 * datatrove 0.10 has them (filters/gopher_repetition_filter.py). Shares of characters are of the whole text's.
 */
#include "clean/repeat.h"
#include "clean/rule.h"

static bool spans_pass(struct page *page, const struct spans *spans, const char *const name[2], const double limit[2],
                       struct finding *finding)
{
    struct repeated repeated = repeats(page->arena, page->text, spans);
    return !over(finding, name[0], (double)repeated.count / (double)spans->count, limit[0]) &&
           !over(finding, name[1], (double)repeated.chars / (double)page_chars(page), limit[1]);
}

/* Paragraphs are of the stripped text, lines of the text as it is: so has it datatrove. */
static struct spans paragraphs_of(struct page *page)
{
    size_t from = 0, end = page->bytes;
    words_strip_left(page->text, &from, end);
    words_strip_right(page->text, from, &end);
    struct spans paragraphs = words_runs(page->arena, page->text + from, end - from, 2);
    for (size_t i = 0; i < paragraphs.count; i++)
        paragraphs.item[i].from += (uint32_t)from;
    return paragraphs;
}

bool rule_repetition(struct page *page, const struct clean *config, struct finding *finding)
{
    static const char *const paragraph[] = {"repetition.paragraphs", "repetition.paragraph_characters"};
    static const char *const line[] = {"repetition.lines", "repetition.line_characters"};
    static const char *const top[] = {"repetition.top_2_gram", "repetition.top_3_gram", "repetition.top_4_gram"};
    static const char *const again[] = {"repetition.repeated_5_grams", "repetition.repeated_6_grams",
                                        "repetition.repeated_7_grams", "repetition.repeated_8_grams",
                                        "repetition.repeated_9_grams", "repetition.repeated_10_grams"};
    const struct repetition_settings *limits = &config->repetition;
    if (page->bytes == 0)
        return falls(finding, "repetition.empty", 0, 1);

    struct spans paragraphs = paragraphs_of(page);
    const double paragraph_limit[] = {limits->paragraphs, limits->paragraph_characters};
    if (!spans_pass(page, &paragraphs, paragraph, paragraph_limit, finding))
        return false;
    struct spans lines = words_runs(page->arena, page->text, page->bytes, 1);
    const double line_limit[] = {limits->lines, limits->line_characters};
    if (!spans_pass(page, &lines, line, line_limit, finding))
        return false;

    double chars = (double)page_chars(page);
    struct grams *grams = grams_new(page->arena, page->text, page_words(page));
    for (size_t i = 0; i < sizeof top / sizeof *top; i++)
        if (over(finding, top[i], (double)grams_top(grams, i + 2) / chars, limits->top[i]))
            return false;
    for (size_t i = 0; i < sizeof again / sizeof *again; i++)
        if (over(finding, again[i], (double)grams_repeated(grams, i + 5) / chars, limits->repeated[i]))
            return false;
    return true;
}
