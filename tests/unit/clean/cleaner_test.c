/* cleaner: a document's way through main text, normal form, rules and language. */
#include "clean/cleaner.h"
#include "tests/unit/clean/recorded.h"

static struct arena arena;
static struct clean config;
static struct outcome outcome;

static bool kept(const char *text, const char *type)
{
    struct document_meta meta = {"content_type", type, false};
    struct document document = {.text = text, .bytes = strlen(text), .meta = &meta, .meta_count = type != NULL};
    clean_document(&arena, &document, &config, personal_new(&arena), &outcome);
    return outcome.kept;
}

int main(void)
{
    const char *c4[] = {"c4"};
    arena_init(&arena);
    settings(&arena, &config);
    config.rules.count = 0;
    OK(kept("<p>One\r\ntwo &lt;three&gt;</p>", "text/html; charset=latin1"), "a page");
    SAME(outcome.text, "One two <three>", "its main text");
    OK(kept("<p>One\r\ntwo</p>\xe2\x80\x8b", "text/plain"), "a text");
    SAME(outcome.text, "<p>One\ntwo</p>", "is no page");
    OK(outcome.invisible == 1, "what was left out is counted");
    OK(kept("bad \xff", NULL) && outcome.invalid == 1, "no type is text");

    config.html.bytes = 10;
    OK(!kept("<p>A page of more than ten bytes", "text/html"), "too large");
    SAME(outcome.finding.rule, "html.bytes", "its reason");
    SAME(outcome.text, "<p>A page of more than ten bytes", "what was dropped is the raw text");

    config.rules = (struct texts){c4, 1};
    config.c4.sentences = 1;
    OK(kept("This line is a sentence.\nThis is none\nThis one is again.", NULL), "a rule that rewrites");
    SAME(outcome.text, "This line is a sentence.\nThis one is again.", "leaves its text");

    const char *wanted[] = {"de", "zh"};
    config.language_keep = (struct texts){wanted, 2};
    OK(!kept("This line is a sentence in a language that is not wanted here.", NULL), "a language");
    SAME(outcome.finding.rule, "language.score", "its reason");
    SAME(outcome.language, "en", "which it is");
    OK(kept("Diese Zeile ist ein Satz in einer Sprache, die hier gewünscht wird.", NULL), "another");
    SAME(outcome.language, "de", "which that is");
    config.rules.count = 0;
    OK(kept("潮汐磨坊每天兩次磨麵粉，水不要錢，輪子要錢，門開著。這是一個很長的句子，說明磨坊的工作，以及為什麼它在河邊"
            ".",
            NULL),
       "zh keeps zh-Hant");
    SAME(outcome.language, "zh-Hant", "which it is");
    config.personal.email = PERSONAL_REDACT;
    config.language_keep.count = 0;
    OK(kept("潮 a@b.org", NULL) && outcome.hidden == 1, "personal data");
    SAME(outcome.text, "潮 email@example.com", "is hidden where asked for");
    arena_release(&arena);
    return DONE();
}
