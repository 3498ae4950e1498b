/*
 * rule c4: the line rules of C4 (Raffel et al. 2020, arXiv 1910.10683, section 2.2), as datatrove 0.10 has them
 * (filters/c4_filters.py, C4QualityFilter). Lines that fail are left out of the text, two findings drop the whole
 * document, and so do too few sentences in the lines that stay. It rewrites the text, and takes most code with it.
 */
#include "clean/punctuation.h"
#include "clean/rule.h"
#include "lib/text/utf8.h"

#include "lib/base/buf.h"

#include <string.h>
#include <unicode/uchar.h>

enum fate { KEEP, LEAVE, DROP };

struct lines {
    struct page *page;
    const struct c4_settings *limits;
    struct finding *finding;
    struct buf kept;
    struct buf line, lower; /* scratch */
    size_t sentences;
};

/* Length of a citation mark at the start of s: [edit], [citation needed], [12] or []; 0 where there is none. */
static size_t citation(const char *s, size_t bytes)
{
    static const char *const mark[] = {"[edit]", "[citation needed]"};
    for (size_t i = 0; i < sizeof mark / sizeof *mark; i++)
        if (bytes >= strlen(mark[i]) && memcmp(s, mark[i], strlen(mark[i])) == 0)
            return strlen(mark[i]);
    size_t at = 1;
    while (at < bytes && s[at] != ']') {
        size_t next = at;
        uint32_t c = utf8_next(s, &next);
        if (u_charType((UChar32)c) != U_DECIMAL_DIGIT_NUMBER)
            return 0;
        at = next;
    }
    return at < bytes ? at + 1 : 0;
}

static void without_citations(struct buf *out, const char *s, size_t bytes)
{
    size_t from = 0;
    for (size_t at = 0; at < bytes;) {
        const char *bracket = memchr(s + at, '[', bytes - at);
        if (bracket == NULL)
            break;
        at = (size_t)(bracket - s);
        size_t mark = citation(bracket, bytes - at);
        if (mark == 0) {
            at++;
            continue;
        }
        buf_add(out, s + from, at - from);
        from = at += mark;
    }
    buf_add(out, s + from, bytes - from);
}

/* Lower case as far as the phrases that are looked for need it: ASCII, and the Kelvin sign, which Python lowers to k.
 */
static void lower(struct buf *out, const char *s, size_t bytes)
{
    buf_clear(out);
    buf_add(out, s, bytes);
    size_t to = 0;
    for (size_t at = 0; at < bytes; at++) {
        if (bytes - at >= 3 && memcmp(s + at, "\xe2\x84\xaa", 3) == 0) {
            out->data[to++] = 'k';
            at += 2;
        } else {
            out->data[to++] = (char)(s[at] >= 'A' && s[at] <= 'Z' ? s[at] + 32 : s[at]);
        }
    }
    out->len = to;
    out->data[to] = '\0';
}

static bool holds(const struct buf *text, const char *phrase)
{
    return memmem(text->data, text->len, phrase, strlen(phrase)) != NULL;
}

static bool policy(const struct buf *text)
{
    static const char *const phrase[] = {"terms of use", "privacy policy", "cookie policy",
                                         "uses cookies", "use of cookies", "use cookies"};
    for (size_t i = 0; i < sizeof phrase / sizeof *phrase; i++)
        if (holds(text, phrase[i]))
            return true;
    return false;
}

static bool ends_well(const struct buf *line)
{
    if (line->len == 0 || memchr(".?!\"'", line->data[line->len - 1], 5) == NULL)
        return false;
    return line->len < 3 || memcmp(line->data + line->len - 3, "...", 3) != 0;
}

static enum fate judge(struct lines *lines, size_t words, bool too_long)
{
    const struct c4_settings *limits = lines->limits;
    if (too_long)
        return LEAVE;
    if (limits->end_punctuation && !ends_well(&lines->line))
        return LEAVE;
    if ((int64_t)words < limits->words)
        return LEAVE;
    lower(&lines->lower, lines->line.data, lines->line.len);
    if (limits->lorem_ipsum && holds(&lines->lower, "lorem ipsum")) {
        falls(lines->finding, "c4.lorem_ipsum", 1, 0);
        return DROP;
    }
    if (limits->javascript && holds(&lines->lower, "javascript"))
        return LEAVE;
    if (limits->curly_bracket && memchr(lines->line.data, '{', lines->line.len) != NULL) {
        falls(lines->finding, "c4.curly_bracket", 1, 0);
        return DROP;
    }
    return limits->policy && policy(&lines->lower) ? LEAVE : KEEP;
}

static enum fate line_fate(struct lines *lines, const char *line, size_t bytes)
{
    struct spans words = words_split(lines->page->arena, line, bytes);
    bool too_long = false;
    for (size_t i = 0; i < words.count && lines->limits->word_length > 0; i++)
        too_long = too_long || words.item[i].chars > (uint64_t)lines->limits->word_length;
    buf_clear(&lines->line);
    if (lines->limits->citations)
        without_citations(&lines->line, line, bytes);
    else
        buf_add(&lines->line, line, bytes);
    return judge(lines, words.count, too_long);
}

static void keep(struct lines *lines)
{
    lines->sentences += words_sentences(lines->page->arena, lines->line.data, lines->line.len);
    if (lines->kept.len > 0)
        buf_char(&lines->kept, '\n');
    buf_add(&lines->kept, lines->line.data, lines->line.len);
}

bool rule_c4(struct page *page, const struct clean *config, struct finding *finding)
{
    struct lines lines = {.page = page, .limits = &config->c4, .finding = finding};
    buf_init(&lines.kept, page->arena);
    buf_init(&lines.line, page->arena);
    buf_init(&lines.lower, page->arena);
    struct spans all = words_lines(page->arena, page->text, page->bytes);
    for (size_t i = 0; i < all.count; i++) {
        size_t from = all.item[i].from, end = from + all.item[i].bytes;
        words_strip_left(page->text, &from, end);
        words_strip_right(page->text, from, &end);
        enum fate fate = line_fate(&lines, page->text + from, end - from);
        if (fate == DROP)
            return false;
        if (fate == KEEP)
            keep(&lines);
    }
    if ((int64_t)lines.sentences < config->c4.sentences)
        return falls(finding, "c4.sentences", (double)lines.sentences, (double)config->c4.sentences);
    size_t from = 0, end = lines.kept.len;
    words_strip_left(lines.kept.data, &from, end);
    words_strip_right(lines.kept.data, from, &end);
    lines.kept.data[end] = '\0';
    page_set(page, page->arena, lines.kept.data + from, end - from);
    return true;
}
