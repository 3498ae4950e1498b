/* format_jsonl: one JSON object per line; `fields` says which member is what, the default names being the same. */
#include "ingest/format.h"

#include <string.h>

static const char *const roles[] = {"id", "text", "label", "target", "created"};
enum { ROLES = sizeof roles / sizeof *roles };

/* "a.b" is member b of member a. */
static const json_t *member(struct arena *arena, const json_t *object, const char *path)
{
    struct texts parts = text_split(arena, path, '.');
    for (size_t i = 0; i < parts.count; i++)
        object = json_object_get(object, parts.item[i]);
    return object;
}

static const char *as_text(struct arena *arena, const json_t *value)
{
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_number(value) || json_is_boolean(value))
        return json_canonical(arena, value);
    return NULL;
}

/* The member's own id is kept as "key"; the document's id is made of source, file and place. */
static bool take_object(struct reading *reading, const json_t *object, long line, struct err *err)
{
    struct pair items[ROLES];
    struct pairs meta = {items, 0};
    const char *text = NULL;
    size_t len = 0;
    for (int r = 0; r < ROLES; r++) {
        const char *path = pairs_get(&reading->source->fields, roles[r]);
        const json_t *value = member(reading->arena, object, path == NULL ? roles[r] : path);
        const char *written = as_text(reading->arena, value);
        if (strcmp(roles[r], "text") == 0) {
            text = json_string_value(value);
            len = json_string_length(value);
        } else if (written != NULL) {
            items[meta.count++] = (struct pair){strcmp(roles[r], "id") == 0 ? "key" : roles[r], written};
        }
    }
    if (text == NULL) {
        const char *path = pairs_get(&reading->source->fields, "text");
        reading_trouble(reading, "line %ld: member \"%s\" is missing or no text", line, path == NULL ? "text" : path);
        return true;
    }
    return reading_document(reading, text, len, &meta, err);
}

bool format_jsonl(struct reading *reading, struct err *err)
{
    const char *at = reading->text, *end = reading->text + reading->len;
    for (long line = 1; at < end; line++) {
        struct err why;
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((stop == NULL ? end : stop) - at);
        if (strspn(at, " \t\r") < len) {
            json_t *object = json_read(reading->arena, at, len, &why);
            if (object == NULL)
                reading_trouble(reading, "line %ld: %s", line, why.text);
            else if (!json_is_object(object))
                reading_trouble(reading, "line %ld: no JSON object", line);
            else if (!take_object(reading, object, line, err))
                return false;
        }
        at = stop == NULL ? end : stop + 1;
    }
    return true;
}
