/*
 * ingest.read: the items of a batch become raw shards of documents.
 *
 * Items are read in groups, those of a group at once by as many threads as there are; their documents are written in
 * the order of the batch, so that the bytes do not depend on the threads. An item too large for a group is read alone
 * and its documents are written as they come. Items with many records are cut into shards at boundaries that the
 * documents' ids decide, so that a few changed records change few shards.
 */
#include "ingest/item_file.h"
#include "ingest/reader.h"

#include "lib/flow/trial.h"

#include <dirent.h>
#include <string.h>

#define GROUP_ITEMS 64
#define GROUP_BYTES (8 << 20) /* of files as they lie on the disk */

struct slot { /* one item of a group */
    struct arena arena;
    struct reader reader;
    struct document *documents;
    size_t count, capacity;
    struct err err;
    bool failed;
    bool passing; /* it was not as it was when it was listed: the next run is to try again */
};

struct reading {
    struct task *task;
    const struct ingest_source *source;
    struct items items;
    struct slot *slot;   /* [GROUP_ITEMS] */
    struct arena record; /* of an item that is read alone, or only tried */
    struct trial trial;
    struct fate fate[GROUP_ITEMS];
    size_t first; /* the item of slot 0 */
    struct document_writer *writer;
    struct arena *shard;
    int64_t ordinal;
    int64_t documents, bytes, failed, problems, undecoded;
};

static bool collect(void *context, struct document *document, struct err *err)
{
    struct slot *slot = context;
    (void)err;
    ARENA_PUSH(&slot->arena, slot->documents, slot->count, slot->capacity);
    slot->documents[slot->count++] = *document;
    return true;
}

static bool leave_shard(struct reading *reading, struct err *err)
{
    struct digest digest;
    int64_t bytes;
    if (document_writer_count(reading->writer) == 0)
        return true;
    if (!document_writer_keep(reading->writer, reading->task->store, &digest, &bytes, err))
        return false;
    task_output(reading->task, "raw", reading->ordinal++, &digest, bytes, "application/jsonl+zstd");
    arena_clear(reading->shard);
    reading->writer = document_writer_new(reading->shard);
    return true;
}

/* Documents that are items of their own stay together: the batch is cut where it should be. */
static bool write_document(struct reading *reading, const struct item *item, const struct document *document,
                           struct err *err)
{
    bool whole = reader_format(reading->source, item) < FORMAT_JSONL;

    document_writer_add(reading->writer, document);
    reading->documents++;
    reading->bytes += (int64_t)document->bytes;
    const char *undecoded = document_get(document, "undecoded");
    reading->undecoded += undecoded != NULL;
    bool cut =
        !whole && cut_after(document->id, strlen(document->id), (int64_t)document->bytes, reading->source->shard_bytes);
    return !cut || leave_shard(reading, err);
}

static bool write_through(void *context, struct document *document, struct err *err)
{
    struct reading *reading = context;
    bool good = write_document(reading, reading->slot[0].reader.item, document, err);
    task_moved(reading->task);
    arena_clear(reading->slot[0].reader.record);
    return good;
}

/* The source's folder: the item's path without the uri that it has below it. Gone or empty, where a file of it was
 * listed a moment ago, it is not mounted any more. */
static bool folder_stands(struct arena *arena, const struct item *item)
{
    size_t len = strlen(item->path), below = strlen(item->uri);
    if (below >= len)
        return true;
    DIR *folder = opendir(arena_strndup(arena, item->path, len - below));
    int names = 0;
    while (folder != NULL && names < 3 && readdir(folder) != NULL)
        names++; /* "." and ".." are two */
    if (folder != NULL)
        closedir(folder);
    return names > 2;
}

/* The bytes are those that the scan saw, or the item is left for the next run. */
static bool load(struct slot *slot, const struct item *item, int64_t most, struct buf *data, struct err *err)
{
    buf_init(data, &slot->arena);
    if (item_bytes(item->path, most, data, err)) {
        struct digest digest = digest_of(data->data, data->len);
        if (digest_equal(&digest, &item->digest))
            return true;
        err_set(err, ERR_INPUT, "changed after it was listed; the next run reads it");
    } else if (err->code == ERR_INPUT && !folder_stands(&slot->arena, item)) {
        struct err why = *err;
        return err_set(err, ERR_SYSTEM, "%s, and its source's folder is gone or empty: is it mounted?", why.text);
    } else if (err->code == ERR_INPUT) {
        err_wrap(err, "after it was listed");
    }
    slot->passing = err->code == ERR_INPUT;
    return false;
}

/* An item that ends the process that reads it is set aside when the batch is tried again (trial.h). */
static void read_item(struct reading *reading, struct slot *slot, const struct item *item)
{
    struct buf data;
    const struct fate *fate = &reading->fate[slot - reading->slot];
    slot->documents = NULL;
    slot->count = slot->capacity = 0;
    slot->reader.source = reading->source;
    slot->reader.item = item;
    slot->passing = false;
    buf_init(&slot->reader.said, &slot->arena);
    if (fate->rule != NULL)
        slot->failed = !err_set(&slot->err, ERR_INPUT, "left out: reading it %s", fate_text(&slot->arena, fate));
    else
        slot->failed = !load(slot, item, reading->source->max_bytes, &data, &slot->err) ||
                       !reader_read(&slot->reader, data.data, data.len, &slot->err);
    task_moved(reading->task);
}

static void read_slots(void *context, size_t from, size_t to, int thread)
{
    struct reading *reading = context;
    (void)thread;
    for (size_t i = from; i < to; i++) {
        struct slot *slot = &reading->slot[i];
        slot->reader = (struct reader){.arena = &slot->arena, .record = &slot->arena, .emit = collect, .context = slot};
        read_item(reading, slot, &reading->items.item[reading->first + i]);
    }
}

