/* options: what a definition may say in its section "registry.release", and the kind of task that reads it. */
#include "registry/registry.h"

#include <string.h>

bool alias_check(const char *value, struct err *err)
{
    size_t plain = strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789_-");
    if (value[0] >= 'a' && value[0] <= 'z' && value[plain] == '\0')
        return true;
    return err_set(err, ERR_DEFINITION,
                   "\"%s\" cannot be an alias; use a small letter, then small letters, digits, '_' and '-'", value);
}

static const struct option options[] = {
    {.path = "model",
     .type = OPTION_TEXT,
     .offset = offsetof(struct release, model),
     .initial = "",
     .help = "which of train.models is released when its gates pass; none given: each"},
    {.path = "alias",
     .type = OPTION_TEXT,
     .offset = offsetof(struct release, alias),
     .initial = "production",
     .help = "the name that moves to a released version",
     .check = alias_check},
    {.type = OPTION_END},
};

static const struct section section = {
    .path = "registry.release",
    .help = "what becomes of a model whose gates have passed",
    .size = sizeof(struct release),
    .options = options,
};

static const struct kind kinds[] = {
    {.name = "registry.release", .revision = 1, .section = &section},
    {.name = NULL},
};

static const struct section *const sections[] = {&section, NULL};

const struct stage_info registry_info = {
    .name = "registry",
    .summary = "keeps model versions and aliases; answers what went into a model and what it cost",
    .kinds = kinds,
    .sections = sections,
};
