/* sections: every stage and every section of a definition that this program knows. */
#ifndef PIPELINES_SECTIONS_H
#define PIPELINES_SECTIONS_H

#include "lib/flow/stage.h"

extern const struct stage_info *const stages[]; /* in the order in which data flow; ends with NULL */

const struct stage_info *stage_find(const char *name); /* NULL where there is none */

/* All sections, those of no stage first; ends with NULL. */
const struct section *const *sections_all(struct arena *arena);

#endif
