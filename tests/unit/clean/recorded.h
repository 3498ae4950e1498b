/* recorded: what datatrove said about the fixtures (tests/parity/clean/record.py), and what our rule says. */
#ifndef TESTS_UNIT_CLEAN_RECORDED_H
#define TESTS_UNIT_CLEAN_RECORDED_H

#include "clean/rule.h"
#include "lib/base/file.h"
#include "lib/base/json.h"
#include "tests/unit/tap.h"

struct reason {
    const char *theirs, *ours;
};

static inline void settings(struct arena *arena, struct clean *config)
{
    option_defaults(clean_info.sections[0], arena, config);
}

static inline json_t *recorded(struct arena *arena)
{
    struct buf text;
    struct err err;
    buf_init(&text, arena);
    if (!file_read(arena, "tests/data/clean/rules.json", &text, &err))
        BUG("%s", err.text);
    json_t *root = json_read(arena, text.data, text.len, &err);
    if (root == NULL)
        BUG("%s", err.text);
    return json_object_get(root, "documents");
}

static inline const char *in_our_words(const struct reason *reasons, const char *theirs)
{
    for (; reasons->theirs != NULL; reasons++)
        if (theirs != NULL && strcmp(reasons->theirs, theirs) == 0)
            return reasons->ours;
    return theirs == NULL ? "kept" : theirs;
}

/* One test per document of the record: the same reason, or kept by both. */
static inline void agree(const char *key, rule_pass *rule, const struct reason *reasons)
{
    struct arena arena;
    struct clean config;
    arena_init(&arena);
    settings(&arena, &config);
    size_t i;
    json_t *document, *list = recorded(&arena);
    json_array_foreach(list, i, document)
    {
        json_t *text = json_object_get(document, "text");
        struct page page;
        struct finding finding = {"kept", 0, 0};
        page_set(&page, &arena, json_string_value(text), json_string_length(text));
        rule(&page, &config, &finding);
        char name[64];
        snprintf(name, sizeof name, "%s, document %zu", key, i);
        SAME(finding.rule, in_our_words(reasons, json_string_value(json_object_get(document, key))), name);
    }
    arena_release(&arena);
}

#endif
