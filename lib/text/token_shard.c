/* token_shard: see token_shard.h. Both files are checked against each other before anything is read by an offset. */
#include "lib/text/token_shard.h"

#include "lib/base/json.h"

#include <string.h>

enum { HEADER = 34, WIDE = 4, NARROW = 8, NARROW_MOST = 65500 };

static const char magic[9] = "MMIDIDX\0";

struct token_writer {
    struct arena *arena;
    struct buf bin, ids;
    int32_t *lengths;
    size_t count, capacity;
    int64_t tokens;
    bool wide;
    int64_t vocabulary;
};

static uint64_t read_u64(const char *data)
{
    uint64_t value;
    memcpy(&value, data, sizeof value);
    return value;
}

static bool bad(struct err *err, const struct digest *idx, const char *what)
{
    char hex[DIGEST_HEX];
    digest_hex(idx, hex);
    return err_set(err, ERR_INPUT, "token shard %s: %s", hex, what);
}

/* The arrays are not aligned in the file; they are copied to where they are. */
static bool read_index(struct arena *arena, const struct map *map, const struct map *data, const struct digest *idx,
                       struct token_shard *shard, struct err *err)
{
    if (map->size < HEADER || memcmp(map->data, magic, sizeof magic) != 0 || read_u64(map->data + 9) != 1)
        return bad(err, idx, "no Megatron index of version 1");
    int type = (unsigned char)map->data[17];
    uint64_t count = read_u64(map->data + 18), documents = read_u64(map->data + 26);
    if (type != WIDE && type != NARROW)
        return bad(err, idx, "its type is neither i32 nor u16");
    if (count > map->size / 12 || documents != count + 1 || map->size != HEADER + count * 20 + 8)
        return bad(err, idx, "its size does not fit its counts");
    size_t width = type == WIDE ? 4 : 2;
    int32_t *lengths = arena_copy(arena, map->data + HEADER, count * 4);
    int64_t *offsets = arena_copy(arena, map->data + HEADER + count * 4, count * 8);
    int64_t at = 0;
    for (uint64_t i = 0; i < count; i++) {
        if (lengths[i] < 0 || offsets[i] != at * (int64_t)width)
            return bad(err, idx, "a sequence does not follow the one before");
        offsets[i] = at;
        at += lengths[i];
    }
    if ((size_t)at * width != data->size)
        return bad(err, idx, "its .bin has another size");
    *shard = (struct token_shard){(int64_t)count, at, lengths, offsets, data->data, type == WIDE};
    return true;
}

bool token_shard_open(const struct store *store, struct arena *arena, const struct digest *bin,
                      const struct digest *idx, struct token_shard *shard, struct err *err)
{
    struct map index, data;
    return store_map(store, arena, idx, &index, err) && store_map(store, arena, bin, &data, err) &&
           read_index(arena, &index, &data, idx, shard, err);
}

void token_shard_read(const struct token_shard *shard, int64_t from, int64_t count, int32_t *ids)
{
    if (shard->wide) {
        memcpy(ids, (const int32_t *)shard->data + from, (size_t)count * sizeof *ids);
        return;
    }
    const uint16_t *narrow = (const uint16_t *)shard->data + from;
    for (int64_t i = 0; i < count; i++)
        ids[i] = narrow[i];
}

struct token_writer *token_writer_new(struct arena *arena, int64_t vocabulary, const struct digest *tokenizer)
{
    char hex[DIGEST_HEX];
    struct token_writer *writer = ARENA_NEW(arena, struct token_writer);
    digest_hex(tokenizer, hex);
    writer->arena = arena;
    writer->wide = vocabulary >= NARROW_MOST;
    writer->vocabulary = vocabulary;
    buf_init(&writer->bin, arena);
    buf_init(&writer->ids, arena);
    buf_printf(&writer->ids, "{\"tokenizer\":\"%s\",\"documents\":[", hex);
    return writer;
}

bool token_writer_add(struct token_writer *writer, const char *document_id, const int32_t *ids, size_t count,
                      struct err *err)
{
    if (count > INT32_MAX)
        return err_set(err, ERR_INPUT, "document %s: %zu tokens; a sequence of a Megatron index has at most %d",
                       document_id, count, INT32_MAX);
    ARENA_PUSH(writer->arena, writer->lengths, writer->count, writer->capacity);
    writer->lengths[writer->count++] = (int32_t)count;
    writer->tokens += (int64_t)count;
    buf_printf(&writer->ids, "%s\"%s\"", writer->count > 1 ? "," : "", document_id);
    char *out = buf_reserve(&writer->bin, count * (writer->wide ? 4 : 2));
    for (size_t i = 0; i < count; i++) {
        if (ids[i] < 0 || ids[i] >= writer->vocabulary)
            BUG("token %d is not in a vocabulary of %lld", ids[i], (long long)writer->vocabulary);
        uint16_t narrow = (uint16_t)ids[i];
        if (writer->wide)
            memcpy(out + 4 * i, &ids[i], sizeof ids[i]);
        else
            memcpy(out + 2 * i, &narrow, sizeof narrow);
    }
    writer->bin.len += count * (writer->wide ? 4 : 2);
    writer->bin.data[writer->bin.len] = '\0';
    return true;
}

int64_t token_writer_documents(const struct token_writer *writer)
{
    return (int64_t)writer->count;
}

int64_t token_writer_tokens(const struct token_writer *writer)
{
    return writer->tokens;
}

static void add_u64(struct buf *buf, uint64_t value)
{
    buf_add(buf, &value, sizeof value);
}

static void write_index(const struct token_writer *writer, struct buf *index)
{
    uint64_t offset = 0, width = writer->wide ? 4 : 2;
    buf_add(index, magic, sizeof magic);
    add_u64(index, 1);
    buf_char(index, writer->wide ? WIDE : NARROW);
    add_u64(index, writer->count);
    add_u64(index, writer->count + 1);
    buf_add(index, writer->lengths, writer->count * sizeof *writer->lengths);
    for (size_t i = 0; i < writer->count; i++) {
        add_u64(index, offset);
        offset += (uint64_t)writer->lengths[i] * width;
    }
    for (size_t i = 0; i <= writer->count; i++)
        add_u64(index, i);
}

bool token_writer_keep(struct token_writer *writer, const struct store *store, struct digest *bin, struct digest *idx,
                       struct digest *sidecar, int64_t bytes[3], struct err *err)
{
    struct buf index;
    buf_init(&index, writer->arena);
    write_index(writer, &index);
    buf_text(&writer->ids, "]}\n");
    bytes[0] = (int64_t)writer->bin.len;
    bytes[1] = (int64_t)index.len;
    bytes[2] = (int64_t)writer->ids.len;
    return store_put(store, writer->bin.data, writer->bin.len, bin, err) &&
           store_put(store, index.data, index.len, idx, err) &&
           store_put(store, writer->ids.data, writer->ids.len, sidecar, err);
}
