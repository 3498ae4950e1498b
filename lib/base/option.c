/* option: see option.h. What is written is turned into a field by one small function per type. */
#include "lib/base/option.h"

#include "lib/base/json.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void *field(const struct option *option, void *config)
{
    return (char *)config + option->offset;
}

static const void *field_of(const struct option *option, const void *config)
{
    return (const char *)config + option->offset;
}

static bool in_range(const struct option *option, double value, const char *written, struct err *err)
{
    if (option->min == 0 && option->max == 0)
        return true;
    if (value < option->min)
        return err_set(err, ERR_DEFINITION, "%s is too small; the least is %.12g", written, option->min);
    if (value > option->max)
        return err_set(err, ERR_DEFINITION, "%s is too large; the most is %.12g", written, option->max);
    return true;
}

static struct texts choices_of(const struct option *option, struct arena *arena)
{
    return text_split(arena, option->choices, '|');
}

/* The position of a value among the choices, or -1 and an error that lists them. */
static int64_t find_choice(const struct option *option, struct arena *arena, const char *value, struct err *err)
{
    struct texts choices = choices_of(option, arena);
    for (size_t i = 0; i < choices.count; i++)
        if (strcmp(choices.item[i], value) == 0)
            return (int64_t)i;
    const char *near = text_suggest(value, choices.item, choices.count);
    if (near != NULL)
        err_set(err, ERR_DEFINITION, "\"%s\" is not a choice; did you mean \"%s\"?", value, near);
    else
        err_set(err, ERR_DEFINITION, "\"%s\" is not a choice; choose one of %s", value, option->choices);
    return -1;
}

static bool check_text(const struct option *option, struct arena *arena, const char *value, struct err *err)
{
    if (option->choices != NULL && find_choice(option, arena, value, err) < 0)
        return false;
    return option->check == NULL || option->check(value, err);
}

static bool set_texts(const struct option *option, struct arena *arena, struct texts *texts, const char *value,
                      struct err *err)
{
    struct texts parts = {NULL, 0};
    if (*value != '\0')
        parts = text_split(arena, value, ',');
    for (size_t i = 0; i < parts.count; i++) {
        while (*parts.item[i] == ' ')
            parts.item[i]++;
        if (!check_text(option, arena, parts.item[i], err))
            return false;
    }
    *texts = parts;
    return true;
}

static bool set_bool(bool *flag, const char *value, struct err *err)
{
    static const char *const yes[] = {"yes", "true", "on"}, *const no[] = {"no", "false", "off"};
    for (size_t i = 0; i < 3; i++) {
        if (strcasecmp(value, yes[i]) == 0)
            return *flag = true;
        if (strcasecmp(value, no[i]) == 0) {
            *flag = false;
            return true;
        }
    }
    return err_set(err, ERR_DEFINITION, "\"%s\" is neither yes nor no", value);
}

static bool refuse(struct err *err, const char *value, const char *wanted)
{
    return err_set(err, ERR_DEFINITION, "\"%s\" is not %s", value, wanted);
}

static bool set_whole(const struct option *option, int64_t *number, const char *value, struct err *err)
{
    switch (option->type) {
    case OPTION_DURATION:
        if (!quantity_duration(value, number))
            return refuse(err, value, "a duration; write it like 250ms, 30s, 5min, 2h or 1d");
        break;
    case OPTION_BYTES:
        if (!quantity_bytes(value, number))
            return refuse(err, value, "a number of bytes; write it like 64 KiB, 10 MB or 1.5 GB");
        break;
    default:
        if (!quantity_count(value, number))
            return refuse(err, value, "a whole number; write it like 8000, 8k or 4M");
    }
    return in_range(option, (double)*number, value, err);
}

static bool set_real(const struct option *option, double *number, const char *value, struct err *err)
{
    if (option->type == OPTION_SHARE) {
        if (!quantity_share(value, number))
            return refuse(err, value, "a share; write it like 2 % or 0.02");
    } else {
        char *end;
        *number = strtod(value, &end);
        if (end == value || *end != '\0' || *number != *number)
            return refuse(err, value, "a number");
    }
    return in_range(option, *number, value, err);
}

static bool set_choice(const struct option *option, struct arena *arena, int64_t *choice, const char *value,
                       struct err *err)
{
    *choice = find_choice(option, arena, value, err);
    return *choice >= 0;
}

