/* mapping: see mapping.h. */
#include "ingest/mapping.h"

#include <string.h>

static struct pair standard[] = {
    {"id", "id"}, {"text", "text"}, {"created", "created"}, {"label", "label"}, {"target", "target"}};

const struct pairs mapping_standard = {standard, sizeof standard / sizeof *standard};

struct mapping mapping_of(struct arena *arena, const struct pairs *given, const struct pairs *fallback)
{
    struct mapping mapping = {.wanted = *fallback, .given = given->count > 0};
    if (!mapping.given)
        return mapping;
    struct pair *all = ARENA_ARRAY(arena, struct pair, given->count + 1);
    memcpy(all, given->item, given->count * sizeof *all);
    mapping.wanted = (struct pairs){all, given->count};
    if (pairs_get(given, "text") == NULL) /* a mapping may leave out what has its own name */
        all[mapping.wanted.count++] = (struct pair){"text", pairs_get(fallback, "text")};
    return mapping;
}

void mapping_put(struct record *record, struct arena *arena, const char *ours, const char *value, size_t len)
{
    if (strcmp(ours, "text") == 0) {
        record->text = value;
        record->bytes = len;
    } else if (strcmp(ours, "id") == 0) {
        record->key = value;
    } else if (strcmp(ours, "created") == 0) {
        record->created = value;
    } else {
        size_t bytes = arena_size(sizeof *record->extra.item, record->extra.count);
        record->extra.item = arena_grow(arena, record->extra.item, bytes, bytes + sizeof *record->extra.item);
        record->extra.item[record->extra.count++] = (struct pair){ours, value};
    }
}
