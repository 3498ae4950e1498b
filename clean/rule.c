/* rule: the rules by name, and what they share. Nothing fails here: a page passes or falls. */
#include "clean/rule.h"

#include "lib/text/utf8.h"

#include <string.h>

static const struct rule rules[] = {
#define RULE(name, profile) {#name, profile, rule_##name},
#include "clean/rule.def"
#undef RULE
};

const struct rule *rule_find(const char *name)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        size_t len = strlen(rules[i].name);
        if (strncmp(name, rules[i].name, len) == 0 &&
            (name[len] == '\0' || (name[len] == '@' && strcmp(name + len + 1, rules[i].profile) == 0)))
            return &rules[i];
    }
    return NULL;
}

void page_set(struct page *page, struct arena *arena, const char *text, size_t bytes)
{
    *page = (struct page){.arena = arena, .text = text, .bytes = bytes};
}

const struct spans *page_words(struct page *page)
{
    if (!page->split)
        page->words = words_split(page->arena, page->text, page->bytes);
    page->split = true;
    return &page->words;
}

size_t page_chars(struct page *page)
{
    if (!page->counted)
        page->chars = utf8_count(page->text, page->bytes);
    page->counted = true;
    return page->chars;
}

bool falls(struct finding *finding, const char *rule, double value, double limit)
{
    *finding = (struct finding){rule, value, limit};
    return false;
}

bool over(struct finding *finding, const char *rule, double value, double limit)
{
    return limit > 0 && value > limit && !falls(finding, rule, value, limit);
}

static bool length_passes(struct page *page, const struct clean *config, struct finding *finding)
{
    double chars = (double)page_chars(page);
    if (chars < (double)config->length_minimum)
        return falls(finding, "length.minimum", chars, (double)config->length_minimum);
    return !over(finding, "length.maximum", chars, (double)config->length_maximum);
}

bool rules_pass(struct page *page, const struct clean *config, struct finding *finding)
{
    if (!length_passes(page, config, finding))
        return false;
    for (size_t i = 0; i < config->rules.count; i++) {
        const struct rule *rule = rule_find(config->rules.item[i]);
        if (rule != NULL && !rule->pass(page, config, finding))
            return false;
    }
    return true;
}