/* Documents of an item that is only tried. */
static bool pass_by(void *context, struct document *document, struct err *err)
{
    struct reading *reading = context;
    (void)document;
    (void)err;
    task_moved(reading->task);
    arena_clear(&reading->record);
    return true;
}

static void try_item(void *context, size_t i)
{
    struct reading *reading = context;
    struct slot *slot = &reading->slot[i];
    slot->reader =
        (struct reader){.arena = &slot->arena, .record = &reading->record, .emit = pass_by, .context = reading};
    read_item(reading, slot, &reading->items.item[reading->first + i]);
    arena_clear(&slot->arena);
}

static void note_fault(struct reading *reading, const struct item *item, const char *text, bool passing)
{
    struct item_record record = {.uri = item->uri,
                                 .size = item->size,
                                 .digest = item->digest,
                                 .error = arena_strdup(reading->task->arena, text),
                                 .passing = passing};
    task_item(reading->task, &record);
}

/* What was wrong with an item; false for what is not the item's fault. */
static bool judge(struct reading *reading, struct slot *slot, struct err *err)
{
    struct reader *reader = &slot->reader;
    if (slot->failed && slot->err.code != ERR_INPUT) {
        *err = slot->err;
        return err_wrap(err, "%s", reader->item->path);
    }
    reading->problems += reader->problems;
    if (slot->failed && reader->problems == 0) {
        note_fault(reading, reader->item, slot->err.text, slot->passing);
    } else if (slot->failed || reader->problems > 0) {
        if (slot->failed)
            buf_printf(&reader->said, "; then %s", slot->err.text);
        buf_printf(&reader->said, " (%lld of %lld records left out)", (long long)reader->problems,
                   (long long)(reader->problems + reader->records));
        note_fault(reading, reader->item, reader->said.data, false);
    }
    reading->failed += slot->failed;
    reading->task->passing = reading->task->passing || slot->passing;
    return true;
}

static bool read_group(struct reading *reading, size_t count, struct err *err)
{
    pool_each(reading->task->pool, count, read_slots, reading);
    for (size_t i = 0; i < count; i++) {
        struct slot *slot = &reading->slot[i];
        for (size_t j = 0; j < slot->count; j++)
            if (!write_document(reading, slot->reader.item, &slot->documents[j], err))
                return false;
        if (!judge(reading, slot, err))
            return false;
        arena_clear(&slot->arena);
    }
    return true;
}

static bool read_alone(struct reading *reading, struct err *err)
{
    struct slot *slot = &reading->slot[0];
    slot->reader =
        (struct reader){.arena = &slot->arena, .record = &reading->record, .emit = write_through, .context = reading};
    read_item(reading, slot, &reading->items.item[reading->first]);
    bool good = judge(reading, slot, err);
    arena_clear(&slot->arena);
    arena_clear(&reading->record);
    return good;
}

/* How many items from the first make a group: one that is large is a group of its own. */
static size_t group_size(const struct reading *reading)
{
    int64_t bytes = 0;
    size_t count = 0;
    while (count < GROUP_ITEMS && reading->first + count < reading->items.count) {
        bytes += reading->items.item[reading->first + count].size;
        if (bytes > GROUP_BYTES && count > 0)
            break;
        count++;
    }
    return count;
}

static bool read_items(struct reading *reading, struct err *err)
{
    while (reading->first < reading->items.count) {
        size_t count = group_size(reading);
        bool alone = count == 1 && reading->items.item[reading->first].size > GROUP_BYTES;
        if (!trial_batch(&reading->trial, count, reading->fate, err) ||
            !(alone ? read_alone(reading, err) : read_group(reading, count, err)))
            return false;
        reading->first += count;
        if (!task_progress(reading->task, (double)reading->first, (double)reading->items.count, "items", NULL, err))
            return false;
    }
    return leave_shard(reading, err);
}

static void release(void *context)
{
    struct reading *reading = context;
    for (size_t i = 0; i < GROUP_ITEMS; i++)
        arena_release(&reading->slot[i].arena);
    arena_release(&reading->record);
    arena_release(reading->shard);
}

bool ingest_read(struct task *task, const void *config, struct err *err)
{
    struct map batch;
    const struct task_input *input = task_input(task, "batch", 0);
    if (input == NULL)
        return err_set(err, ERR_INTERNAL, "ingest.read was given no batch");
    struct reading *reading = ARENA_NEW(task->arena, struct reading);
    *reading = (struct reading){.task = task, .source = config};
    if (!store_map(task->store, task->arena, &input->digest, &batch, err) ||
        !batch_read(task->arena, batch.data, batch.size, &reading->items, err))
        return false;
    reading->slot = ARENA_ARRAY(task->arena, struct slot, GROUP_ITEMS);
    for (size_t i = 0; i < GROUP_ITEMS; i++)
        arena_init(&reading->slot[i].arena);
    arena_init(&reading->record);
    reading->trial = (struct trial){.task = task, .work = try_item, .context = reading};
    reading->shard = ARENA_NEW(task->arena, struct arena);
    arena_init(reading->shard);
    arena_defer(task->arena, release, reading);
    reading->writer = document_writer_new(reading->shard);
    task_moved(task);
    if (!read_items(reading, err))
        return false;
    task_count(task, "items_read", (int64_t)reading->items.count - reading->failed);
    task_count(task, "items_failed", reading->failed);
    task_count(task, "records_left_out", reading->problems);
    task_count(task, "documents", reading->documents);
    task_count(task, "bytes", reading->bytes);
    task_count(task, "documents_undecoded", reading->undecoded);
    return true;
}
