/*
 * clean.dedup: finds documents that repeat another, word for word or nearly, across all shards, and writes the
 * dataset's manifest.
 *
 * Of documents that repeat each other the one with the smallest id stays, so the answer does not depend on the order of
 * shards. Documents are sorted by id; memory is some 100 bytes per document, 112 more for near duplicates. Fails on a
 * shard without signatures.
 */
#include "clean/clean.h"
#include "clean/near.h"
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

static int compare_id(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return memcmp(x->signature->id, y->signature->id, SIGNATURE_ID);
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
        task_stepped(task);
        if (!store_map(task->store, task->arena, &signature->digest, &map, err))
            return false;
        if (!signatures_read(task->arena, map.data, map.size, &shards[i].signatures, err))
            return err_wrap(err, "signatures of shard %lld", (long long)clean->ordinal);
        shards[i].clean = &clean->digest;
        shards[i].drop = ARENA_ARRAY(task->arena, const struct entry *, shards[i].signatures.count);
    }
    return true;
}

/* All documents of all shards, by id. */
static struct entry *entries_of(struct task *task, const struct shard *shards, size_t count, size_t *total)
{
    size_t at = 0;
    *total = 0;
    for (size_t i = 0; i < count; i++)
        *total += shards[i].signatures.count;
    struct entry *entry = ARENA_ARRAY(task->arena, struct entry, *total);
    for (size_t i = 0; i < count; i++)
        for (size_t row = 0; row < shards[i].signatures.count; row++)
            entry[at++] = (struct entry){&shards[i].signatures.item[row], (uint32_t)i, (uint32_t)row};
    if (*total > 0)
        qsort(entry, *total, sizeof *entry, compare_id);
    return entry;
}

static int compare_content(const void *a, const void *b)
{
    const struct entry *const *x = a, *const *y = b;
    int order = digest_compare(&(*x)->signature->content, &(*y)->signature->content);
    return order != 0 ? order : *x < *y ? -1 : *x > *y;
}

static void join_exact(struct clusters *clusters, struct arena *arena, const struct entry *entry)
{
    const struct entry **order = ARENA_ARRAY(arena, const struct entry *, clusters->count);
    for (size_t i = 0; i < clusters->count; i++)
        order[i] = &entry[i];
    if (clusters->count > 0)
        qsort(order, clusters->count, sizeof *order, compare_content);
    for (size_t i = 1; i < clusters->count; i++)
        if (digest_equal(&order[i]->signature->content, &order[i - 1]->signature->content))
            clusters_join(clusters, (size_t)(order[i - 1] - entry), (size_t)(order[i] - entry));
}

static void join_near(struct task *task, struct clusters *clusters, const struct entry *entry)
{
    struct arena scratch;
    arena_init(&scratch);
    for (int band = 0; band < MINHASH_BANDS; band++) {
        uint64_t *hash = ARENA_ARRAY(&scratch, uint64_t, clusters->count);
        for (size_t i = 0; i < clusters->count; i++)
            hash[i] = entry[i].signature->band[band];
        near_band(clusters, &scratch, hash);
        task_stepped(task);
        arena_clear(&scratch);
    }
    arena_release(&scratch);
}

static void find_duplicates(struct task *task, const struct clean *config, struct shard *shards, size_t count)
{
    size_t total;
    struct clusters clusters;
    struct entry *entry = entries_of(task, shards, count, &total);
    task_stepped(task);
    clusters_init(&clusters, task->arena, total);
    if (config->duplicates_exact)
        join_exact(&clusters, task->arena, entry);
    task_stepped(task);
    if (config->duplicates_near)
        join_near(task, &clusters, entry);
    int64_t near = 0;
    for (size_t i = 0; i < total; i++) {
        const struct entry *root = &entry[clusters_root(&clusters, i)];
        if (root == &entry[i])
            continue;
        shards[entry[i].shard].drop[entry[i].row] = root;
        shards[entry[i].shard].dropped++;
        near += !digest_equal(&entry[i].signature->content, &root->signature->content);
    }
    if (config->duplicates_near)
        task_count(task, "near_duplicates", near);
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

static bool leave_dataset(struct task *task, const struct clean *config, struct shard *shards, size_t count,
                          struct err *err)
{
    json_t *manifest = json_keep(task->arena, json_object()), *list = json_array();
    int64_t documents = 0, bytes = 0, dropped = 0;
    json_object_set_new(manifest, "shards", list);
    for (size_t i = 0; i < count; i++) {
        struct digest drop;
        task_stepped(task);
        if (!leave_drop_list(task, &shards[i], (int64_t)i, &drop, err))
            return false;
        json_array_append_new(list, manifest_shard(&shards[i], &drop));
        documents += (int64_t)(shards[i].signatures.count - shards[i].dropped);
        dropped += (int64_t)shards[i].dropped;
        bytes += shards[i].bytes;
    }
    json_object_set_new(manifest, "documents", json_integer(documents));
    json_object_set_new(manifest, "bytes", json_integer(bytes));
    json_object_set_new(manifest, "settings",
                        json_pack("{s:{s:b, s:b}}", "duplicates", "exact", (int)config->duplicates_exact, "near",
                                  (int)config->duplicates_near));
    task_count(task, "documents_in", documents + dropped);
    task_count(task, "documents_kept", documents);
    task_count(task, "bytes_kept", bytes);
    task_count(task, "dropped_duplicate", dropped);
    const char *text = json_canonical(task->arena, manifest);
    return task_put(task, "dataset", 0, text, strlen(text), "application/json", err);
}

bool clean_dedup(struct task *task, const void *config, struct err *err)
{
    const struct clean *settings = config;
    size_t count = task_inputs(task, "clean");
    struct shard *shards = ARENA_ARRAY(task->arena, struct shard, count);
    if (!read_shards(task, shards, count, err))
        return false;
    find_duplicates(task, settings, shards, count);
    return leave_dataset(task, settings, shards, count, err);
}
