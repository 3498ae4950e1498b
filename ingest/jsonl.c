/*
 * jsonl: JSON Lines with fields mapped to documents. A field is a path: "body", "ticket.number", "messages.0.content".
 *
 * A line that is no JSON object, lacks its text, or has something else than a text there is a problem of its own; the
 * others go on. Each line is read once from left to right; what is not wanted is checked and passed over.
 */
#include "ingest/mapping.h"
#include "lib/text/json_scan.h"

#include <stdio.h>
#include <string.h>

struct line {
    struct reader *reader;
    const struct mapping *mapping;
    struct json_scan scan;
    struct record record;
    bool complained;
    int64_t number;
};

static bool walk(struct line *line, const char *path, int depth);

/* Does some wanted path begin with this one, and go on after it? */
static bool leads_on(const struct mapping *mapping, const char *path)
{
    size_t len = strlen(path);
    for (size_t i = 0; i < mapping->wanted.count; i++)
        if (strncmp(mapping->wanted.item[i].value, path, len) == 0 && mapping->wanted.item[i].value[len] == '.')
            return true;
    return false;
}

static bool refuse(struct line *line, const char *path, const char *problem)
{
    if (!line->complained)
        reader_problem(line->reader, line->number, "field \"%s\" %s", path, problem);
    line->complained = true;
    return true; /* the line itself is sound so far */
}

/* A value that is wanted as `ours`. */
static bool take(struct line *line, const char *ours, const char *path)
{
    const char *value;
    size_t len;
    char c = json_peek(&line->scan);
    bool text = strcmp(ours, "text") == 0;
    if (c == '"') {
        if (!json_scan_string(&line->scan, &value, &len))
            return false;
        if (!text && memchr(value, '\0', len) != NULL)
            return refuse(line, path, "holds a NUL character");
        mapping_put(&line->record, line->reader->record, ours, value, len);
        return true;
    }
    const char *from;
    if (!json_scan_skip(&line->scan, &from, &len))
        return false;
    if (c == 'n') /* null is as if it were not there */
        return true;
    if (text || c == '{' || c == '[')
        return refuse(line, path, text ? "is not a text" : "is an object or a list; a path may lead into it");
    mapping_put(&line->record, line->reader->record, ours, arena_strndup(line->reader->record, from, len), len);
    return true;
}

static bool visit(struct line *line, const char *path, int depth)
{
    const struct pairs *wanted = &line->mapping->wanted;
    const char *from;
    size_t len;
    for (size_t i = 0; i < wanted->count; i++)
        if (strcmp(wanted->item[i].value, path) == 0)
            return take(line, wanted->item[i].key, path);
    char c = json_peek(&line->scan);
    if ((c == '{' || c == '[') && leads_on(line->mapping, path))
        return walk(line, path, depth + 1);
    return json_scan_skip(&line->scan, &from, &len);
}

static const char *below(struct line *line, const char *path, const char *key)
{
    return *path == '\0' ? key : arena_printf(line->reader->record, "%s.%s", path, key);
}

static bool walk_list(struct line *line, const char *path, int depth)
{
    bool first = true, more = false;
    if (!json_take(&line->scan, '['))
        return false;
    for (int at = 0;; at++) {
        if (!json_scan_element(&line->scan, &first, &more))
            return false;
        if (!more)
            return true;
        if (!visit(line, below(line, path, arena_printf(line->reader->record, "%d", at)), depth))
            return false;
    }
}

static bool walk_object(struct line *line, const char *path, int depth)
{
    const char *key;
    size_t len;
    if (!json_take(&line->scan, '{'))
        return false;
    for (bool first = true;;) {
        if (!json_scan_key(&line->scan, &first, &key, &len))
            return false;
        if (key == NULL)
            return true;
        if (!visit(line, below(line, path, key), depth))
            return false;
    }
}

/* Goes through an object or a list; depth is bounded, as paths are. */
static bool walk(struct line *line, const char *path, int depth)
{
    return (json_peek(&line->scan) == '[' ? walk_list : walk_object)(line, path, depth);
}

static bool finish(struct line *line, const char *text, size_t len, struct err *err)
{
    struct reader *reader = line->reader;
    struct record *record = &line->record;
    if (line->complained)
        return true;
    const char *field = pairs_get(&line->mapping->wanted, "text");
    if (record->text == NULL)
        refuse(line, field, "is missing");
    else if ((int64_t)record->bytes > reader->source->document_bytes)
        reader_problem(reader, line->number, "has %zu bytes of text, more than document_bytes (%lld)", record->bytes,
                       (long long)reader->source->document_bytes);
    else {
        record->digest = digest_of(text, len);
        record->charset = "utf-8";
        record->content_type = "text/plain";
        return reader_record(reader, record, err);
    }
    return true;
}

static bool read_line(struct line *line, const char *text, size_t len, struct err *err)
{
    struct reader *reader = line->reader;
    line->record = (struct record){0};
    line->complained = false;
    line->scan = (struct json_scan){text, text + len, reader->record, NULL};
    if (json_peek(&line->scan) == '\0' && line->scan.at == line->scan.end)
        return true; /* an empty line */
    if (json_peek(&line->scan) != '{') {
        reader_problem(reader, line->number, "is no JSON object");
        return true;
    }
    if (!walk(line, "", 0) || !json_scan_end(&line->scan)) {
        if (!line->complained)
            reader_problem(reader, line->number, "byte %lld: %s", (long long)(line->scan.at - text) + 1,
                           line->scan.problem);
        return true;
    }
    return finish(line, text, len, err);
}

bool read_jsonl(struct reader *reader, const char *text, size_t len, struct err *err)
{
    struct mapping mapping = mapping_of(reader->arena, &reader->source->fields, &mapping_standard);
    struct line line = {.reader = reader, .mapping = &mapping};
    size_t skip = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    for (const char *at = text + skip, *end = text + len; at < end;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t bytes = (size_t)((newline == NULL ? end : newline) - at);
        line.number++;
        if (!read_line(&line, at, bytes, err))
            return false;
        at += bytes + 1;
    }
    return true;
}
