/*
 * clean.dedup: finds documents that repeat another word for word, across all shards, and writes the dataset's manifest.
 *
 * Of equal texts the one with the smallest id stays, so the answer does not depend on the order of shards. Documents
 * are sorted by (content, id): memory is 72 bytes per document and nothing else grows. Fails on a shard without
 * signatures.
 */
#include "clean/clean.h"
#include "clean/signature.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    const struct signature *signature;
    uint32_t shard, row;
};

struct shard {
    struct signatures signatures;
    const struct digest *clean;
    const struct entry **drop; /* [signatures.count]: the survivor, or NULL */
    size_t dropped;
    int64_t bytes; /* of the documents that stay */
};

static int compare(const void *a, const void *b)
{
    const struct signature *x = ((const struct entry *)a)->signature, *y = ((const struct entry *)b)->signature;
    int order = digest_compare(&x->content, &y->content);
    return order != 0 ? order : memcmp(x->id, y->id, SIGNATURE_ID);
}

static bool read_shards(struct task *task, struct shard *shards, size_t count, struct err *err)
{
    /* Inputs are ordered by role, then ordinal: those of a role stand in a row. */
    const struct task_input *cleans = task_input(task, "clean", 0), *found = task_input(task, "signature", 0);
    size_t signatures = task_inputs(task, "signature");
    for (size_t i = 0; i < count; i++) {
        const struct task_input *clean = &cleans[i], *signature = &found[i];
        if (i >= signatures || signature->ordinal != clean->ordinal)
            return err_set(err, ERR_INTERNAL, "clean shard %lld has no signatures", (long long)clean->ordinal);
        struct map map;
        if (!store_map(task->store, task->arena, &signature->digest, &map, err))
            return false;
        if (!signatures_read(task->arena, map.data, map.size, &shards[i].signatures, err))
            return err_wrap(err, "signatures of shard %lld", (long long)clean->ordinal);
        shards[i].clean = &clean->digest;
        shards[i].drop = ARENA_ARRAY(task->arena, const struct entry *, shards[i].signatures.count);
    }
    return true;
}

static void find_duplicates(struct task *task, struct shard *shards, size_t count)
{
    size_t total = 0, at = 0;
    for (size_t i = 0; i < count; i++)
        total += shards[i].signatures.count;
    struct entry *entry = ARENA_ARRAY(task->arena, struct entry, total);
    for (size_t i = 0; i < count; i++)
        for (size_t row = 0; row < shards[i].signatures.count; row++)
            entry[at++] = (struct entry){&shards[i].signatures.item[row], (uint32_t)i, (uint32_t)row};
    if (total > 0)
        qsort(entry, total, sizeof *entry, compare);
    for (size_t i = 1, first = 0; i < total; i++) {
        if (!digest_equal(&entry[i].signature->content, &entry[first].signature->content)) {
            first = i;
            continue;
        }
        shards[entry[i].shard].drop[entry[i].row] = &entry[first];
        shards[entry[i].shard].dropped++;
    }
}

/* Writes a shard's drop list and notes its duplicates. */
static bool leave_drop_list(struct task *task, struct shard *shard, int64_t ordinal, struct digest *digest,
                            struct err *err)
{
    struct buf json;
    buf_init(&json, task->arena);
    buf_text(&json, "{\"drop\":[");
    bool first = true;
    for (size_t row = 0; row < shard->signatures.count; row++) {
        const struct signature *signature = &shard->signatures.item[row];
        if (shard->drop[row] == NULL) {
            shard->bytes += signature->bytes;
            continue;
        }
        struct duplicate_record record;
        hex_encode(signature->id, SIGNATURE_ID, record.id);
        hex_encode(shard->drop[row]->signature->id, SIGNATURE_ID, record.duplicate_of);
        task_duplicate(task, &record);
        buf_printf(&json, "%s{\"row\":%zu,\"id\":\"%s\",\"duplicate_of\":\"%s\"}", first ? "" : ",", row, record.id,
                   record.duplicate_of);
        first = false;
    }
    buf_text(&json, "]}");
    *digest = digest_of(json.data, json.len);
    return task_put(task, "drop", ordinal, json.data, json.len, "application/json", err);
}

static json_t *manifest_shard(const struct shard *shard, const struct digest *drop)
{
    char clean[DIGEST_HEX], list[DIGEST_HEX];
    digest_hex(shard->clean, clean);
    digest_hex(drop, list);
    return json_pack("{s:s, s:s, s:s, s:I, s:I}", "clean", clean, "drop", list, "source", shard->signatures.source,
                     "documents", (json_int_t)(shard->signatures.count - shard->dropped), "bytes",
                     (json_int_t)shard->bytes);
}

static bool leave_dataset(struct task *task, const struct duplicates *config, struct shard *shards, size_t count,
                          struct err *err)
{
    json_t *manifest = json_keep(task->arena, json_object()), *list = json_array();
    int64_t documents = 0, bytes = 0, dropped = 0;
    json_object_set_new(manifest, "shards", list);
    for (size_t i = 0; i < count; i++) {
        struct digest drop;
        if (!leave_drop_list(task, &shards[i], (int64_t)i, &drop, err))
            return false;
        json_array_append_new(list, manifest_shard(&shards[i], &drop));
        documents += (int64_t)(shards[i].signatures.count - shards[i].dropped);
        dropped += (int64_t)shards[i].dropped;
        bytes += shards[i].bytes;
    }
    json_object_set_new(manifest, "documents", json_integer(documents));
    json_object_set_new(manifest, "bytes", json_integer(bytes));
    json_object_set_new(manifest, "settings", json_pack("{s:{s:b}}", "duplicates", "exact", (int)config->exact));
    task_count(task, "documents_in", documents + dropped);
    task_count(task, "documents_kept", documents);
    task_count(task, "bytes_kept", bytes);
    task_count(task, "dropped_duplicate", dropped);
    const char *text = json_canonical(task->arena, manifest);
    return task_put(task, "dataset", 0, text, strlen(text), "application/json", err);
}

bool clean_dedup(struct task *task, const void *config, struct err *err)
{
    const struct duplicates *settings = config;
    size_t count = task_inputs(task, "clean");
    struct shard *shards = ARENA_ARRAY(task->arena, struct shard, count);
    if (!read_shards(task, shards, count, err))
        return false;
    if (settings->exact)
        find_duplicates(task, shards, count);
    return leave_dataset(task, settings, shards, count, err);
}
