/*
 * batch: a list of items that are read together, and where such lists are cut.
 *
 * A batch is JSON Lines sorted by uri: {"digest":HEX,"path":PATH,"size":BYTES,"uri":URI}; no time stands in it, so that
 * touching a file changes nothing. A cut depends on the item before it alone, so that a new or changed item leaves
 * other batches as they are.
 */
#ifndef INGEST_BATCH_H
#define INGEST_BATCH_H

#include "lib/base/buf.h"
#include "lib/base/digest.h"

struct item {
    const char *uri, *path;
    int64_t size;
    struct digest digest;
};

struct items {
    struct item *item;
    size_t count;
};

void batch_add(struct buf *batch, const struct item *item);
bool batch_read(struct arena *arena, const char *data, size_t len, struct items *items, struct err *err) MUST_CHECK;

/* Is there a cut after something of this name and size? About every `target` bytes. The size counts in powers of two
 * only, so that a small change of it seldom moves a cut. */
bool cut_after(const void *name, size_t len, int64_t bytes, int64_t target);

#endif
