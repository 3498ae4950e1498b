/*
 * definition_keys: every key of a definition must be an option of some section, or lead to one. See definition.h.
 *
 * The tree is walked beside the sections' paths: at each mapping the words that may follow are known, so an unknown key
 * can be answered with the nearest of them, or with the place where an option of that name does belong.
 */
#include "lib/flow/definition.h"

#include <string.h>

enum { WORDS = 512 };

struct walk {
    struct definition *definition;
    const struct section *const *sections;
};

/* What stands at a path, as the tables have it. */
struct shape {
    bool option, map, list;
};

static void check_map(const struct walk *walk, const struct node *node, const char *pattern, const char *path);

static const char *full_path(struct arena *arena, const struct section *section, const struct option *option)
{
    return *section->path == '\0' ? option->path : arena_printf(arena, "%s.%s", section->path, option->path);
}

static void note(struct shape *shape, const char *known, const char *pattern, bool option)
{
    size_t len = strlen(pattern);
    if (strncmp(known, pattern, len) != 0)
        return;
    if (known[len] == '\0')
        option ? (shape->option = true) : (shape->map = true);
    else if (known[len] == '.')
        shape->map = true;
    else if (known[len] == '[')
        shape->list = true;
}

static struct shape shape_of(const struct walk *walk, const char *pattern)
{
    struct shape shape = {false, false, false};
    for (size_t i = 0; walk->sections[i] != NULL; i++) {
        const struct section *section = walk->sections[i];
        if (*section->path != '\0')
            note(&shape, section->path, pattern, false);
        for (const struct option *option = section->options; option->type != OPTION_END; option++)
            note(&shape, full_path(walk->definition->arena, section, option), pattern, true);
    }
    return shape;
}

static void add_word(const char **words, size_t *count, struct arena *arena, const char *known, const char *pattern)
{
    size_t len = strlen(pattern);
    if (len > 0 && (strncmp(known, pattern, len) != 0 || known[len] != '.'))
        return;
    known += len > 0 ? len + 1 : 0;
    size_t word = strcspn(known, ".[");
    if (word > 0 && *count < WORDS)
        words[(*count)++] = arena_strndup(arena, known, word);
}

/* The word that may stand at `pattern` and is nearest to the key, or NULL. */
static const char *nearest(const struct walk *walk, const char *pattern, const char *key)
{
    const char *words[WORDS];
    size_t count = 0;
    struct arena *arena = walk->definition->arena;
    for (size_t i = 0; walk->sections[i] != NULL; i++) {
        const struct section *section = walk->sections[i];
        if (*section->path != '\0')
            add_word(words, &count, arena, section->path, pattern);
        for (const struct option *option = section->options; option->type != OPTION_END; option++)
            add_word(words, &count, arena, full_path(arena, section, option), pattern);
    }
    return text_suggest(key, words, count);
}

/* An option elsewhere whose last word is the key: it may have been put at the wrong place. */
static const char *elsewhere(const struct walk *walk, const char *key)
{
    for (size_t i = 0; walk->sections[i] != NULL; i++)
        for (const struct option *option = walk->sections[i]->options; option->type != OPTION_END; option++) {
            const char *dot = strrchr(option->path, '.');
            if (strcmp(dot != NULL ? dot + 1 : option->path, key) == 0)
                return full_path(walk->definition->arena, walk->sections[i], option);
        }
    return NULL;
}

static void unknown(const struct walk *walk, const struct node *key, const char *pattern, const char *path)
{
    const char *near = nearest(walk, pattern, key->text);
    const char *other = near == NULL ? elsewhere(walk, key->text) : NULL;
    if (strcmp(key->text, "<<") == 0)
        definition_error(walk->definition, key, path, "merge keys are not supported; write the options out");
    else if (near != NULL)
        definition_error(walk->definition, key, path, "unknown option; did you mean \"%s\"?", near);
    else if (other != NULL)
        definition_error(walk->definition, key, path, "unknown option here; there is \"%s\"", other);
    else
        definition_error(walk->definition, key, path, "unknown option");
}

static void check_list(const struct walk *walk, const struct node *node, const char *pattern, const char *path)
{
    struct arena *arena = walk->definition->arena;
    if (node->kind == NODE_NULL)
        return;
    if (node->kind != NODE_LIST) {
        definition_error(walk->definition, node, path, "must be a list; begin each element with \"- \"");
        return;
    }
    const char *each = arena_printf(arena, "%s[]", pattern);
    for (size_t i = 0; i < node->count; i++) {
        const char *place = arena_printf(arena, "%s[%zu]", path, i);
        if (node->items[i]->kind == NODE_MAP)
            check_map(walk, node->items[i], each, place);
        else
            definition_error(walk->definition, node->items[i], place, "must be a mapping, not %s",
                             node_kind_name(node->items[i]));
    }
}

static void check_pair(const struct walk *walk, const struct node_pair *pair, const char *pattern, const char *path)
{
    struct shape shape = shape_of(walk, pattern);
    if (shape.option)
        return; /* binding checks its value */
    if (shape.list)
        check_list(walk, pair->value, pattern, path);
    else if (shape.map && pair->value->kind == NODE_MAP)
        check_map(walk, pair->value, pattern, path);
    else if (shape.map && pair->value->kind != NODE_NULL)
        definition_error(walk->definition, pair->value, path, "must be a mapping, not %s", node_kind_name(pair->value));
}

static void check_map(const struct walk *walk, const struct node *node, const char *pattern, const char *path)
{
    struct arena *arena = walk->definition->arena;
    for (size_t i = 0; i < node->count; i++) {
        const struct node *key = node->pairs[i].key;
        const char *dot = *pattern == '\0' ? "" : ".";
        const char *below = arena_printf(arena, "%s%s%s", pattern, dot, key->text);
        const char *place = arena_printf(arena, "%s%s%s", path, dot, key->text);
        struct shape shape = shape_of(walk, below);
        bool plain = key->text[strcspn(key->text, ".[")] == '\0';
        if (!plain || (!shape.option && !shape.map && !shape.list))
            unknown(walk, key, pattern, place);
        else
            check_pair(walk, &node->pairs[i], below, place);
    }
}

void definition_check_keys(struct definition *definition, const struct section *const *sections)
{
    struct walk walk = {definition, sections};
    if (definition->root != NULL)
        check_map(&walk, definition->root, "", "");
}
