/* dataset_batch: see dataset_batch.h. */
#include "lib/text/dataset_batch.h"

enum { BATCH_BYTES = 8 << 20, BATCH_DOCUMENTS = 1 << 14 };

static void release(void *arena)
{
    arena_release(arena);
}

void dataset_batch_open(struct dataset_batch *batch, struct arena *arena, struct dataset_reader *reader)
{
    *batch = (struct dataset_batch){.reader = reader};
    arena_init(&batch->arena);
    arena_defer(arena, release, &batch->arena);
}

bool dataset_batch_next(struct dataset_batch *batch, struct err *err)
{
    arena_clear(&batch->arena);
    batch->documents = NULL;
    batch->count = batch->capacity = batch->bytes = 0;
    while (!batch->end && batch->bytes < BATCH_BYTES && batch->count < BATCH_DOCUMENTS) {
        struct document document;
        if (!dataset_reader_next(batch->reader, &batch->arena, &document, &batch->end, err)) {
            if (!batch->end)
                return false;
            break;
        }
        ARENA_PUSH(&batch->arena, batch->documents, batch->count, batch->capacity);
        batch->documents[batch->count++] = document;
        batch->bytes += document.bytes;
    }
    return true;
}
