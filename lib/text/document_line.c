/*
 * document_line: see document_line.h. Strict: a line is one object with the members of a document and no others, and
 * its metadata are flat. What a shard of ours holds was checked when it was written; shards may come from elsewhere.
 */
#include "lib/text/document_line.h"

#include "lib/text/json_scan.h"

#include <string.h>

enum member { ID = 1, TEXT = 2, SOURCE = 4, CREATED = 8, ADDED = 16, METADATA = 32 };

static int member_of(const char *key)
{
    static const struct {
        const char *name;
        enum member member;
    } members[] = {{"id", ID},           {"text", TEXT},   {"source", SOURCE},
                   {"created", CREATED}, {"added", ADDED}, {"metadata", METADATA}};
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (strcmp(key, members[i].name) == 0)
            return (int)members[i].member;
    return 0;
}

static bool refuse(struct json_scan *scan, const char *problem)
{
    scan->problem = problem;
    return false;
}

/* A string that is used as a C string. */
static bool plain_text(struct json_scan *scan, const char **text, size_t *len)
{
    return json_scan_string(scan, text, len) &&
           (memchr(*text, '\0', *len) == NULL || refuse(scan, "only the text of a document may hold a NUL"));
}

static bool read_id(struct json_scan *scan, struct document *document)
{
    const char *id;
    size_t len;
    unsigned char ignored[(DOCUMENT_ID - 1) / 2];
    if (!plain_text(scan, &id, &len))
        return false;
    if (!hex_decode(id, sizeof ignored, ignored))
        return refuse(scan, "\"id\" must have 32 hex digits");
    memcpy(document->id, id, DOCUMENT_ID);
    return true;
}

static bool read_meta(struct json_scan *scan, struct document_meta *meta)
{
    size_t len;
    char c = json_peek(scan);
    meta->number = c != '"';
    if (c == '"')
        return plain_text(scan, &meta->value, &len);
    if (c == '-' || (c >= '0' && c <= '9'))
        return json_scan_number(scan, &meta->value, &len);
    return refuse(scan, "metadata are texts or numbers");
}

static bool read_metadata(struct json_scan *scan, struct document *document)
{
    size_t capacity = 0, len;
    const char *key;
    if (!json_take(scan, '{'))
        return false;
    for (bool first = true;;) {
        if (!json_scan_key(scan, &first, &key, &len))
            return false;
        if (key == NULL)
            return true;
        if (memchr(key, '\0', len) != NULL || document_get(document, key) != NULL)
            return refuse(scan, "a key of the metadata is there twice or holds a NUL");
        ARENA_PUSH(scan->arena, document->meta, document->meta_count, capacity);
        struct document_meta *meta = &document->meta[document->meta_count];
        if (!read_meta(scan, meta))
            return false;
        meta->key = key;
        document->meta_count++;
    }
}

static bool read_member(struct json_scan *scan, struct document *document, enum member member)
{
    const char *ignored;
    size_t len;
    switch (member) {
    case ID:
        return read_id(scan, document);
    case TEXT:
        return json_scan_string(scan, &document->text, &document->bytes);
    case SOURCE:
        return plain_text(scan, &document->source, &len);
    case CREATED:
        return plain_text(scan, &document->created, &len);
    case ADDED:
        return plain_text(scan, &ignored, &len);
    case METADATA:
        return read_metadata(scan, document);
    }
    BUG("member %d", (int)member);
}

static bool read_document(struct json_scan *scan, struct document *document)
{
    const char *key;
    size_t len;
    int seen = 0;
    if (!json_take(scan, '{'))
        return false;
    for (bool first = true;;) {
        if (!json_scan_key(scan, &first, &key, &len))
            return false;
        if (key == NULL)
            break;
        int member = member_of(key);
        if (member == 0 || strlen(key) != len)
            return refuse(scan, "a document has only id, text, source, created, added and metadata");
        if ((seen & member) != 0)
            return refuse(scan, "a member is there twice");
        seen |= member;
        if (!read_member(scan, document, (enum member)member))
            return false;
    }
    if ((seen & (ID | TEXT | SOURCE)) != (ID | TEXT | SOURCE))
        return refuse(scan, "id, text or source is missing");
    return json_scan_end(scan);
}

bool document_line_read(struct arena *arena, const char *line, size_t len, struct document *document, struct err *err)
{
    struct json_scan scan = {line, line + len, arena, NULL};
    *document = (struct document){0};
    return read_document(&scan, document) ||
           err_set(err, ERR_INPUT, "column %lld: %s", (long long)(scan.at - line) + 1, scan.problem);
}

static void add_member(struct buf *out, const char *key, const char *text, size_t len)
{
    if (out->data[out->len - 1] != '{')
        buf_char(out, ',');
    buf_json(out, key, strlen(key));
    buf_char(out, ':');
    buf_json(out, text, len);
}

void document_line_write(struct buf *out, const struct document *document)
{
    buf_char(out, '{');
    add_member(out, "id", document->id, strlen(document->id));
    add_member(out, "text", document->text, document->bytes);
    add_member(out, "source", document->source, strlen(document->source));
    if (document->created != NULL)
        add_member(out, "created", document->created, strlen(document->created));
    buf_text(out, ",\"metadata\":{");
    for (size_t i = 0; i < document->meta_count; i++) {
        const struct document_meta *meta = &document->meta[i];
        if (i > 0)
            buf_char(out, ',');
        buf_json(out, meta->key, strlen(meta->key));
        buf_char(out, ':');
        if (meta->number)
            buf_text(out, meta->value);
        else
            buf_json(out, meta->value, strlen(meta->value));
    }
    buf_text(out, "}}\n");
}
