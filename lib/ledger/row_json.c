/* row_json: rows as JSON. Object ids of PostgreSQL's types are fixed (pg_type.dat) and have no public header. */
#include "lib/ledger/ledger.h"

#include <libpq-fe.h>
#include <string.h>

enum type {
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_JSON = 114,
    TYPE_FLOAT4 = 700,
    TYPE_FLOAT8 = 701,
    TYPE_TIMESTAMPTZ = 1184,
    TYPE_NUMERIC = 1700,
    TYPE_JSONB = 3802
};

int row_columns(const struct rows *rows)
{
    return PQnfields(rows->result);
}

const char *row_name(const struct rows *rows, int column)
{
    return PQfname(rows->result, column);
}

/* "2026-11-23 02:30:00.5+00" as "2026-11-23T02:30:00.5Z"; sessions are in UTC. */
static void add_time(struct buf *out, const char *text)
{
    size_t len = strlen(text);
    const char *space = strchr(text, ' ');
    if (!space || len < 3 || strcmp(text + len - 3, "+00") != 0) { /* infinity */
        buf_json(out, text, len);
        return;
    }
    buf_printf(out, "\"%.*sT%.*sZ\"", (int)(space - text), text, (int)(len - 3 - (size_t)(space + 1 - text)),
               space + 1);
}

static void add_value(struct buf *out, Oid type, const char *text)
{
    switch ((enum type)type) {
    case TYPE_BOOL:
        buf_text(out, text[0] == 't' ? "true" : "false");
        return;
    case TYPE_BYTEA:
        buf_json(out, text + 2, strlen(text + 2));
        return;
    case TYPE_INT8:
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_FLOAT4:
    case TYPE_FLOAT8:
    case TYPE_NUMERIC: /* JSON has no NaN and no infinity */
        buf_text(out, strspn(text, "-+.eE0123456789") == strlen(text) ? text : "null");
        return;
    case TYPE_JSON:
    case TYPE_JSONB:
        buf_text(out, text);
        return;
    case TYPE_TIMESTAMPTZ:
        add_time(out, text);
        return;
    }
    buf_json(out, text, strlen(text));
}

void row_json(const struct rows *rows, int row, struct buf *out)
{
    buf_char(out, '{');
    for (int i = 0; i < row_columns(rows); i++) {
        const char *text = row_text(rows, row, i), *name = row_name(rows, i);
        if (i > 0)
            buf_char(out, ',');
        buf_json(out, name, strlen(name));
        buf_char(out, ':');
        if (text)
            add_value(out, PQftype(rows->result, i), text);
        else
            buf_text(out, "null");
    }
    buf_char(out, '}');
}

void rows_json(const struct rows *rows, struct buf *out)
{
    buf_char(out, '[');
    for (int row = 0; row < rows->count; row++) {
        buf_text(out, row > 0 ? ",\n " : "");
        row_json(rows, row, out);
    }
    buf_char(out, ']');
}
