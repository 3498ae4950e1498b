/* format: see format.h. A new format is a file format_*.c, a row of this table and a choice of the option. */
#include "ingest/format.h"

#include "lib/base/file.h"

#include <stdarg.h>
#include <string.h>

static bool whole(struct reading *reading, struct err *err)
{
    return reading_document(reading, reading->text, reading->len, NULL, err);
}

static const struct {
    enum format format;
    const char *endings; /* of names, separated by blanks */
    const char *media_type;
    bool (*read)(struct reading *reading, struct err *err);
} formats[] = {
    {FORMAT_TEXT, ".txt .md .text", "text/plain", whole},
    {FORMAT_HTML, ".html .htm .xhtml", "text/html", whole},
    {FORMAT_JSONL, ".jsonl .ndjson .json", "text/plain", format_jsonl},
    {FORMAT_CSV, ".csv", "text/plain", format_csv},
    {FORMAT_TSV, ".tsv", "text/plain", format_tsv},
    {FORMAT_DEB822, "Packages", "text/plain", format_deb822},
};
enum { FORMATS = sizeof formats / sizeof *formats };

static const char *unpacked_name(struct arena *arena, const char *path)
{
    static const char *const packed[] = {".gz", ".xz", ".zst", ".lz4"};
    for (size_t i = 0; i < sizeof packed / sizeof *packed; i++)
        if (text_ends(path, packed[i]))
            return arena_strndup(arena, path, strlen(path) - strlen(packed[i]));
    return path;
}

enum format format_of_name(struct arena *arena, const char *path)
{
    const char *name = path_name(unpacked_name(arena, path));
    for (size_t i = 0; i < FORMATS; i++) {
        struct texts endings = text_split(arena, formats[i].endings, ' ');
        for (size_t e = 0; e < endings.count; e++)
            if (text_ends(name, endings.item[e]))
                return formats[i].format;
    }
    return FORMAT_AUTO;
}

const char *format_media_type(enum format format)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (formats[i].format == format)
            return formats[i].media_type;
    return "text/plain";
}

bool format_read(struct reading *reading, enum format format, struct err *err)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (formats[i].format == format)
            return formats[i].read(reading, err);
    BUG("no format %d", (int)format);
}

bool reading_document(struct reading *reading, const char *text, size_t len, const struct pairs *meta, struct err *err)
{
    struct document document = reading->base;
    document.meta = arena_copy(reading->arena, document.meta, document.meta_count * sizeof *document.meta);
    document.text = text;
    document.bytes = len;
    document_id(reading->source->name, reading->uri, reading->documents, document.id);
    document_set_number(&document, reading->arena, "ordinal", reading->documents++);
    for (size_t i = 0; meta != NULL && i < meta->count; i++) {
        if (strcmp(meta->item[i].key, "created") == 0)
            document.created = meta->item[i].value;
        else
            document_set(&document, reading->arena, meta->item[i].key, meta->item[i].value);
    }
    return reading->take(reading->context, &document, err);
}

void reading_trouble(struct reading *reading, const char *format, ...)
{
    struct buf text;
    va_list args;
    if (reading->troubles++ > 0)
        return;
    buf_init(&text, reading->task->arena);
    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    reading->trouble = text.data;
}
