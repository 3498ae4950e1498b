/*
 * packages: Debian's package index, paragraphs of fields (deb822(5)), one document per paragraph.
 *
 * Where the definition maps no fields, the text is what a person reads of a package: its name, the short and the long
 * description, with the indexes' indentation taken away; the package's name is its key.
 */
#include "ingest/mapping.h"

#include <string.h>
#include <strings.h>

struct field {
    const char *name;
    size_t name_len;
    const char *value; /* with its continuation lines, as they stand */
    size_t len;
};

struct paragraph {
    struct field *field;
    size_t count, capacity;
    const char *from, *to;
    int64_t line;
    const char *problem;
};

static const struct field *find(const struct paragraph *paragraph, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < paragraph->count; i++)
        if (paragraph->field[i].name_len == len && strncasecmp(paragraph->field[i].name, name, len) == 0)
            return &paragraph->field[i];
    return NULL;
}

/* The value with line breaks but without the blank before each continuation line; a line " ." is an empty one. */
static void unfold(struct buf *out, const struct field *field)
{
    const char *at = field->value, *end = at + field->len;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline == NULL ? end : newline;
        if (at != field->value) {
            buf_char(out, '\n');
            at++;
        }
        bool dot = at != field->value && stop - at == 1 && *at == '.';
        if (!dot && stop > at)
            buf_add(out, at, (size_t)(stop - at));
        at = newline == NULL ? end : newline + 1;
    }
}

static const char *value_of(struct reader *reader, const struct field *field, size_t *len)
{
    struct buf out;
    buf_init(&out, reader->record);
    unfold(&out, field);
    *len = out.len;
    return out.data;
}

static bool add_field(struct reader *reader, struct paragraph *paragraph, const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);
    if (colon == NULL || colon == line)
        return false;
    ARENA_PUSH(reader->record, paragraph->field, paragraph->count, paragraph->capacity);
    struct field *field = &paragraph->field[paragraph->count++];
    const char *value = colon + 1, *end = line + len;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    *field = (struct field){line, (size_t)(colon - line), value, (size_t)(end - value)};
    return true;
}

static void add_line(struct reader *reader, struct paragraph *paragraph, const char *line, size_t len)
{
    if (*line == '#')
        return;
    if (*line == ' ' || *line == '\t') {
        struct field *last = paragraph->count == 0 ? NULL : &paragraph->field[paragraph->count - 1];
        if (last != NULL)
            last->len = (size_t)(line + len - last->value);
        else
            paragraph->problem = "a continuation line has no field before it";
    } else if (!add_field(reader, paragraph, line, len)) {
        paragraph->problem = "a line is no field: \"Name: value\" is wanted";
    }
}

static void describe(struct reader *reader, const struct paragraph *paragraph, struct record *record)
{
    const struct field *package = find(paragraph, "Package");
    const struct field *description = find(paragraph, "Description");
    struct buf text;
    if (description == NULL)
        description = find(paragraph, "Description-en");
    if (package == NULL || description == NULL)
        return;
    buf_init(&text, reader->record);
    buf_add(&text, package->value, package->len);
    buf_text(&text, " - ");
    unfold(&text, description);
    record->text = text.data;
    record->bytes = text.len;
    record->key = arena_strndup(reader->record, package->value, package->len);
}

static void map(struct reader *reader, const struct mapping *mapping, const struct paragraph *paragraph,
                struct record *record)
{
    for (size_t i = 0; i < mapping->wanted.count; i++) {
        const struct pair *pair = &mapping->wanted.item[i];
        const struct field *field = find(paragraph, pair->value);
        size_t len;
        if (field != NULL && memchr(field->value, '\0', field->len) == NULL) {
            const char *value = value_of(reader, field, &len);
            mapping_put(record, reader->record, pair->key, value, len);
        }
    }
}

static bool hand_on(struct reader *reader, const struct mapping *mapping, const struct paragraph *paragraph,
                    struct err *err)
{
    struct record record = {.charset = "utf-8", .content_type = "text/plain"};
    if (paragraph->problem != NULL) {
        reader_problem(reader, paragraph->line, "%s", paragraph->problem);
        return true;
    }
    if (paragraph->count == 0)
        return true;
    if (mapping->given)
        map(reader, mapping, paragraph, &record);
    else
        describe(reader, paragraph, &record);
    if (record.text == NULL)
        reader_problem(reader, paragraph->line, "the paragraph has no %s",
                       mapping->given ? pairs_get(&mapping->wanted, "text") : "Package and Description");
    else if ((int64_t)record.bytes > reader->source->document_bytes)
        reader_problem(reader, paragraph->line, "has %zu bytes of text, more than document_bytes (%lld)", record.bytes,
                       (long long)reader->source->document_bytes);
    else {
        record.digest = digest_of(paragraph->from, (size_t)(paragraph->to - paragraph->from));
        return reader_record(reader, &record, err);
    }
    return true;
}

static bool is_blank(const char *line, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (line[i] != ' ' && line[i] != '\t')
            return false;
    return true;
}

bool read_packages(struct reader *reader, const char *text, size_t len, struct err *err)
{
    static struct pair standard[] = {{"text", "Description"}};
    static const struct pairs fallback = {standard, 1};
    struct mapping mapping = mapping_of(reader->arena, &reader->source->fields, &fallback);
    struct paragraph paragraph = {.from = text, .line = 1};
    int64_t number = 1;
    for (const char *at = text, *end = text + len; at < end; number++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t bytes = (size_t)((newline == NULL ? end : newline) - at);
        size_t shown = bytes > 0 && at[bytes - 1] == '\r' ? bytes - 1 : bytes;
        bool blank = is_blank(at, shown);
        if (!blank)
            add_line(reader, &paragraph, at, shown);
        paragraph.to = at + shown;
        at += newline == NULL ? bytes : bytes + 1;
        if (!blank && at < end)
            continue;
        if (!hand_on(reader, &mapping, &paragraph, err))
            return false;
        paragraph = (struct paragraph){.from = at, .line = number + 1};
    }
    return true;
}
