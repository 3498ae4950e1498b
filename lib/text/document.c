/* document: see document.h. A shard is one zstd frame of JSON Lines, held in memory while it is read or written. */
#include "lib/text/document.h"

#include "lib/store/compress.h"
#include "lib/text/document_line.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SHARD_MOST = 1 << 30 }; /* bytes, unpacked */

void document_id(const char *source, const char *uri, int64_t ordinal, char id[DOCUMENT_ID])
{
    char number[24];
    struct digest_stream stream;
    int len = snprintf(number, sizeof number, "%" PRId64, ordinal);
    digest_begin(&stream);
    digest_add(&stream, source, strlen(source) + 1);
    digest_add(&stream, uri, strlen(uri) + 1);
    digest_add(&stream, number, (size_t)len);
    struct digest digest = digest_end(&stream);
    hex_encode(digest.byte, 16, id);
}

static struct document_meta *find(const struct document *document, const char *key)
{
    for (size_t i = 0; i < document->meta_count; i++)
        if (strcmp(document->meta[i].key, key) == 0)
            return &document->meta[i];
    return NULL;
}

const char *document_get(const struct document *document, const char *key)
{
    const struct document_meta *meta = find(document, key);
    return meta == NULL ? NULL : meta->value;
}

static void drop(struct document *document, struct document_meta *meta)
{
    size_t after = document->meta_count - (size_t)(meta - document->meta) - 1;
    memmove(meta, meta + 1, after * sizeof *meta);
    document->meta_count--;
}

static void put(struct document *document, struct arena *arena, const char *key, const char *value, bool number)
{
    struct document_meta *meta = find(document, key);
    if (meta == NULL) {
        size_t bytes = document->meta_count * sizeof *meta;
        document->meta = arena_grow(arena, document->meta, bytes, bytes + sizeof *meta);
        meta = &document->meta[document->meta_count++];
        meta->key = arena_strdup(arena, key);
    }
    meta->value = arena_strdup(arena, value);
    meta->number = number;
}

void document_set(struct document *document, struct arena *arena, const char *key, const char *value)
{
    struct document_meta *meta = find(document, key);
    if (value != NULL)
        put(document, arena, key, value, false);
    else if (meta != NULL)
        drop(document, meta);
}

void document_set_number(struct document *document, struct arena *arena, const char *key, int64_t value)
{
    put(document, arena, key, arena_printf(arena, "%" PRId64, value), true);
}

struct document_reader {
    char hex[DIGEST_HEX];
    const char *p, *end;
    int64_t line;
};

struct document_reader *document_reader_open(const struct store *store, struct arena *arena, const struct digest *shard,
                                             struct err *err)
{
    struct map map;
    struct buf text;
    struct document_reader *reader = ARENA_NEW(arena, struct document_reader);
    digest_hex(shard, reader->hex);
    if (!store_map(store, arena, shard, &map, err))
        return NULL;
    buf_init(&text, arena);
    if (!decompress(&text, map.data, map.size, SHARD_MOST, err)) {
        err_wrap(err, "shard %s", reader->hex);
        return NULL;
    }
    reader->p = text.data;
    reader->end = text.data + text.len;
    return reader;
}

bool document_reader_next(struct document_reader *reader, struct arena *arena, struct document *document, bool *end,
                          struct err *err)
{
    *end = reader->p == reader->end;
    if (*end)
        return false;
    const char *line = reader->p;
    const char *stop = memchr(line, '\n', (size_t)(reader->end - line));
    if (stop == NULL)
        stop = reader->end;
    reader->p = stop < reader->end ? stop + 1 : stop;
    reader->line++;
    return document_line_read(arena, line, (size_t)(stop - line), document, err) ||
           err_wrap(err, "shard %s, line %" PRId64, reader->hex, reader->line);
}

struct document_writer {
    struct buf text;
    struct arena *arena;
    int64_t count, bytes;
};

struct document_writer *document_writer_new(struct arena *arena)
{
    struct document_writer *writer = ARENA_NEW(arena, struct document_writer);
    writer->arena = arena;
    buf_init(&writer->text, arena);
    return writer;
}

void document_writer_add(struct document_writer *writer, const struct document *document)
{
    document_line_write(&writer->text, document);
    writer->count++;
    writer->bytes += (int64_t)document->bytes;
}

int64_t document_writer_count(const struct document_writer *writer)
{
    return writer->count;
}

int64_t document_writer_bytes(const struct document_writer *writer)
{
    return writer->bytes;
}

bool document_writer_keep(struct document_writer *writer, const struct store *store, struct digest *shard,
                          int64_t *bytes, struct err *err)
{
    struct buf packed;
    buf_init(&packed, writer->arena);
    if (!compress_zstd(&packed, writer->text.data, writer->text.len, err))
        return false;
    *bytes = (int64_t)packed.len;
    return store_put(store, packed.data, packed.len, shard, err);
}
