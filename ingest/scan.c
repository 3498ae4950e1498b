/*
 * scan: the kind ingest.scan: lists a source's files and cuts the list into batches.
 *
 * A file whose size and time are those that the ledger knows is not read: its digest is known. Batches end after files
 * whose name's hash says so, so that a new file changes its own batch and no other.
 */
#include "ingest/glob.h"
#include "ingest/ingest.h"
#include "lib/ledger/ledger.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { BATCH_MOST_ITEMS = 20000 };

struct known {
    const char *uri;
    int64_t size, mtime_us;
    struct digest digest;
};

struct scan {
    struct task *task;
    const struct source *source;
    struct known *known; /* by uri */
    size_t known_count;
    struct buf batch;
    int64_t batch_bytes, batch_items, batches;
};

static int by_uri(const void *a, const void *b)
{
    return strcmp(((const struct known *)a)->uri, ((const struct known *)b)->uri);
}

static bool load_known(struct scan *scan, struct err *err)
{
    struct rows rows;
    struct task *task = scan->task;
    if (task->ledger == NULL)
        return true;
    if (!ledger_exec(task->ledger, task->arena, STATEMENT_ITEM_LIST, PARAMS(scan->source->name), &rows, err))
        return false;
    scan->known = ARENA_ARRAY(task->arena, struct known, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++) {
        struct known known = {row_text(&rows, i, 0), row_int(&rows, i, 1), row_int(&rows, i, 2), {{0}}};
        if (row_text(&rows, i, 3) != NULL && row_digest(&rows, i, 3, &known.digest))
            scan->known[scan->known_count++] = known;
    }
    if (scan->known_count > 0)
        qsort(scan->known, scan->known_count, sizeof *scan->known, by_uri);
    return true;
}

static bool end_batch(struct scan *scan, struct err *err)
{
    if (scan->batch_items == 0)
        return true;
    if (!task_put(scan->task, "batch", scan->batches++, scan->batch.data, scan->batch.len, "application/jsonl", err))
        return false;
    buf_clear(&scan->batch);
    scan->batch_bytes = scan->batch_items = 0;
    return true;
}

/* Where a batch may end depends on the file's name alone; on average every eighth of a shard's worth of bytes. */
static bool ends_batch(const struct scan *scan, const char *uri)
{
    int64_t target = scan->source->shard_bytes;
    if (scan->batch_bytes >= 4 * target || scan->batch_items >= BATCH_MOST_ITEMS)
        return true;
    return scan->batch_bytes >= target / 2 && hash64(uri, strlen(uri), 0) % 16 == 0;
}

static bool add_item(struct scan *scan, const char *uri, int64_t size, const struct digest *digest, struct err *err)
{
    char hex[DIGEST_HEX];
    digest_hex(digest, hex);
    buf_text(&scan->batch, "{\"uri\":");
    buf_json(&scan->batch, uri, strlen(uri));
    buf_printf(&scan->batch, ",\"size\":%lld,\"digest\":\"%s\"}\n", (long long)size, hex);
    scan->batch_bytes += size;
    scan->batch_items++;
    return !ends_batch(scan, uri) || end_batch(scan, err);
}

/* What is no plain file is never opened: a pipe would wait for ever. */
static const char *look(struct scan *scan, const char *path, struct item_record *item, bool *unchanged)
{
    struct stat info;
    struct err why;
    int64_t bytes;
    if (stat(path, &info) != 0)
        return arena_strdup(scan->task->arena, strerror(errno));
    item->size = info.st_size;
    item->mtime_us = (int64_t)info.st_mtim.tv_sec * 1000000 + info.st_mtim.tv_nsec / 1000;
    if (!S_ISREG(info.st_mode))
        return "it is no plain file";
    if (info.st_size > scan->source->max_bytes)
        return arena_printf(scan->task->arena, "it has %lld bytes, more than max_bytes allows",
                            (long long)info.st_size);
    const struct known want = {.uri = path};
    const struct known *known =
        scan->known_count == 0 ? NULL : bsearch(&want, scan->known, scan->known_count, sizeof want, by_uri);
    *unchanged = known != NULL && known->size == item->size && known->mtime_us == item->mtime_us;
    if (*unchanged)
        item->digest = known->digest;
    else if (!digest_of_file(path, &item->digest, &bytes, &why))
        return arena_strdup(scan->task->arena, why.text);
    return NULL;
}

static bool scan_file(struct scan *scan, const char *path, struct err *err)
{
    struct item_record item = {.uri = path};
    bool unchanged = false;
    item.error = look(scan, path, &item, &unchanged);
    task_item(scan->task, &item);
    task_count(scan->task, item.error != NULL ? "items_failed" : unchanged ? "items_unchanged" : "items_new", 1);
    task_count(scan->task, "items_listed", 1);
    task_count(scan->task, "bytes", item.size);
    return item.error != NULL || add_item(scan, path, item.size, &item.digest, err);
}

bool ingest_scan(struct task *task, const void *config, struct err *err)
{
    struct scan scan = {.task = task, .source = config};
    struct texts files;
    buf_init(&scan.batch, task->arena);
    if (!load_known(&scan, err))
        return false;
    glob_files(task->arena, &scan.source->files, &scan.source->exclude, &files);
    for (size_t i = 0; i < files.count; i++)
        if (!scan_file(&scan, files.item[i], err) ||
            !task_progress(task, (double)i, (double)files.count, "files", NULL, err))
            return false;
    return end_batch(&scan, err);
}
