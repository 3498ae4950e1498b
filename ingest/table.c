/*
 * table: CSV (RFC 4180) and TSV with columns mapped to documents by the names in the header.
 *
 * In CSV a field in quotation marks may hold separators, line breaks and doubled quotation marks. Rows with more or
 * fewer fields than the header, or with text after a closing quotation mark, are problems of their own; an opening one
 * without its closing one ends the file, as nobody can say where the row was meant to end. TSV has
 * no quotation (IANA text/tab-separated-values).
 */
#include "ingest/mapping.h"

#include <string.h>

struct table {
    struct reader *reader;
    const char *at, *end;
    char separator;
    int64_t line;     /* where the reader stands */
    int64_t row_line; /* where the present row began */
    const char *problem;
};

struct row {
    const char **field;
    size_t *len;
    size_t count, capacity;
};

static bool quoted(struct table *table, struct buf *out)
{
    table->at++;
    while (table->at < table->end) {
        const char *quote = memchr(table->at, '"', (size_t)(table->end - table->at));
        const char *stop = quote == NULL ? table->end : quote;
        for (const char *c = table->at; c < stop; c++)
            table->line += *c == '\n';
        buf_add(out, table->at, (size_t)(stop - table->at));
        table->at = stop;
        if (quote == NULL)
            break;
        table->at++;
        if (table->at == table->end || *table->at != '"')
            return true;
        buf_char(out, '"');
        table->at++;
    }
    table->problem = "a quotation mark is not closed";
    return false;
}

static bool ends_field(const struct table *table)
{
    return table->at == table->end || *table->at == table->separator || *table->at == '\n' ||
           (*table->at == '\r' && (table->at + 1 == table->end || table->at[1] == '\n'));
}

/* One field into the arena of the record. */
static bool read_field(struct table *table, struct row *row)
{
    struct arena *arena = table->reader->record;
    struct buf out;
    buf_init(&out, arena);
    if (table->separator == ',' && table->at < table->end && *table->at == '"') {
        if (!quoted(table, &out))
            return false;
        if (!ends_field(table))
            table->problem = "text follows a closing quotation mark";
    }
    const char *from = table->at;
    while (!ends_field(table))
        table->at++;
    buf_add(&out, from, (size_t)(table->at - from));
    size_t capacity = row->capacity;
    ARENA_PUSH(arena, row->field, row->count, row->capacity);
    ARENA_PUSH(arena, row->len, row->count, capacity);
    row->field[row->count] = out.data;
    row->len[row->count++] = out.len;
    return true;
}

/* One row, with its line end; table->problem is set where something is wrong with it. False: nothing more can be read.
 */
static bool read_row(struct table *table, struct row *row)
{
    *row = (struct row){0};
    table->problem = NULL;
    table->row_line = table->line;
    for (;;) {
        if (!read_field(table, row))
            return false;
        if (table->at == table->end || *table->at != table->separator)
            break;
        table->at++;
    }
    if (table->at < table->end && *table->at == '\r')
        table->at++;
    if (table->at < table->end)
        table->at++;
    table->line++;
    return true;
}

struct columns { /* for each column what of a document it becomes, or NULL */
    const char **ours;
    size_t count;
};

static bool map_columns(struct table *table, const struct row *header, struct columns *columns, struct err *err)
{
    struct reader *reader = table->reader;
    struct mapping mapping = mapping_of(reader->arena, &reader->source->columns, &mapping_standard);
    columns->count = header->count;
    columns->ours = ARENA_ARRAY(reader->arena, const char *, header->count);
    for (size_t i = 0; i < mapping.wanted.count; i++) {
        const struct pair *pair = &mapping.wanted.item[i];
        size_t at = 0;
        while (at < header->count && strcmp(header->field[at], pair->value) != 0)
            at++;
        if (at < header->count)
            columns->ours[at] = pair->key;
        else if (mapping.given || strcmp(pair->key, "text") == 0)
            return err_set(err, ERR_INPUT, "the header has no column \"%s\"; say with `columns:` which column is %s",
                           pair->value, pair->key);
    }
    return true;
}

static bool hand_on(struct table *table, const struct row *row, const struct columns *columns, const char *from,
                    struct err *err)
{
    struct reader *reader = table->reader;
    struct record record = {.charset = "utf-8", .content_type = "text/plain"};
    for (size_t i = 0; i < row->count; i++) {
        if (columns->ours[i] == NULL)
            continue;
        bool text = strcmp(columns->ours[i], "text") == 0;
        if (!text && memchr(row->field[i], '\0', row->len[i]) != NULL) {
            reader_problem(reader, table->row_line, "column %zu holds a NUL character", i + 1);
            return true;
        }
        if (text || row->len[i] > 0)
            mapping_put(&record, reader->record, columns->ours[i], row->field[i], row->len[i]);
    }
    if ((int64_t)record.bytes > reader->source->document_bytes) {
        reader_problem(reader, table->row_line, "has %zu bytes of text, more than document_bytes (%lld)", record.bytes,
                       (long long)reader->source->document_bytes);
        return true;
    }
    record.digest = digest_of(from, (size_t)(table->at - from));
    return reader_record(reader, &record, err);
}

static bool read_rows(struct table *table, const struct columns *columns, struct err *err)
{
    struct reader *reader = table->reader;
    struct row row;
    while (table->at < table->end) {
        const char *from = table->at;
        bool readable = read_row(table, &row);
        bool empty = row.count == 1 && row.len[0] == 0 && columns->count > 1;
        if (table->problem == NULL && !empty && row.count != columns->count)
            reader_problem(reader, table->row_line, "has %zu fields, the header %zu", row.count, columns->count);
        else if (table->problem != NULL)
            reader_problem(reader, table->row_line, "%s", table->problem);
        else if (!empty && !hand_on(table, &row, columns, from, err))
            return false;
        if (!readable)
            return true;
    }
    return true;
}

bool read_table(struct reader *reader, const char *text, size_t len, char separator, struct err *err)
{
    struct table table = {.reader = reader, .at = text, .end = text + len, .separator = separator, .line = 1};
    struct row header;
    struct columns columns;
    if (len == 0)
        return err_set(err, ERR_INPUT, "is empty: the header is missing");
    if (!read_row(&table, &header) || table.problem != NULL)
        return err_set(err, ERR_INPUT, "line 1: %s", table.problem);
    return map_columns(&table, &header, &columns, err) && read_rows(&table, &columns, err);
}
