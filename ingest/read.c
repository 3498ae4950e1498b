/*
 * read: the kind ingest.read: the files of a batch to raw shards of documents.
 *
 * A file that cannot be read or parsed is recorded with the reason, and the rest goes on. Shards end after documents
 * whose id says so, so that a change in a large file moves few of its documents to another shard.
 */
#include "ingest/charset.h"
#include "ingest/format.h"
#include "lib/store/compress.h"

#include <string.h>
#include <sys/stat.h>

struct reader {
    struct task *task;
    const struct source *source;
    struct arena shard_arena;
    struct document_writer *writer;
    int64_t shards;
};

static bool end_shard(struct reader *reader, struct err *err)
{
    struct digest digest;
    int64_t bytes;
    struct task *task = reader->task;
    if (document_writer_count(reader->writer) == 0)
        return true;
    if (!document_writer_keep(reader->writer, task->store, &digest, &bytes, err))
        return false;
    task_output(task, "raw", reader->shards++, &digest, bytes, "application/jsonl+zstd");
    arena_clear(&reader->shard_arena);
    reader->writer = document_writer_new(&reader->shard_arena);
    return true;
}

/* Only inside a batch that is far larger than a shard: else the batch is the shard. */
static bool take(void *context, const struct document *document, struct err *err)
{
    struct reader *reader = context;
    int64_t target = reader->source->shard_bytes;
    document_writer_add(reader->writer, document);
    task_count(reader->task, "documents", 1);
    task_count(reader->task, "bytes", (int64_t)document->bytes);
    int64_t bytes = document_writer_bytes(reader->writer);
    bool end = bytes >= 8 * target || (bytes >= target && memcmp(document->id, "00", 2) == 0);
    return !end || end_shard(reader, err);
}

static void describe(struct reading *reading, enum format format, const struct decoded *decoded, const char *digest)
{
    struct document *base = &reading->base;
    base->source = reading->source->name;
    document_set(base, reading->arena, "uri", reading->uri);
    document_set(base, reading->arena, "content_type", format_media_type(format));
    document_set(base, reading->arena, "charset", decoded->charset);
    document_set(base, reading->arena, "digest", digest);
    if (decoded->undecoded > 0)
        document_set_number(base, reading->arena, "undecoded", decoded->undecoded);
    if (*reading->source->licence != '\0')
        document_set(base, reading->arena, "licence", reading->source->licence);
}

/* The bytes that the scan saw, or the reason why not. */
static bool load(struct reading *reading, const char *digest, struct buf *bytes, struct err *why)
{
    struct map map;
    struct stat info;
    char hex[DIGEST_HEX];
    if (stat(reading->uri, &info) != 0)
        return err_errno(why, "it cannot be read");
    if (!S_ISREG(info.st_mode))
        return err_set(why, ERR_INPUT, "it is no plain file");
    if (!file_map(reading->arena, reading->uri, &map, why))
        return false;
    struct digest found = digest_of(map.data, map.size);
    digest_hex(&found, hex);
    if (strcmp(hex, digest) != 0)
        return err_set(why, ERR_INPUT, "it was changed while it was read; the next run reads it");
    buf_init(bytes, reading->arena);
    return decompress(bytes, map.data, map.size, reading->source->max_bytes, why);
}

/* False only where the work cannot go on (err); what is wrong with the file is in reading->trouble. */
static bool read_file(struct reading *reading, const char *digest, struct err *err)
{
    struct buf bytes;
    struct decoded decoded;
    struct err why;
    enum format format = (enum format)reading->source->format;
    if (format == FORMAT_AUTO)
        format = format_of_name(reading->arena, reading->uri);
    if (format == FORMAT_AUTO) {
        reading_trouble(reading, "its name tells no format; set the source's format");
        return true;
    }
    if (!load(reading, digest, &bytes, &why) ||
        !charset_decode(reading->arena, bytes.data, bytes.len, format == FORMAT_HTML, reading->source->charset,
                        &decoded, &why)) {
        reading_trouble(reading, "%s", why.text);
        return true;
    }
    describe(reading, format, &decoded, digest);
    reading->text = decoded.text.data;
    reading->len = decoded.text.len;
    return format_read(reading, format, err);
}

static bool read_item(struct reader *reader, const json_t *item, struct err *err)
{
    struct arena arena;
    struct task *task = reader->task;
    struct item_record record = {.uri = arena_strdup(task->arena, json_text_or(item, "uri", "")),
                                 .size = json_int_or(item, "size", 0)};
    const char *digest = json_text_or(item, "digest", "");
    struct reading reading = {
        .task = task, .source = reader->source, .uri = record.uri, .arena = &arena, .take = take, .context = reader};
    if (!digest_parse(digest, &record.digest))
        return err_set(err, ERR_INPUT, "a batch's line has no digest");
    arena_init(&arena);
    bool good = read_file(&reading, digest, err);
    arena_release(&arena);
    if (reading.trouble == NULL || !good)
        return good;
    record.error = reading.troubles == 1 ? reading.trouble
                                         : arena_printf(task->arena, "%s (and %lld more)", reading.trouble,
                                                        (long long)reading.troubles - 1);
    task_item(task, &record);
    task_count(task, "items_failed", 1);
    return true;
}

bool ingest_read(struct task *task, const void *config, struct err *err)
{
    struct reader reader = {.task = task, .source = config};
    struct map batch;
    bool good = true;
    if (!store_map(task->store, task->arena, &task_input(task, "batch", 0)->digest, &batch, err))
        return false;
    arena_init(&reader.shard_arena);
    reader.writer = document_writer_new(&reader.shard_arena);
    const char *at = batch.data, *end = batch.data + batch.size;
    while (good && at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((stop == NULL ? end : stop) - at);
        const json_t *item = json_read(task->arena, at, len, err);
        good = item != NULL && read_item(&reader, item, err) &&
               task_progress(task, (double)(at - batch.data), (double)batch.size, "bytes of the batch", NULL, err);
        at += len + 1;
    }
    good = good && end_shard(&reader, err);
    arena_release(&reader.shard_arena);
    return good;
}
