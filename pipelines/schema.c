/* schema: a JSON Schema (draft 2020-12) of definitions, so that editors complete and check them. See reference.h. */
#include "pipelines/reference.h"

#include <string.h>

static json_t *words(struct arena *arena, const char *choices)
{
    json_t *list = json_array();
    struct texts texts = text_split(arena, choices, '|');
    for (size_t i = 0; i < texts.count; i++)
        json_array_append_new(list, json_string(texts.item[i]));
    return list;
}

static json_t *text_schema(struct arena *arena, const struct option *option)
{
    if (option->choices == NULL)
        return json_pack("{s:s}", "type", "string");
    return json_pack("{s:o}", "enum", words(arena, option->choices));
}

static json_t *list_schema(struct arena *arena, const struct option *option)
{
    json_t *list = json_pack("{s:s, s:o}", "type", "array", "items", text_schema(arena, option));
    return json_pack("{s:[o, o]}", "anyOf", text_schema(arena, option), list);
}

static json_t *map_schema(struct arena *arena, const struct option *option)
{
    json_t *map = json_pack("{s:s, s:{s:[s, s, s]}}", "type", "object", "additionalProperties", "type", "string",
                            "number", "boolean");
    if (option->choices == NULL)
        return map;
    return json_pack("{s:[o, o]}", "anyOf", text_schema(arena, option), map);
}

static json_t *type_schema(struct arena *arena, const struct option *option)
{
    switch (option->type) {
    case OPTION_TEXT:
    case OPTION_CHOICE:
        return text_schema(arena, option);
    case OPTION_TEXTS:
        return list_schema(arena, option);
    case OPTION_MAP:
        return map_schema(arena, option);
    case OPTION_BOOL: /* YAML 1.2 editors read yes and no as texts */
        return json_pack("{s:[s, s, s, s, b, b]}", "enum", "yes", "no", "on", "off", 1, 0);
    case OPTION_END:
        break;
    default: /* quantities: a number, or a text with its unit */
        return json_pack("{s:[s, s]}", "type", "number", "string");
    }
    BUG("option %s has no type", option->path);
}

static json_t *object_schema(void)
{
    return json_pack("{s:s, s:{}, s:b}", "type", "object", "properties", "additionalProperties", 0);
}

/* The schema of the value under a key of an object schema, made where it is not there yet. */
static json_t *enter(json_t *object, const char *key, bool list)
{
    json_t *properties = json_object_get(object, "properties");
    json_t *value = json_object_get(properties, key);
    if (value == NULL) {
        json_t *inner = object_schema();
        value = list ? json_pack("{s:s, s:o}", "type", "array", "items", inner) : inner;
        json_object_set_new(properties, key, value);
    }
    return list ? json_object_get(value, "items") : value;
}

/* Follow a path to the object that holds its last word, which is left in *path. */
static json_t *descend(struct arena *arena, json_t *object, const char **path)
{
    const char *dot;
    while ((dot = strchr(*path, '.')) != NULL) {
        size_t len = (size_t)(dot - *path);
        bool list = len > 2 && strncmp(dot - 2, "[]", 2) == 0;
        object = enter(object, arena_strndup(arena, *path, list ? len - 2 : len), list);
        *path = dot + 1;
    }
    return object;
}

static void require(json_t *object, const char *key)
{
    json_t *required = json_object_get(object, "required");
    if (required == NULL) {
        required = json_array();
        json_object_set_new(object, "required", required);
    }
    json_array_append_new(required, json_string(key));
}

static void add_option(struct arena *arena, json_t *root, const struct section *section, const struct option *option)
{
    const char *path =
        *section->path == '\0' ? option->path : arena_printf(arena, "%s.%s", section->path, option->path);
    json_t *object = descend(arena, root, &path);
    json_t *schema = type_schema(arena, option);
    if (option->help != NULL)
        json_object_set_new(schema, "description", json_string(option->help));
    if (option->initial != NULL && *option->initial != '\0')
        json_object_set_new(schema, "default", json_string(option->initial));
    if (option->initial == NULL)
        require(object, path);
    json_object_set_new(json_object_get(object, "properties"), path, schema);
}

json_t *reference_schema(struct arena *arena, const struct section *const *sections)
{
    json_t *root = json_keep(arena, object_schema());
    json_object_set_new(root, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
    json_object_set_new(root, "title", json_string("Tidemill pipeline definition"));
    for (size_t i = 0; sections[i] != NULL; i++)
        for (const struct option *option = sections[i]->options; option->type != OPTION_END; option++)
            add_option(arena, root, sections[i], option);
    json_t *properties = json_object_get(root, "properties");
    json_t *site = json_object_get(properties, "site");
    if (site != NULL) /* a file may be named instead */
        json_object_set_new(properties, "site", json_pack("{s:[{s:s}, O]}", "anyOf", "type", "string", site));
    return root;
}
