/* dataset: see dataset.h. One shard is in memory at a time. */
#include "lib/text/dataset.h"

#include "lib/base/json.h"

#include <string.h>

struct dataset_reader {
    const struct store *store;
    const struct dataset_shard *shards;
    size_t count, next; /* the next shard to open */
    const char *split;
    struct arena shard_arena; /* of the open shard */
    struct document_reader *open;
    const int64_t *dropped; /* rows, ascending */
    size_t dropped_count, dropped_next;
    int64_t row;
};

static void close_reader(void *ptr)
{
    arena_release(&((struct dataset_reader *)ptr)->shard_arena);
}

struct dataset_reader *dataset_reader_open(const struct store *store, struct arena *arena,
                                           const struct dataset_shard *shards, size_t count, const char *split,
                                           struct err *err)
{
    (void)err;
    struct dataset_reader *reader = ARENA_NEW(arena, struct dataset_reader);
    reader->store = store;
    reader->shards = arena_copy(arena, shards, arena_size(sizeof *shards, count));
    reader->count = count;
    reader->split = arena_strdup(arena, split);
    arena_init(&reader->shard_arena);
    arena_defer(arena, close_reader, reader);
    return reader;
}

static bool read_drops(struct dataset_reader *reader, const struct digest *digest, struct err *err)
{
    struct map map;
    struct arena *arena = &reader->shard_arena;
    if (!store_map(reader->store, arena, digest, &map, err))
        return false;
    const json_t *root = json_read(arena, map.data, map.size, err);
    const json_t *list = json_object_get(root, "drop");
    if (root == NULL)
        return false;
    if (!json_is_array(list))
        return err_set(err, ERR_INPUT, "drop list: it has no list \"drop\"");
    int64_t *rows = ARENA_ARRAY(arena, int64_t, json_array_size(list));
    for (size_t i = 0; i < json_array_size(list); i++) {
        rows[i] = json_int_or(json_array_get(list, i), "row", -1);
        if (rows[i] < 0 || (i > 0 && rows[i] <= rows[i - 1]))
            return err_set(err, ERR_INPUT, "drop list: row %zu is missing or out of order", i);
    }
    reader->dropped = rows;
    reader->dropped_count = json_array_size(list);
    reader->dropped_next = 0;
    return true;
}

static bool open_next(struct dataset_reader *reader, struct err *err)
{
    const struct dataset_shard *shard = &reader->shards[reader->next++];
    arena_clear(&reader->shard_arena);
    reader->row = 0;
    reader->open = document_reader_open(reader->store, &reader->shard_arena, &shard->clean, err);
    return reader->open != NULL && read_drops(reader, &shard->drop, err);
}

static bool wanted(struct dataset_reader *reader, const struct document *document)
{
    int64_t row = reader->row++;
    if (reader->dropped_next < reader->dropped_count && reader->dropped[reader->dropped_next] == row) {
        reader->dropped_next++;
        return false;
    }
    const char *split = document_get(document, "split");
    return reader->split == NULL || (split != NULL && strcmp(split, reader->split) == 0);
}

/* A drop list that names rows which are not there is another shard's. */
static bool all_dropped(const struct dataset_reader *reader, struct err *err)
{
    if (reader->open == NULL || reader->dropped_next == reader->dropped_count)
        return true;
    return err_set(err, ERR_INPUT, "a drop list names row %lld of a shard of %lld documents",
                   (long long)reader->dropped[reader->dropped_next], (long long)reader->row);
}

bool dataset_reader_next(struct dataset_reader *reader, struct arena *arena, struct document *document, bool *end,
                         struct err *err)
{
    for (*end = false;;) {
        bool shard_end = true;
        if (reader->open != NULL && document_reader_next(reader->open, arena, document, &shard_end, err)) {
            if (wanted(reader, document))
                return true;
            continue;
        }
        if (!shard_end || !all_dropped(reader, err))
            return false;
        *end = reader->next == reader->count;
        if (*end || !open_next(reader, err))
            return false;
    }
}
