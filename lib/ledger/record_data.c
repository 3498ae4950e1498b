/*
 * record_data: items, documents, datasets of a completed task.
 *
 * Documents go in by COPY with the ids of their items resolved here, so a million of them is a matter of seconds. A
 * shard is known by the key of its task: written once, shared by every run that reuses the work.
 */
#include "lib/ledger/record_data.h"

#include <stdlib.h>
#include <string.h>

static bool ensure_source(struct ledger *ledger, struct arena *arena, const struct task_records *records,
                          struct err *err)
{
    if (!records->source)
        return err_set(err, ERR_INTERNAL, "a %s task left records, but its spec names no source", records->kind);
    return ledger_exec(ledger, arena, STATEMENT_SOURCE_ENSURE, PARAMS(records->source), NULL, err);
}

static bool see_items(struct ledger *ledger, struct arena *arena, const struct task_records *records, struct err *err)
{
    size_t count = records->item_count;
    const char **uris = ARENA_ARRAY(arena, const char *, count), **errors = ARENA_ARRAY(arena, const char *, count);
    const char **digests = ARENA_ARRAY(arena, const char *, count);
    int64_t *bytes = ARENA_ARRAY(arena, int64_t, count), *mtimes = ARENA_ARRAY(arena, int64_t, count);
    for (size_t i = 0; i < count; i++) {
        const struct item_record *item = &records->items[i];
        uris[i] = item->uri;
        errors[i] = item->error;
        bytes[i] = item->size;
        mtimes[i] = item->mtime_us;
        char *hex = arena_alloc(arena, DIGEST_HEX);
        digest_hex(&item->digest, hex);
        digests[i] = hex;
    }
    return ledger_exec(ledger, arena, STATEMENT_ITEM_SEE,
                       PARAMS(records->run, records->source, param_texts(arena, uris, count),
                              param_ints(arena, bytes, count), param_ints(arena, mtimes, count),
                              param_texts(arena, digests, count), param_texts(arena, errors, count)),
                       NULL, err);
}

static bool fail_items(struct ledger *ledger, struct arena *arena, const struct task_records *records, struct err *err)
{
    size_t count = records->item_count, failed = 0;
    const char **uris = ARENA_ARRAY(arena, const char *, count), **errors = ARENA_ARRAY(arena, const char *, count);
    for (size_t i = 0; i < count; i++) {
        if (!records->items[i].error)
            continue;
        uris[failed] = records->items[i].uri;
        errors[failed++] = records->items[i].error;
    }
    return ledger_exec(ledger, arena, STATEMENT_ITEM_FAIL,
                       PARAMS(records->source, param_texts(arena, uris, failed), param_texts(arena, errors, failed)),
                       NULL, err);
}

bool record_items(struct ledger *ledger, struct arena *arena, const struct task_records *records, struct err *err)
{
    if (records->item_count == 0)
        return true;
    if (!ensure_source(ledger, arena, records, err))
        return false;
    return strcmp(records->kind, "ingest.scan") == 0 ? see_items(ledger, arena, records, err)
                                                     : fail_items(ledger, arena, records, err);
}

/* The items that the documents come from: uri to id, sorted by uri. */
struct item_id {
    const char *uri;
    int64_t id;
};

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int compare_item(const void *a, const void *b)
{
    return strcmp(((const struct item_id *)a)->uri, ((const struct item_id *)b)->uri);
}

static bool resolve_items(struct ledger *ledger, struct arena *arena, const struct task_records *records,
                          struct item_id **items, size_t *item_count, struct err *err)
{
    const char **uris = ARENA_ARRAY(arena, const char *, records->document_count);
    size_t count = 0, distinct = 0;
    for (size_t i = 0; i < records->document_count; i++)
        if (count == 0 || strcmp(uris[count - 1], records->documents[i].uri) != 0)
            uris[count++] = records->documents[i].uri;
    qsort(uris, count, sizeof *uris, compare_text);
    for (size_t i = 0; i < count; i++)
        if (distinct == 0 || strcmp(uris[distinct - 1], uris[i]) != 0)
            uris[distinct++] = uris[i];
    struct rows rows;
    if (!ledger_exec(ledger, arena, STATEMENT_ITEM_RESOLVE, PARAMS(records->source, param_texts(arena, uris, distinct)),
                     &rows, err))
        return false;
    if ((size_t)rows.count != distinct) /* another transaction is just adding one of them */
        return err_set(err, ERR_SERVICE, "items of source %s are being added by another task", records->source);
    *items = ARENA_ARRAY(arena, struct item_id, distinct);
    *item_count = distinct;
    for (int i = 0; i < rows.count; i++)
        (*items)[i] = (struct item_id){row_text(&rows, i, 0), row_int(&rows, i, 1)};
    qsort(*items, distinct, sizeof **items, compare_item);
    return true;
}

