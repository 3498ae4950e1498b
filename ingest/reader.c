/* reader: see reader.h. */
#include "ingest/reader.h"

#include "ingest/charset.h"
#include "lib/base/clock.h"
#include "lib/store/compress.h"

#include <string.h>
#include <strings.h>

#define SAID 5 /* problems that are told one by one */

struct key_count {
    uint64_t hash; /* 0: free */
    int64_t seen;
};

static bool ends(const char *name, size_t len, const char *suffix)
{
    size_t n = strlen(suffix);
    return len >= n && strncasecmp(name + len - n, suffix, n) == 0;
}

/* The name's length without what says how the file is compressed. */
static size_t plain_length(const char *name)
{
    static const char *const packed[] = {".gz", ".xz", ".zst", ".lz4"};
    size_t len = strlen(name);
    for (size_t i = 0; i < sizeof packed / sizeof *packed; i++)
        if (ends(name, len, packed[i]))
            return len - strlen(packed[i]);
    return len;
}

static enum ingest_format format_of(const char *name)
{
    static const struct {
        const char *suffix;
        enum ingest_format format;
    } formats[] = {{".txt", FORMAT_TEXT},          {".text", FORMAT_TEXT},       {".md", FORMAT_MARKDOWN},
                   {".markdown", FORMAT_MARKDOWN}, {".html", FORMAT_HTML},       {".htm", FORMAT_HTML},
                   {".xhtml", FORMAT_HTML},        {".jsonl", FORMAT_JSONL},     {".json", FORMAT_JSONL},
                   {".ndjson", FORMAT_JSONL},      {".csv", FORMAT_CSV},         {".tsv", FORMAT_TSV},
                   {".tab", FORMAT_TSV},           {"Packages", FORMAT_PACKAGES}};
    size_t len = plain_length(name);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (ends(name, len, formats[i].suffix))
            return formats[i].format;
    return FORMAT_AUTO;
}

enum ingest_format reader_format(const struct ingest_source *source, const struct item *item)
{
    return source->format != FORMAT_AUTO ? (enum ingest_format)source->format : format_of(item->uri);
}

/* How often this key has been seen in the item before. A chance in 2^64 that two keys share a hash is no concern: the
 * second is then the first's repetition by name, and still a document of its own. */
static int64_t repetition(struct reader *reader, const char *key)
{
    if ((reader->key_count + 1) * 2 > reader->key_room) {
        size_t room = reader->key_room == 0 ? 64 : reader->key_room * 2;
        struct key_count *keys = ARENA_ARRAY(reader->arena, struct key_count, room);
        for (size_t i = 0; i < reader->key_room; i++) {
            size_t at = reader->keys[i].hash & (room - 1);
            while (reader->keys[i].hash != 0 && keys[at].hash != 0)
                at = (at + 1) & (room - 1);
            if (reader->keys[i].hash != 0)
                keys[at] = reader->keys[i];
        }
        reader->keys = keys;
        reader->key_room = room;
    }
    uint64_t hash = hash64(key, strlen(key), 0) | 1;
    size_t at = hash & (reader->key_room - 1);
    while (reader->keys[at].hash != 0 && reader->keys[at].hash != hash)
        at = (at + 1) & (reader->key_room - 1);
    reader->key_count += reader->keys[at].hash == 0;
    reader->keys[at].hash = hash;
    return reader->keys[at].seen++;
}

/* A record with a key of its own keeps its identity wherever it stands in the item. */
static void identify(struct reader *reader, struct document *document, const struct record *record)
{
    const char *uri = reader->item->uri;
    int64_t ordinal = reader->records;
    document_set(document, reader->record, "uri", uri);
    if (record->key != NULL) {
        document_set(document, reader->record, "key", record->key);
        ordinal = repetition(reader, record->key);
        uri = arena_printf(reader->record, "%s#%s", uri, record->key);
    }
    if (ordinal > 0)
        document_set_number(document, reader->record, "ordinal", ordinal);
    document_id(reader->source->name, uri, ordinal, document->id);
}

