/*
 * dataset_batch: the documents of a dataset in batches, so that threads can share the work on them.
 *
 * A batch lives until the next one is read.
 */
#ifndef LIB_TEXT_DATASET_BATCH_H
#define LIB_TEXT_DATASET_BATCH_H

#include "lib/text/dataset.h"

struct dataset_batch {
    struct dataset_reader *reader;
    struct arena arena; /* of the documents; released with the arena given to dataset_batch_open */
    struct document *documents;
    size_t count, capacity;
    size_t bytes; /* of their text */
    bool end;
};

void dataset_batch_open(struct dataset_batch *batch, struct arena *arena, struct dataset_reader *reader);
/* Reads some more; count is 0 at the end. */
bool dataset_batch_next(struct dataset_batch *batch, struct err *err) MUST_CHECK;

#endif
