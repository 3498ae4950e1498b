/* format_csv: tables with a header row, RFC 4180; tab-separated ones have no quotes. `columns` says which column is
 * what. */
#include "ingest/format.h"

#include <string.h>

struct table {
    struct reading *reading;
    const char *at, *end;
    char separator;
    bool quotes;
    long line; /* from 1 */
};

/* One field; *last where it ends its row. False: a quote is not closed. */
static bool next_field(struct table *table, const char **field, bool *last)
{
    struct buf text;
    buf_init(&text, table->reading->arena);
    if (table->quotes && table->at < table->end && *table->at == '"') {
        for (table->at++;; table->at++) {
            if (table->at == table->end)
                return false;
            if (*table->at == '"') {
                if (table->at + 1 == table->end || table->at[1] != '"')
                    break;
                table->at++;
            }
            table->line += *table->at == '\n';
            buf_char(&text, *table->at);
        }
        table->at++;
    }
    while (table->at < table->end && *table->at != table->separator && *table->at != '\n')
        buf_char(&text, *table->at++);
    *last = table->at == table->end || *table->at == '\n';
    if (*last && text.len > 0 && text.data[text.len - 1] == '\r')
        text.data[--text.len] = '\0';
    if (table->at < table->end)
        table->at++;
    table->line += *last;
    *field = text.data;
    return true;
}

static bool next_row(struct table *table, struct texts *row)
{
    size_t capacity = 0;
    bool last = false;
    *row = (struct texts){NULL, 0};
    while (!last) {
        const char *field;
        if (!next_field(table, &field, &last))
            return false;
        ARENA_PUSH(table->reading->arena, row->item, row->count, capacity);
        row->item[row->count++] = field;
    }
    return true;
}

static bool take_row(struct table *table, const struct texts *header, const struct texts *row, long line,
                     struct err *err)
{
    static const char *const roles[] = {"id", "text", "label", "target", "created"};
    struct pair items[5];
    struct pairs meta = {items, 0};
    const char *text = NULL;
    if (row->count == 1 && *row->item[0] == '\0')
        return true; /* an empty line */
    if (row->count != header->count) {
        reading_trouble(table->reading, "line %ld: %zu fields, the header has %zu", line, row->count, header->count);
        return true;
    }
    for (size_t r = 0; r < 5; r++) {
        const char *name = pairs_get(&table->reading->source->columns, roles[r]);
        for (size_t c = 0; c < header->count; c++) {
            if (strcmp(header->item[c], name == NULL ? roles[r] : name) != 0)
                continue;
            if (r == 1)
                text = row->item[c];
            else
                items[meta.count++] = (struct pair){r == 0 ? "key" : roles[r], row->item[c]};
            break;
        }
    }
    return reading_document(table->reading, text, strlen(text), &meta, err);
}

static bool has_text(const struct reading *reading, const struct texts *header)
{
    const char *name = pairs_get(&reading->source->columns, "text");
    for (size_t c = 0; c < header->count; c++)
        if (strcmp(header->item[c], name == NULL ? "text" : name) == 0)
            return true;
    return false;
}

static bool read_table(struct reading *reading, char separator, bool quotes, struct err *err)
{
    struct table table = {reading, reading->text, reading->text + reading->len, separator, quotes, 1};
    struct texts header, row;
    if (!next_row(&table, &header)) {
        reading_trouble(reading, "line 1: a quote is not closed");
        return true;
    }
    if (!has_text(reading, &header)) {
        reading_trouble(reading, "line 1: no column \"text\"; name it in columns: {text: NAME}");
        return true;
    }
    while (table.at < table.end) {
        long line = table.line;
        if (!next_row(&table, &row)) {
            reading_trouble(reading, "line %ld: a quote is not closed", line);
            return true;
        }
        if (!take_row(&table, &header, &row, line, err))
            return false;
    }
    return true;
}

bool format_csv(struct reading *reading, struct err *err)
{
    return read_table(reading, ',', true, err);
}

bool format_tsv(struct reading *reading, struct err *err)
{
    return read_table(reading, '\t', false, err);
}