static void copy_document(struct buf *buf, int64_t shard, size_t position, int64_t item,
                          const struct document_record *document)
{
    copy_int(buf, shard);
    copy_int(buf, (int64_t)position);
    copy_field(buf, document->id);
    copy_int(buf, item);
    copy_digest(buf, &document->content);
    copy_int(buf, document->ordinal);
    copy_int(buf, document->bytes);
    if (document->rule) {
        copy_field(buf, NULL);
        copy_field(buf, NULL);
        copy_field(buf, document->rule);
        copy_real(buf, document->value);
        copy_real(buf, document->threshold);
    } else {
        copy_int(buf, document->row);
        copy_field(buf, document->split);
        copy_field(buf, NULL);
        copy_field(buf, NULL);
        copy_field(buf, NULL);
    }
    copy_end(buf);
}

static bool copy_documents(struct ledger *ledger, struct arena *arena, const struct task_records *records,
                           int64_t shard, struct err *err)
{
    struct item_id *items = NULL;
    size_t item_count = 0;
    if (!resolve_items(ledger, arena, records, &items, &item_count, err))
        return false;
    struct buf buf;
    buf_init(&buf, arena);
    const struct item_id *item = NULL;
    for (size_t i = 0; i < records->document_count; i++) {
        struct item_id wanted = {records->documents[i].uri, 0};
        if (!item || strcmp(item->uri, wanted.uri) != 0)
            item = bsearch(&wanted, items, item_count, sizeof *items, compare_item);
        if (!item)
            BUG("the item of a document was not resolved");
        copy_document(&buf, shard, i, item->id, &records->documents[i]);
    }
    return ledger_copy(ledger,
                       "ledger.document (shard, position, id, item, content, ordinal, bytes, shard_row, split, rule, "
                       "value, threshold)",
                       buf.data, buf.len, err);
}

bool record_shard(struct ledger *ledger, struct arena *arena, const struct task_records *records, struct err *err)
{
    int64_t kept = 0, kept_bytes = 0;
    for (size_t i = 0; i < records->document_count; i++) {
        if (records->documents[i].rule)
            continue;
        kept++;
        kept_bytes += records->documents[i].bytes;
    }
    struct rows rows;
    if (!ensure_source(ledger, arena, records, err) ||
        !ledger_exec(ledger, arena, STATEMENT_SHARD_ADD,
                     PARAMS(records->task, param_digest(arena, &records->key), records->source,
                            param_int(arena, (int64_t)records->document_count), param_int(arena, kept),
                            param_int(arena, kept_bytes)),
                     &rows, err))
        return false;
    if (rows.count == 0 || records->document_count == 0)
        return true;
    return copy_documents(ledger, arena, records, row_int(&rows, 0, 0), err);
}

static bool copy_duplicates(struct ledger *ledger, struct arena *arena, const struct task_records *records,
                            int64_t version, struct err *err)
{
    struct buf buf;
    buf_init(&buf, arena);
    for (size_t i = 0; i < records->duplicate_count; i++) {
        copy_int(&buf, version);
        copy_field(&buf, records->duplicates[i].id);
        copy_field(&buf, records->duplicates[i].duplicate_of);
        copy_end(&buf);
    }
    return ledger_copy(ledger, "ledger.duplicate (dataset_version, document, duplicate_of)", buf.data, buf.len, err);
}

bool record_dataset(struct ledger *ledger, struct arena *arena, const struct task_records *records, struct err *err)
{
    const char **ids = ARENA_ARRAY(arena, const char *, records->duplicate_count);
    for (size_t i = 0; i < records->duplicate_count; i++)
        ids[i] = records->duplicates[i].id;
    struct rows rows;
    if (!ledger_exec(ledger, arena, STATEMENT_DATASET_ENSURE, PARAMS(records->pipeline), &rows, err))
        return false;
    const char *dataset = param_int(arena, row_int(&rows, 0, 0));
    if (!ledger_exec(ledger, arena, STATEMENT_DATASET_VERSION_ADD,
                     PARAMS(dataset, records->task, records->run, param_texts(arena, ids, records->duplicate_count)),
                     &rows, err))
        return false;
    if (rows.count == 0) /* the same data as a version that exists */
        return true;
    int64_t version = row_int(&rows, 0, 0);
    return ledger_exec(ledger, arena, STATEMENT_DATASET_MEMBER_ADD,
                       PARAMS(param_int(arena, version), records->task, records->run), NULL, err) &&
           copy_duplicates(ledger, arena, records, version, err);
}
