/* json: see json.h. */
#include "lib/base/json.h"

#include <stdlib.h>

/* Without memory jansson gives NULL, or -1, from calls that cannot fail otherwise: the process ends before. */
__attribute__((constructor)) static void take_memory_from_us(void)
{
    json_set_alloc_funcs(arena_library_alloc, arena_library_free);
}

static void drop_value(void *value)
{
    json_decref(value);
}

json_t *json_keep(struct arena *arena, json_t *value)
{
    if (value == NULL)
        BUG("jansson gave no value");
    arena_defer(arena, drop_value, value);
    return value;
}

json_t *json_read(struct arena *arena, const char *text, size_t len, struct err *err)
{
    json_error_t error;
    json_t *value = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    if (value == NULL) {
        err_set(err, ERR_INPUT, "line %d, column %d: invalid JSON: %s", error.line, error.column, error.text);
        return NULL;
    }
    return json_keep(arena, value);
}

char *json_canonical(struct arena *arena, const json_t *value)
{
    char *text = json_dumps(value, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
    if (text == NULL)
        BUG("a JSON value cannot be written");
    char *copy = arena_strdup(arena, text);
    free(text);
    return copy;
}

const char *json_text_or(const json_t *object, const char *key, const char *fallback)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text == NULL ? fallback : text;
}

int64_t json_int_or(const json_t *object, const char *key, int64_t fallback)
{
    const json_t *value = json_object_get(object, key);
    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

double json_real_or(const json_t *object, const char *key, double fallback)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : fallback;
}

bool json_bool_or(const json_t *object, const char *key, bool fallback)
{
    const json_t *value = json_object_get(object, key);
    return json_is_boolean(value) ? json_is_true(value) : fallback;
}
