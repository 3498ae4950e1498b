/* load_value: single options of a definition by their place. See load.h. */
#include "pipelines/load.h"
#include "pipelines/sections.h"

#include <string.h>

/* "train.models[0]" stands for the section "train.models[]". */
static bool stands_for(const char *place, const char *path)
{
    while (*place != '\0' && *path != '\0') {
        if (*place != *path)
            return false;
        if (*place == '[') {
            place = strchr(place, ']');
            path = strchr(path, ']');
            if (place == NULL || path == NULL)
                return false;
        }
        place++;
        path++;
    }
    return *place == *path;
}

static const struct section *find_section(struct arena *arena, const char *place)
{
    const struct section *const *sections = sections_all(arena);
    for (size_t i = 0; sections[i] != NULL; i++)
        if (stands_for(place, sections[i]->path))
            return sections[i];
    return NULL;
}

/* The field of an option of one of the types, NULL where there is none. */
static const void *value(struct loaded *loaded, struct arena *arena, const char *place, const char *path,
                         const struct option **option)
{
    const struct section *section = find_section(arena, place);
    *option = section != NULL ? option_find(section, path) : NULL;
    if (*option == NULL)
        return NULL;
    char *config = arena_alloc(arena, section->size);
    if (!definition_bind(&loaded->definition, section, place, arena, config))
        return NULL;
    return config + (*option)->offset;
}

const char *load_text(struct loaded *loaded, struct arena *arena, const char *place, const char *path)
{
    const struct option *option;
    const void *field = value(loaded, arena, place, path, &option);
    if (field == NULL)
        return NULL;
    if (option->type == OPTION_CHOICE)
        return text_split(arena, option->choices, '|').item[*(const int64_t *)field];
    return option->type == OPTION_TEXT ? *(const char *const *)field : NULL;
}

const struct texts *load_texts(struct loaded *loaded, struct arena *arena, const char *place, const char *path)
{
    const struct option *option;
    const void *field = value(loaded, arena, place, path, &option);
    return field != NULL && option->type == OPTION_TEXTS ? field : NULL;
}

double load_number(struct loaded *loaded, struct arena *arena, const char *place, const char *path)
{
    const struct option *option;
    const void *field = value(loaded, arena, place, path, &option);
    if (field == NULL)
        return 0;
    switch (option->type) {
    case OPTION_INT:
    case OPTION_BYTES:
    case OPTION_DURATION:
        return (double)*(const int64_t *)field;
    case OPTION_REAL:
    case OPTION_SHARE:
        return *(const double *)field;
    default:
        return 0;
    }
}
