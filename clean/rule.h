/*
 * rule: one way of telling that a document should not be learned from.
 *
 * A rule stands in its own file rule_<name>.c and as one row in rule.def. It looks at a page and either lets it pass or
 * says by which of its limits it falls, with the value measured and the limit. Rules run in the order of `clean.rules`;
 * the first that a document falls by is its reason. A rule may rewrite the page's text (page_set).
 */
#ifndef CLEAN_RULE_H
#define CLEAN_RULE_H

#include "clean/clean.h"
#include "clean/words.h"

/* A document's text while it is judged; words and length are worked out once, when a rule asks. */
struct page {
    struct arena *arena;
    const char *text;
    size_t bytes;
    struct spans words;
    size_t chars;
    bool split, counted;
};

struct finding {
    const char *rule; /* "gopher.short", an option's name in the section "clean" */
    double value, limit;
};

/* True where the page passes; else the finding says by what it falls. */
typedef bool rule_pass(struct page *page, const struct clean *config, struct finding *finding);

struct rule {
    const char *name;
    const char *profile;
    rule_pass *pass;
};

#define RULE(name, profile) rule_pass rule_##name;
#include "clean/rule.def"
#undef RULE

/* "gopher" or "gopher@datatrove-0.10"; NULL where there is none. */
const struct rule *rule_find(const char *name);

/* Length, then the rules of config->rules. */
bool rules_pass(struct page *page, const struct clean *config, struct finding *finding);

void page_set(struct page *page, struct arena *arena, const char *text, size_t bytes);
const struct spans *page_words(struct page *page);
size_t page_chars(struct page *page);

/* Note by what the page falls; always false, so that `return falls(...)` reads well. */
bool falls(struct finding *finding, const char *rule, double value, double limit);

/* True where `value` is over the limit; a limit of 0 is none. Notes it. */
bool over(struct finding *finding, const char *rule, double value, double limit);

#endif
