/*
 * record_shard: the clean shards that were completed together, with the outcome of each of their documents.
 *
 * One statement writes the shards, one finds the ids of their items, and one COPY loads their documents: a million of
 * them is a matter of seconds. A shard is known by the key of its task: written once, shared by every run that reuses
 * the work.
 */
#include "lib/base/text.h"
#include "lib/ledger/copy.h"
#include "lib/ledger/record_data.h"

#include <stdlib.h>
#include <string.h>

/* Where documents come from. */
struct item {
    const char *source, *uri;
    int64_t id;
};

struct shard {
    const struct task_records *records;
    int64_t id; /* 0: the ledger had it before */
};

struct shards {
    struct ledger *ledger;
    struct arena *arena;
    struct shard *shard;
    size_t count;
    struct item *items; /* of the documents of those that are new; sorted */
    size_t item_count;
};

static bool add_sources(const struct shards *shards, struct err *err)
{
    const char *before = "";
    for (size_t i = 0; i < shards->count; i++) {
        const struct task_records *records = shards->shard[i].records;
        if (text_equal(records->source, before))
            continue;
        if (!record_source(shards->ledger, records, err))
            return false;
        before = records->source;
    }
    return true;
}

static bool add_shards(struct shards *shards, struct err *err)
{
    enum { TASK, KEY, SOURCE, TEXTS };
    enum { DOCUMENTS, KEPT, BYTES, NUMBERS };
    struct arena *arena = shards->arena;
    const char **texts[TEXTS];
    int64_t *numbers[NUMBERS];
    for (int c = 0; c < TEXTS; c++)
        texts[c] = ARENA_ARRAY(arena, const char *, shards->count);
    for (int c = 0; c < NUMBERS; c++)
        numbers[c] = ARENA_ARRAY(arena, int64_t, shards->count);
    for (size_t i = 0; i < shards->count; i++) {
        const struct task_records *records = shards->shard[i].records;
        texts[TASK][i] = records->task;
        texts[KEY][i] = param_digest(arena, &records->key);
        texts[SOURCE][i] = records->source;
        numbers[DOCUMENTS][i] = (int64_t)records->document_count;
        for (size_t j = 0; j < records->document_count; j++) {
            numbers[KEPT][i] += records->documents[j].rule == NULL;
            numbers[BYTES][i] += records->documents[j].rule == NULL ? records->documents[j].bytes : 0;
        }
    }
    size_t n = shards->count;
    struct rows rows;
    if (!ledger_exec(shards->ledger, arena, STATEMENT_SHARD_ADD,
                     PARAMS(param_texts(arena, texts[TASK], n), param_texts(arena, texts[KEY], n),
                            param_texts(arena, texts[SOURCE], n), param_ints(arena, numbers[DOCUMENTS], n),
                            param_ints(arena, numbers[KEPT], n), param_ints(arena, numbers[BYTES], n)),
                     &rows, err))
        return false;
    for (size_t i = 0; i < n; i++) {
        int row = row_find(&rows, shards->shard[i].records->task);
        shards->shard[i].id = row >= 0 ? row_int(&rows, row, 1) : 0;
    }
    return true;
}

static int compare_items(const void *a, const void *b)
{
    const struct item *left = a, *right = b;
    int by_source = strcmp(left->source, right->source);
    return by_source != 0 ? by_source : strcmp(left->uri, right->uri);
}

/* Documents of an item mostly stand together. */
static void note_items(struct shards *shards)
{
    size_t most = 0, noted = 0;
    for (size_t i = 0; i < shards->count; i++)
        most += shards->shard[i].id == 0 ? 0 : shards->shard[i].records->document_count;
    shards->items = ARENA_ARRAY(shards->arena, struct item, most);
    for (size_t i = 0; i < shards->count; i++) {
        const struct task_records *records = shards->shard[i].records;
        for (size_t j = 0; shards->shard[i].id != 0 && j < records->document_count; j++)
            if (j == 0 || strcmp(records->documents[j].uri, records->documents[j - 1].uri) != 0)
                shards->items[noted++] = (struct item){records->source, records->documents[j].uri, 0};
    }
    qsort(shards->items, noted, sizeof *shards->items, compare_items);
    for (size_t i = 0; i < noted; i++)
        if (shards->item_count == 0 || compare_items(&shards->items[shards->item_count - 1], &shards->items[i]) != 0)
            shards->items[shards->item_count++] = shards->items[i];
}

static bool resolve_items(struct shards *shards, struct err *err)
{
    note_items(shards);
    size_t count = shards->item_count;
    const char **sources = ARENA_ARRAY(shards->arena, const char *, count);
    const char **uris = ARENA_ARRAY(shards->arena, const char *, count);
    for (size_t i = 0; i < count; i++) {
        sources[i] = shards->items[i].source;
        uris[i] = shards->items[i].uri;
    }
    struct rows rows;
    if (!ledger_exec(shards->ledger, shards->arena, STATEMENT_ITEM_RESOLVE,
                     PARAMS(param_texts(shards->arena, sources, count), param_texts(shards->arena, uris, count)), &rows,
                     err))
        return false;
    if ((size_t)rows.count != count) /* another transaction is just adding one of them */
        return err_set(err, ERR_SERVICE, "items of source %s are being added by another task", sources[0]);
    for (int i = 0; i < rows.count; i++)
        shards->items[row_int(&rows, i, 0)].id = row_int(&rows, i, 1);
    return true;
}

static int64_t item_of(const struct shards *shards, const char *source, const char *uri)
{
    struct item wanted = {source, uri, 0};
    const struct item *item = bsearch(&wanted, shards->items, shards->item_count, sizeof *shards->items, compare_items);
    if (!item)
        BUG("the item of a document was not resolved");
    return item->id;
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

static void copy_shard(struct buf *buf, const struct shards *shards, const struct shard *shard)
{
    const struct task_records *records = shard->records;
    int64_t item = 0;
    for (size_t i = 0; i < records->document_count; i++) {
        const struct document_record *document = &records->documents[i];
        if (i == 0 || strcmp(document->uri, document[-1].uri) != 0)
            item = item_of(shards, records->source, document->uri);
        copy_document(buf, shard->id, i, item, document);
    }
}

static bool copy_documents(struct shards *shards, struct err *err)
{
    struct buf buf;
    size_t documents = 0;
    for (size_t i = 0; i < shards->count; i++)
        documents += shards->shard[i].id == 0 ? 0 : shards->shard[i].records->document_count;
    if (documents == 0)
        return true;
    if (!resolve_items(shards, err))
        return false;
    buf_init(&buf, shards->arena);
    for (size_t i = 0; i < shards->count; i++)
        if (shards->shard[i].id != 0)
            copy_shard(&buf, shards, &shards->shard[i]);
    return ledger_copy(shards->ledger,
                       "ledger.document (shard, position, id, item, content, ordinal, bytes, shard_row, split, rule, "
                       "value, threshold)",
                       buf.data, buf.len, err);
}

bool ledger_record_shards(struct ledger *ledger, struct arena *arena, const struct task_records *records, size_t count,
                          struct err *err)
{
    struct shards shards = {.ledger = ledger, .arena = arena, .shard = ARENA_ARRAY(arena, struct shard, count)};
    for (size_t i = 0; i < count; i++)
        if (strcmp(records[i].kind, "clean.shard") == 0)
            shards.shard[shards.count++].records = &records[i];
    return shards.count == 0 || (add_sources(&shards, err) && add_shards(&shards, err) && copy_documents(&shards, err));
}