bool reader_record(struct reader *reader, const struct record *record, struct err *err)
{
    const struct ingest_source *source = reader->source;
    struct arena *arena = reader->record;
    char hex[DIGEST_HEX];
    struct document document = {
        .text = record->text, .bytes = record->bytes, .source = source->name, .created = record->created};
    identify(reader, &document, record);
    const char *type = given(source->content_type) ? source->content_type : record->content_type;
    document_set(&document, arena, "content_type", type);
    document_set(&document, arena, "charset", record->charset);
    digest_hex(&record->digest, hex);
    document_set(&document, arena, "digest", hex);
    if (record->undecoded > 0)
        document_set_number(&document, arena, "undecoded", record->undecoded);
    if (given(source->licence))
        document_set(&document, arena, "licence", source->licence);
    for (size_t i = 0; i < record->extra.count; i++)
        document_set(&document, arena, record->extra.item[i].key, record->extra.item[i].value);
    reader->records++;
    return reader->emit(reader->context, &document, err);
}

void reader_problem(struct reader *reader, int64_t line, const char *format, ...)
{
    va_list args;
    if (++reader->problems > SAID)
        return;
    if (reader->said.len > 0)
        buf_text(&reader->said, "; ");
    buf_printf(&reader->said, "line %lld: ", (long long)line);
    va_start(args, format);
    buf_vprintf(&reader->said, format, args);
    va_end(args);
}

static bool read_whole(struct reader *reader, const char *text, size_t len, enum ingest_format format, struct err *err)
{
    struct decoded decoded;
    struct record record = {.digest = reader->item->digest};
    bool markup = format == FORMAT_HTML;
    if (!charset_decode(reader->record, text, len, reader->source->charset, markup, &decoded, err))
        return false;
    if ((int64_t)decoded.bytes > reader->source->document_bytes)
        return err_set(err, ERR_INPUT, "has %zu bytes of text, more than document_bytes (%lld)", decoded.bytes,
                       (long long)reader->source->document_bytes);
    record.text = decoded.text;
    record.bytes = decoded.bytes;
    record.charset = decoded.charset;
    record.undecoded = decoded.undecoded;
    record.content_type = markup ? "text/html" : format == FORMAT_MARKDOWN ? "text/markdown" : "text/plain";
    return reader_record(reader, &record, err);
}

/* Formats of many records are decoded as a whole first; JSON Lines are UTF-8 (RFC 8259) where nothing else is said. */
static bool read_records(struct reader *reader, const char *text, size_t len, enum ingest_format format,
                         struct err *err)
{
    struct decoded decoded;
    const char *charset = reader->source->charset;
    bool marked = len >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0);
    if (format == FORMAT_JSONL && !given(charset) && !marked)
        return read_jsonl(reader, text, len, err);
    if (format == FORMAT_PACKAGES && !given(charset))
        charset = "utf-8"; /* deb822(5) */
    if (!charset_decode(reader->arena, text, len, charset, false, &decoded, err))
        return false;
    switch (format) {
    case FORMAT_JSONL:
        return read_jsonl(reader, decoded.text, decoded.bytes, err);
    case FORMAT_CSV:
        return read_table(reader, decoded.text, decoded.bytes, ',', err);
    case FORMAT_TSV:
        return read_table(reader, decoded.text, decoded.bytes, '\t', err);
    default:
        return read_packages(reader, decoded.text, decoded.bytes, err);
    }
}

bool reader_read(struct reader *reader, const char *data, size_t len, struct err *err)
{
    struct buf text;
    enum ingest_format format = reader_format(reader->source, reader->item);
    if (format == FORMAT_AUTO)
        return err_set(err, ERR_INPUT,
                       "its name does not tell its format; say it with `format:`, or leave the file out "
                       "with `exclude:`");
    buf_init(&text, reader->arena);
    if (!decompress(&text, data, len, reader->source->max_bytes, err))
        return false;
    if (format >= FORMAT_JSONL)
        return read_records(reader, text.data, text.len, format, err);
    return read_whole(reader, text.data, text.len, format, err);
}
