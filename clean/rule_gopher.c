/*
 * rule gopher: the quality rules of Gopher (Rae et al. 2021, arXiv 2112.11446, appendix A1.1), as datatrove 0.10 has
 * them (filters/gopher_quality_filter.py), with words split at white space. The order of the checks decides the reason.
 */
#include "clean/punctuation.h"
#include "clean/rule.h"
#include "lib/text/utf8.h"

#include <string.h>
#include <unicode/uchar.h>

#define BULLET   "\xe2\x80\xa2" /* U+2022 */
#define ELLIPSIS "\xe2\x80\xa6" /* U+2026 */

/* What one pass over the words finds. */
struct tally {
    size_t words, real; /* all, and those that are not punctuation alone */
    size_t real_chars;
    size_t alphabetic; /* with at least one letter */
    size_t stop_words; /* how many different ones occur */
};

static bool letter(uint32_t c)
{
    return c < 0x80 ? (c | 0x20) - 'a' < 26 : u_isalpha((UChar32)c);
}

static void look(const char *word, size_t bytes, bool *real, bool *alphabetic)
{
    for (size_t at = 0; at < bytes && !(*real && *alphabetic);) {
        uint32_t c = utf8_next(word, &at);
        *alphabetic = *alphabetic || letter(c);
        *real = *real || !punctuation(c);
    }
}

static void stop_word(const struct texts *list, bool *seen, struct tally *tally, const char *word, size_t bytes)
{
    for (size_t i = 0; i < list->count; i++) {
        const char *stop = list->item[i];
        if (!seen[i] && strncmp(stop, word, bytes) == 0 && stop[bytes] == '\0') {
            seen[i] = true;
            tally->stop_words++;
        }
    }
}

static struct tally tally_of(struct page *page, const struct texts *stop_words)
{
    const struct spans *words = page_words(page);
    struct tally tally = {.words = words->count};
    bool *seen = ARENA_ARRAY(page->arena, bool, stop_words->count + 1);
    for (size_t i = 0; i < words->count; i++) {
        const char *word = page->text + words->item[i].from;
        bool real = false, alphabetic = false;
        look(word, words->item[i].bytes, &real, &alphabetic);
        tally.alphabetic += alphabetic;
        tally.real += real;
        tally.real_chars += real ? words->item[i].chars : 0;
        if (words->item[i].bytes <= 32)
            stop_word(stop_words, seen, &tally, word, words->item[i].bytes);
    }
    return tally;
}

static bool starts(const char *text, size_t from, size_t end, const char *with)
{
    size_t len = strlen(with);
    return end - from >= len && memcmp(text + from, with, len) == 0;
}

static bool ends(const char *text, size_t from, size_t end, const char *with)
{
    size_t len = strlen(with);
    return end - from >= len && memcmp(text + end - len, with, len) == 0;
}

static double ratio(size_t part, size_t whole)
{
    return whole == 0 ? 0 : (double)part / (double)whole;
}

static bool lines_pass(struct page *page, const struct gopher_settings *limits, struct finding *finding)
{
    const char *text = page->text;
    struct spans lines = words_lines(page->arena, text, page->bytes);
    size_t bullets = 0, ellipses = 0;
    for (size_t i = 0; i < lines.count; i++) {
        size_t from = lines.item[i].from, end = from + lines.item[i].bytes, left = from, right = end;
        words_strip_left(text, &left, end);
        bullets += starts(text, left, end, BULLET) || starts(text, left, end, "-");
        words_strip_right(text, from, &right);
        ellipses += ends(text, from, right, "...") || ends(text, from, right, ELLIPSIS);
    }
    return !over(finding, "gopher.bullets", ratio(bullets, lines.count), limits->bullets) &&
           !over(finding, "gopher.end_ellipses", ratio(ellipses, lines.count), limits->end_ellipses);
}

static bool symbols_pass(struct page *page, const struct gopher_settings *limits, size_t words, struct finding *finding)
{
    size_t hashes = words_occurrences(page->text, page->bytes, "#");
    if (over(finding, "gopher.hashes", ratio(hashes, words), limits->hashes))
        return false;
    size_t ellipses =
        words_occurrences(page->text, page->bytes, "...") + words_occurrences(page->text, page->bytes, ELLIPSIS);
    return !over(finding, "gopher.ellipses", ratio(ellipses, words), limits->ellipses);
}

bool rule_gopher(struct page *page, const struct clean *config, struct finding *finding)
{
    const struct gopher_settings *limits = &config->gopher;
    struct tally tally = tally_of(page, &limits->stop_word_list);
    double real = (double)tally.real, mean = ratio(tally.real_chars, tally.real);
    if (real < (double)limits->small)
        return falls(finding, "gopher.short", real, (double)limits->small);
    if (over(finding, "gopher.long", real, (double)limits->large))
        return false;
    if (tally.real > 0 && mean < limits->word_short)
        return falls(finding, "gopher.word_short", mean, limits->word_short);
    if (over(finding, "gopher.word_long", mean, limits->word_long))
        return false;
    if (!symbols_pass(page, limits, tally.words, finding) || !lines_pass(page, limits, finding))
        return false;
    double alphabetic = ratio(tally.alphabetic, tally.words);
    if (alphabetic < limits->alphabetic)
        return falls(finding, "gopher.alphabetic", alphabetic, limits->alphabetic);
    if ((int64_t)tally.stop_words < limits->stop_words)
        return falls(finding, "gopher.stop_words", (double)tally.stop_words, (double)limits->stop_words);
    return true;
}
