/* reference: the options of the tables, told in three ways: to a terminal, as Markdown, as JSON Schema. */
#ifndef PIPELINES_REFERENCE_H
#define PIPELINES_REFERENCE_H

#include "lib/base/buf.h"
#include "lib/base/json.h"
#include "lib/base/option.h"

const char *option_type_name(const struct option *option); /* "share", "list of texts" */

/* The sections whose path is `path` or stands below it; false where there are none. */
bool reference_terminal(struct buf *out, const struct section *const *sections, const char *path);
void reference_markdown(struct buf *out, const struct section *const *sections);
/* A JSON Schema (draft 2020-12) of a whole definition. */
json_t *reference_schema(struct arena *arena, const struct section *const *sections);

#endif