static bool set_text(const struct option *option, struct arena *arena, const char **text, const char *value,
                     struct err *err)
{
    *text = arena_strdup(arena, value);
    return check_text(option, arena, value, err);
}

bool option_set(const struct option *option, struct arena *arena, void *config, const char *value, struct err *err)
{
    void *target = field(option, config);
    switch (option->type) {
    case OPTION_TEXT:
        return set_text(option, arena, target, value, err);
    case OPTION_TEXTS:
        return set_texts(option, arena, target, value, err);
    case OPTION_CHOICE:
        return set_choice(option, arena, target, value, err);
    case OPTION_BOOL:
        return set_bool(target, value, err);
    case OPTION_INT:
    case OPTION_DURATION:
    case OPTION_BYTES:
        return set_whole(option, target, value, err);
    case OPTION_REAL:
    case OPTION_SHARE:
        return set_real(option, target, value, err);
    case OPTION_MONEY:
        if (!quantity_money(value, target))
            return refuse(err, value, "an amount of money; write it like 3 EUR");
        return option->check == NULL || option->check(value, err);
    case OPTION_MAP:
        return err_set(err, ERR_DEFINITION, "\"%s\" is not a mapping; write keys and values", value);
    case OPTION_END:
        break;
    }
    BUG("option %s has no type", option->path);
}

void option_defaults(const struct section *section, struct arena *arena, void *config)
{
    memset(config, 0, section->size);
    for (const struct option *option = section->options; option->type != OPTION_END; option++) {
        struct err err;
        bool none = option->initial == NULL || (*option->initial == '\0' && option->type != OPTION_TEXTS);
        if (none || option->type == OPTION_MAP)
            continue;
        if (!option_set(option, arena, config, option->initial, &err))
            BUG("the default of %s.%s is wrong: %s", section->path, option->path, err.text);
    }
}

const struct option *option_find(const struct section *section, const char *path)
{
    for (const struct option *option = section->options; option->type != OPTION_END; option++)
        if (strcmp(option->path, path) == 0)
            return option;
    return NULL;
}

const char *option_suggest(const struct section *section, const char *path)
{
    const char *candidates[256];
    size_t count = 0;
    for (const struct option *option = section->options; option->type != OPTION_END && count < 256; option++)
        candidates[count++] = option->path;
    return text_suggest(path, candidates, count);
}

static json_t *json_of_texts(const struct texts *texts)
{
    json_t *list = json_array();
    for (size_t i = 0; i < texts->count; i++)
        json_array_append_new(list, json_string(texts->item[i]));
    return list;
}

static json_t *json_of_pairs(const struct pairs *pairs)
{
    json_t *map = json_object();
    for (size_t i = 0; i < pairs->count; i++)
        json_object_set_new(map, pairs->item[i].key, json_string(pairs->item[i].value));
    return map;
}

json_t *option_json(const struct option *option, struct arena *arena, const void *config)
{
    const void *value = field_of(option, config);
    const struct money *money = value;
    switch (option->type) {
    case OPTION_TEXT:
        return *(const char *const *)value == NULL ? json_null() : json_string(*(const char *const *)value);
    case OPTION_TEXTS:
        return json_of_texts(value);
    case OPTION_MAP:
        return json_of_pairs(value);
    case OPTION_BOOL:
        return json_boolean(*(const bool *)value);
    case OPTION_REAL:
    case OPTION_SHARE:
        return json_real(*(const double *)value);
    case OPTION_CHOICE:
        return json_string(choices_of(option, arena).item[*(const int64_t *)value]);
    case OPTION_MONEY:
        return json_string(arena_printf(arena, "%lld %s", (long long)money->micros, money->currency));
    case OPTION_INT:
    case OPTION_DURATION:
    case OPTION_BYTES:
        return json_integer(*(const int64_t *)value);
    case OPTION_END:
        break;
    }
    BUG("option %s has no type", option->path);
}

char *option_canonical(const struct section *section, struct arena *arena, const void *config)
{
    json_t *all = json_keep(arena, json_object());
    for (const struct option *option = section->options; option->type != OPTION_END; option++)
        if (!option->inert)
            json_object_set_new(all, option->path, option_json(option, arena, config));
    return json_canonical(arena, all);
}
