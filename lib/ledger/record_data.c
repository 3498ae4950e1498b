/* record_data: items and datasets of a completed task. */
#include "lib/ledger/record_data.h"

#include "lib/ledger/copy.h"

#include <string.h>

bool record_source(struct ledger *ledger, const struct task_records *records, struct err *err)
{
    if (!records->source)
        return err_set(err, ERR_INTERNAL, "task %s (%s) left records, but its spec names no source", records->task,
                       records->kind);
    return ledger_queue(ledger, STATEMENT_SOURCE_ENSURE, PARAMS(records->source), err);
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
    int64_t *passing = ARENA_ARRAY(arena, int64_t, count);
    for (size_t i = 0; i < count; i++) {
        if (!records->items[i].error)
            continue;
        uris[failed] = records->items[i].uri;
        passing[failed] = records->items[i].passing;
        errors[failed++] = records->items[i].error;
    }
    return ledger_exec(ledger, arena, STATEMENT_ITEM_FAIL,
                       PARAMS(records->source, param_texts(arena, uris, failed), param_texts(arena, errors, failed),
                              param_ints(arena, passing, failed)),
                       NULL, err);
}

bool record_items(struct ledger *ledger, struct arena *arena, const struct task_records *records, struct err *err)
{
    if (records->item_count == 0)
        return true;
    if (!record_source(ledger, records, err))
        return false;
    return strcmp(records->kind, "ingest.scan") == 0 ? see_items(ledger, arena, records, err)
                                                     : fail_items(ledger, arena, records, err);
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
