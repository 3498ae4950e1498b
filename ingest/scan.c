/*
 * ingest.scan: lists the items of a source, and cuts the list into batches.
 *
 * An item whose size and time are those that the ledger knows is not read: its digest is taken from there. The rest is
 * read once, for its digest, by as many threads as there are. What cannot be used is recorded with the reason.
 */
#include "ingest/batch.h"
#include "ingest/ingest.h"
#include "ingest/item_file.h"
#include "lib/base/glob.h"
#include "lib/ledger/ledger.h"
#include "lib/text/utf8.h"

#include <stdlib.h>
#include <string.h>

struct scan {
    struct task *task;
    const struct ingest_source *source;
    struct glob_files files;
    struct rows known;          /* uri, bytes, mtime, digest; by uri in the order of strcmp */
    struct item_record *record; /* [files.count] */
    bool *unread;               /* [files.count]: its digest was known */
    enum err_code *code;        /* [files.count]: of an error while reading */
    int threads;
    struct arena *thread_arena; /* [threads]: texts of such errors */
};

static bool ask_ledger(struct scan *scan, struct err *err)
{
    struct task *task = scan->task;
    if (task->ledger == NULL)
        return true;
    return ledger_exec(task->ledger, task->arena, STATEMENT_ITEM_LIST, PARAMS(scan->source->name), &scan->known, err);
}

static int find_known(const struct rows *known, const char *uri)
{
    for (int low = 0, high = known->count; low < high;) {
        int middle = low + (high - low) / 2;
        int order = strcmp(row_text(known, middle, 0), uri);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

static bool take_known(struct scan *scan, size_t i)
{
    const struct glob_file *file = &scan->files.item[i];
    int row = find_known(&scan->known, file->uri);
    return row >= 0 && row_int(&scan->known, row, 1) == file->size && row_int(&scan->known, row, 2) == file->mtime_us &&
           row_digest(&scan->known, row, 3, &scan->record[i].digest);
}

static void look(void *context, size_t from, size_t to, int thread)
{
    struct scan *scan = context;
    for (size_t i = from; i < to; i++) {
        struct item_record *record = &scan->record[i];
        struct err err;
        if (record->error != NULL || scan->unread[i])
            continue;
        if (item_digest(scan->files.item[i].path, scan->source->max_bytes, &record->digest, &record->size, &err))
            continue;
        record->error = arena_strdup(&scan->thread_arena[thread], err.text);
        scan->code[i] = err.code;
    }
}

/* A name as it can stand in the ledger: what is not UTF-8 is written as %XX. */
static const char *printable(struct arena *arena, const char *name)
{
    struct buf out;
    size_t len = strlen(name);
    if (utf8_valid(name, len))
        return name;
    buf_init(&out, arena);
    for (size_t i = 0; i < len;) {
        size_t run = utf8_valid_run(name + i, len - i);
        buf_add(&out, name + i, run);
        i += run;
        if (i < len)
            buf_printf(&out, "%%%02X", (unsigned char)name[i++]);
    }
    return out.data;
}

static void prepare(struct scan *scan)
{
    struct arena *arena = scan->task->arena;
    size_t count = scan->files.count;
    scan->record = ARENA_ARRAY(arena, struct item_record, count);
    scan->unread = ARENA_ARRAY(arena, bool, count);
    scan->code = ARENA_ARRAY(arena, enum err_code, count);
    for (size_t i = 0; i < count; i++) {
        const struct glob_file *file = &scan->files.item[i];
        scan->record[i] = (struct item_record){
            .uri = printable(arena, file->uri), .size = file->size, .mtime_us = file->mtime_us, .error = file->problem};
        if (scan->record[i].uri != file->uri && file->problem == NULL)
            scan->record[i].error = "its name is not valid UTF-8: rename it";
        if (file->passing)
            scan->code[i] = ERR_SYSTEM;
        scan->unread[i] = scan->record[i].error == NULL && take_known(scan, i);
    }
}

/* A fault that may pass fails the task, so that it is tried again; others belong to their items. */
static bool check_faults(const struct scan *scan, struct err *err)
{
    for (size_t i = 0; i < scan->files.count; i++)
        if (err_action(scan->code[i]) == ERR_RETRY)
            return err_set(err, scan->code[i], "%s: %s", scan->files.item[i].path, scan->record[i].error);
    return true;
}

/* A folder that is not mounted looks like an empty one: without this its documents would be left out of the model, and
 * nobody would know. */
static bool check_count(const struct scan *scan, struct err *err)
{
    int64_t good = 0, least = scan->source->min_files;
    const char *first = NULL;
    for (size_t i = 0; i < scan->files.count; i++) {
        const char *error = scan->record[i].error;
        good += error == NULL;
        if (error != NULL && first == NULL)
            first = arena_printf(scan->task->arena, "; %s: %s", scan->files.item[i].path, error);
    }
    return good >= least ||
           err_set(err, ERR_INPUT,
                   "source %s: %lld files can be read, fewer than its min_files (%lld); is the folder of %s mounted?%s",
                   scan->source->name, (long long)good, (long long)least, scan->source->files.item[0],
                   first != NULL ? first : "");
}

static bool leave_batch(struct scan *scan, struct buf *batch, int64_t *ordinal, struct err *err)
{
    if (batch->len == 0)
        return true;
    bool good = task_put(scan->task, "batch", (*ordinal)++, batch->data, batch->len, "application/jsonl", err);
    buf_clear(batch);
    return good;
}

static bool leave_batches(struct scan *scan, struct err *err)
{
    struct buf batch;
    int64_t ordinal = 0, bytes = 0, unread = 0, failed = 0;
    buf_init(&batch, scan->task->arena);
    for (size_t i = 0; i < scan->files.count; i++) {
        const struct item_record *record = &scan->record[i];
        task_item(scan->task, record);
        failed += record->error != NULL;
        if (record->error != NULL)
            continue;
        struct item item = {record->uri, scan->files.item[i].path, record->size, record->digest};
        batch_add(&batch, &item);
        bytes += record->size;
        unread += scan->unread[i];
        if (cut_after(item.uri, strlen(item.uri), item.size, scan->source->shard_bytes) &&
            !leave_batch(scan, &batch, &ordinal, err))
            return false;
    }
    task_count(scan->task, "items", (int64_t)scan->files.count);
    task_count(scan->task, "items_unchanged", unread);
    task_count(scan->task, "items_failed", failed);
    task_count(scan->task, "bytes_listed", bytes);
    return leave_batch(scan, &batch, &ordinal, err);
}

static void release(void *context)
{
    struct scan *scan = context;
    for (int i = 0; i < scan->threads; i++)
        arena_release(&scan->thread_arena[i]);
}

bool ingest_scan(struct task *task, const void *config, struct err *err)
{
    struct scan *scan = ARENA_NEW(task->arena, struct scan);
    scan->task = task;
    scan->source = config;
    scan->threads = pool_threads(task->pool);
    scan->thread_arena = ARENA_ARRAY(task->arena, struct arena, (size_t)scan->threads);
    arena_defer(task->arena, release, scan); /* the records hold texts until then */
    scan->files = glob_expand(task->arena, &scan->source->files, &scan->source->exclude,
                              task->motion == NULL ? NULL : &task->motion->moves);
    if (!ask_ledger(scan, err))
        return false;
    prepare(scan);
    pool_each(task->pool, scan->files.count, look, scan);
    return check_faults(scan, err) && check_count(scan, err) && leave_batches(scan, err);
}
