/*
 * definition: reading a file, finding nodes by path, binding sections to their option tables. See definition.h; the
 * tree is made in yaml.c, unknown keys are found in definition_keys.c, errors are kept in definition_error.c.
 */
#include "lib/flow/definition.h"

#include "lib/base/file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void definition_parse(struct definition *definition, struct arena *arena, const char *file, const char *bytes,
                      size_t len)
{
    *definition = (struct definition){.arena = arena, .file = arena_strdup(arena, file), .bytes = bytes, .len = len};
    size_t errors = definition->error_count;
    struct node *root = yaml_tree(definition, definition->file, bytes, len);
    if (root == NULL && definition->error_count == errors)
        definition_error(definition, NULL, "", "the file is empty; a definition begins with \"pipeline: NAME\"");
    else if (root != NULL && root->kind != NODE_MAP)
        definition_error(definition, root, "", "must be a mapping like \"pipeline: NAME\", not %s",
                         node_kind_name(root));
    else
        definition->root = root;
}

static bool read_bytes(struct arena *arena, const char *path, struct buf *bytes, struct err *err)
{
    struct stat st;
    if (stat(path, &st) == 0) {
        if (S_ISDIR(st.st_mode))
            return err_set(err, ERR_DEFINITION, "%s: is a folder; name a YAML file in it", path);
        if (st.st_size > DEFINITION_BYTES)
            return err_set(err, ERR_DEFINITION, "%s:1:1: the file has %lld bytes; the most is %d (1 MiB)", path,
                           (long long)st.st_size, DEFINITION_BYTES);
    }
    bool absent = !file_exists(path); /* what was named wrongly; anything else is the system's */
    if (file_read(arena, path, bytes, err))
        return true;
    if (absent)
        err->code = ERR_DEFINITION;
    return false;
}

/* The tree of the file that `site: FILE` names; an empty one where it cannot be had, which then is among the errors. */
static struct node *site_tree(struct definition *definition, const char *folder, const struct node *name)
{
    struct arena *arena = definition->arena;
    const char *path = path_join(arena, folder, name->text);
    struct node *nothing = ARENA_NEW(arena, struct node);
    struct buf bytes;
    struct err err;
    *nothing = *name;
    nothing->kind = NODE_NULL;
    if (!read_bytes(arena, path, &bytes, &err)) {
        definition_error(definition, name, "site", "%s", err.text);
        return nothing;
    }
    struct node *site = yaml_tree(definition, path, bytes.data, bytes.len);
    if (site != NULL && site->kind != NODE_MAP)
        definition_error(definition, site, "", "site settings must be a mapping, not %s", node_kind_name(site));
    return site != NULL && site->kind == NODE_MAP ? site : nothing;
}

static void resolve_site(struct definition *definition, const char *folder)
{
    struct node *root = definition->root;
    for (size_t i = 0; root != NULL && i < root->count; i++)
        if (strcmp(root->pairs[i].key->text, "site") == 0 && root->pairs[i].value->kind == NODE_TEXT)
            root->pairs[i].value = site_tree(definition, folder, root->pairs[i].value);
}

bool definition_read(struct definition *definition, struct arena *arena, const char *path, struct err *err)
{
    return definition_read_copy(definition, arena, path, NULL, err);
}

bool definition_read_copy(struct definition *definition, struct arena *arena, const char *path, const char *folder,
                          struct err *err)
{
    struct buf bytes;
    if (!read_bytes(arena, path, &bytes, err))
        return false;
    definition_parse(definition, arena, path, bytes.data, bytes.len);
    resolve_site(definition, folder != NULL ? folder : path_folder(arena, path));
    return true;
}

const char *node_kind_name(const struct node *node)
{
    static const char *const names[] = {"nothing", "a text", "a list", "a mapping"};
    return names[node->kind];
}

static struct node *member(const struct node *map, const char *key, size_t len)
{
    if (map == NULL || map->kind != NODE_MAP)
        return NULL;
    for (size_t i = 0; i < map->count; i++)
        if (strncmp(map->pairs[i].key->text, key, len) == 0 && map->pairs[i].key->text[len] == '\0')
            return map->pairs[i].value;
    return NULL;
}

const struct node *node_get(const struct node *map, const char *key)
{
    return member(map, key, strlen(key));
}

/* Follow "a.b[2].c" from a node. A key that itself holds dots (kafka properties) is not reached this way. */
static const struct node *follow(const struct node *node, const char *path)
{
    while (node != NULL && *path != '\0') {
        size_t len = strcspn(path, ".[");
        if (len > 0)
            node = member(node, path, len);
        path += len;
        if (*path == '[') {
            char *end;
            size_t index = strtoul(path + 1, &end, 10);
            if (node == NULL || node->kind != NODE_LIST || *end != ']' || end == path + 1 || index >= node->count)
                return NULL;
            node = node->items[index];
            path = end + 1;
        }
        if (*path == '.')
            path++;
    }
    return node;
}

