/* mapping: which of a source's fields or columns becomes what of a document. */
#ifndef INGEST_MAPPING_H
#define INGEST_MAPPING_H

#include "ingest/reader.h"

/* Ours and theirs; where the definition says nothing: id, text, created, label and target by their own names. */
struct mapping {
    struct pairs wanted; /* key: ours; value: theirs */
    bool given;          /* by the definition */
};
struct mapping mapping_of(struct arena *arena, const struct pairs *given, const struct pairs *standard);

/* Puts a value where it belongs in the record; `ours` is a key of the mapping. */
void mapping_put(struct record *record, struct arena *arena, const char *ours, const char *value, size_t len);

extern const struct pairs mapping_standard;

#endif
