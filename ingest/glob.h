/* glob: files by pattern: *, ?, [...] within a name, ** for any number of folders. Sorted, each once. */
#ifndef INGEST_GLOB_H
#define INGEST_GLOB_H

#include "lib/base/text.h"

/* Folders that are links are not entered below **, so loops end. What cannot be opened is passed over. */
void glob_files(struct arena *arena, const struct texts *patterns, const struct texts *exclude, struct texts *files);

#endif