const struct node *definition_find(const struct definition *definition, const char *path)
{
    return follow(definition->root, path);
}

size_t definition_count(const struct definition *definition, const char *path)
{
    size_t len = strlen(path);
    if (text_ends(path, "[]"))
        len -= 2;
    const struct node *list = definition_find(definition, arena_strndup(definition->arena, path, len));
    return list != NULL && list->kind == NODE_LIST ? list->count : 0;
}

struct binding {
    struct definition *definition;
    struct arena *arena;
    const char *path; /* of the option */
    const struct option *option;
    void *config;
};

static void bind_error(const struct binding *binding, const struct node *node, const struct err *err)
{
    definition_error(binding->definition, node, binding->path, "%s", err->text);
}

/* One text of a list, checked as the option says; commas in it mean nothing. */
static const char *bind_item(const struct binding *binding, const struct node *node)
{
    struct option single = *binding->option;
    const char *text = NULL;
    struct err err;
    single.type = OPTION_TEXT;
    single.offset = 0;
    if (node->kind != NODE_TEXT)
        definition_error(binding->definition, node, binding->path, "must be a text, not %s", node_kind_name(node));
    else if (!option_set(&single, binding->arena, &text, node->text, &err))
        bind_error(binding, node, &err);
    return text;
}

static void bind_texts(const struct binding *binding, const struct node *node)
{
    struct texts *texts = (struct texts *)((char *)binding->config + binding->option->offset);
    size_t count = node->kind == NODE_LIST ? node->count : 1;
    if (node->kind == NODE_MAP) {
        definition_error(binding->definition, node, binding->path, "must be a list like [a, b], not a mapping");
        return;
    }
    texts->item = ARENA_ARRAY(binding->arena, const char *, count);
    texts->count = count;
    for (size_t i = 0; i < count; i++)
        texts->item[i] = bind_item(binding, node->kind == NODE_LIST ? node->items[i] : node);
}

/* A mapping with free keys; where the option has choices, one of these words may stand instead, as a pair without key.
 */
static void bind_map(const struct binding *binding, const struct node *node)
{
    struct pairs *pairs = (struct pairs *)((char *)binding->config + binding->option->offset);
    bool word = node->kind == NODE_TEXT && binding->option->choices != NULL;
    if (node->kind != NODE_MAP && !word) {
        definition_error(binding->definition, node, binding->path, "must be a mapping like {key: value}, not %s",
                         node_kind_name(node));
        return;
    }
    size_t count = word ? 1 : node->count;
    pairs->item = ARENA_ARRAY(binding->arena, struct pair, count);
    pairs->count = count;
    if (word) {
        pairs->item[0] = (struct pair){"", bind_item(binding, node)};
        return;
    }
    struct option free_text = *binding->option;
    free_text.choices = NULL;
    struct binding each = *binding;
    each.option = &free_text;
    for (size_t i = 0; i < count; i++) {
        const char *key = node->pairs[i].key->text;
        each.path = arena_printf(binding->arena, "%s.%s", binding->path, key);
        pairs->item[i] = (struct pair){arena_strdup(binding->arena, key), bind_item(&each, node->pairs[i].value)};
    }
}

static void bind_option(const struct binding *binding, const struct node *node)
{
    struct err err;
    if (node->kind == NODE_NULL)
        definition_error(binding->definition, node, binding->path, "has no value; leave the line out for the default");
    else if (binding->option->type == OPTION_TEXTS)
        bind_texts(binding, node);
    else if (binding->option->type == OPTION_MAP)
        bind_map(binding, node);
    else if (node->kind != NODE_TEXT)
        definition_error(binding->definition, node, binding->path, "must be a single value, not %s",
                         node_kind_name(node));
    else if (!option_set(binding->option, binding->arena, binding->config, node->text, &err))
        bind_error(binding, node, &err);
}

static const char *joined(struct arena *arena, const char *path, const char *name)
{
    return *path == '\0' ? name : arena_printf(arena, "%s.%s", path, name);
}

bool definition_bind(struct definition *definition, const struct section *section, const char *path,
                     struct arena *arena, void *config)
{
    size_t errors = definition->error_count;
    const struct node *node = definition_find(definition, path);
    option_defaults(section, arena, config);
    for (const struct option *option = section->options; option->type != OPTION_END; option++) {
        const struct node *value = node != NULL ? follow(node, option->path) : NULL;
        struct binding binding = {definition, arena, joined(arena, path, option->path), option, config};
        if (value != NULL)
            bind_option(&binding, value);
        else if (option->initial == NULL && definition->root != NULL)
            definition_error(definition, node, binding.path, "must be given (%s)", option->help);
    }
    struct err err;
    if (definition->error_count == errors && section->check != NULL && !section->check(config, &err))
        definition_error(definition, node, path, "%s", err.text);
    return definition->error_count == errors;
}
