/* value: C values to PostgreSQL's text forms and back: result columns and parameters. Nothing can fail. */
#include "lib/ledger/ledger.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *row_text(const struct rows *rows, int row, int column)
{
    return PQgetisnull(rows->result, row, column) ? NULL : PQgetvalue(rows->result, row, column);
}

int64_t row_int(const struct rows *rows, int row, int column)
{
    return strtoll(PQgetvalue(rows->result, row, column), NULL, 10);
}

double row_real(const struct rows *rows, int row, int column)
{
    return strtod(PQgetvalue(rows->result, row, column), NULL); /* knows NaN and Infinity */
}

bool row_bool(const struct rows *rows, int row, int column)
{
    return PQgetvalue(rows->result, row, column)[0] == 't';
}

bool row_digest(const struct rows *rows, int row, int column, struct digest *digest)
{
    const char *text = PQgetvalue(rows->result, row, column);
    return text[0] == '\\' && text[1] == 'x' && digest_parse(text + 2, digest);
}

int row_find(const struct rows *rows, const char *text)
{
    for (int row = 0; row < rows->count; row++)
        if (!PQgetisnull(rows->result, row, 0) && strcmp(PQgetvalue(rows->result, row, 0), text) == 0)
            return row;
    return -1;
}

const char *param_int(struct arena *arena, int64_t value)
{
    return arena_printf(arena, "%" PRId64, value);
}

const char *real_text(double value, char text[REAL_TEXT])
{
    if (isnan(value))
        return "NaN";
    if (isinf(value))
        return value > 0 ? "Infinity" : "-Infinity";
    snprintf(text, REAL_TEXT, "%.17g", value);
    return text;
}

const char *param_real(struct arena *arena, double value)
{
    char text[REAL_TEXT];
    return arena_strdup(arena, real_text(value, text));
}

const char *param_digest(struct arena *arena, const struct digest *digest)
{
    char hex[DIGEST_HEX];
    digest_hex(digest, hex);
    return arena_printf(arena, "\\x%s", hex);
}

const char *param_texts(struct arena *arena, const char *const *values, size_t count)
{
    struct buf buf;
    buf_init(&buf, arena);
    buf_char(&buf, '{');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_char(&buf, ',');
        if (!values[i]) {
            buf_text(&buf, "NULL");
            continue;
        }
        buf_char(&buf, '"');
        for (const char *p = values[i]; *p; p++) {
            if (*p == '"' || *p == '\\')
                buf_char(&buf, '\\');
            buf_char(&buf, *p);
        }
        buf_char(&buf, '"');
    }
    buf_char(&buf, '}');
    return buf.data;
}

const char *param_ints(struct arena *arena, const int64_t *values, size_t count)
{
    struct buf buf;
    buf_init(&buf, arena);
    buf_char(&buf, '{');
    for (size_t i = 0; i < count; i++)
        buf_printf(&buf, "%s%" PRId64, i > 0 ? "," : "", values[i]);
    buf_char(&buf, '}');
    return buf.data;
}
