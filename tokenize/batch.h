/*
 * batch: the documents of a dataset in batches, so that threads can share the work on them.
 *
 * A batch lives until the next one is read.
 */
#ifndef TOKENIZE_BATCH_H
#define TOKENIZE_BATCH_H

#include "lib/text/dataset.h"

struct batch {
    struct dataset_reader *reader;
    struct arena arena; /* of the documents; released with the arena given to batch_open */
    struct document *documents;
    size_t count, capacity;
    size_t bytes; /* of their text */
    bool end;
};

void batch_open(struct batch *batch, struct arena *arena, struct dataset_reader *reader);
/* Reads some more; count is 0 at the end. */
bool batch_next(struct batch *batch, struct err *err) MUST_CHECK;

#endif
