/* value: C values to PostgreSQL's text forms and back: result columns, parameters, fields of COPY. Nothing can fail. */
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

static const char *real_text(double value, char text[32])
{
    if (isnan(value))
        return "NaN";
    if (isinf(value))
        return value > 0 ? "Infinity" : "-Infinity";
    snprintf(text, 32, "%.17g", value);
    return text;
}

const char *param_real(struct arena *arena, double value)
{
    char text[32];
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

static void separate(struct buf *buf)
{
    if (buf->len > 0 && buf->data[buf->len - 1] != '\n')
        buf_char(buf, '\t');
}

void copy_field(struct buf *buf, const char *text)
{
    separate(buf);
    if (!text) {
        buf_text(buf, "\\N");
        return;
    }
    for (const char *p = text; *p;) {
        size_t plain = strcspn(p, "\\\n\r\t");
        buf_add(buf, p, plain);
        p += plain;
        if (!*p)
            break;
        buf_char(buf, '\\');
        buf_char(buf, *p == '\n' ? 'n' : *p == '\r' ? 'r' : *p == '\t' ? 't' : '\\');
        p++;
    }
}

void copy_int(struct buf *buf, int64_t value)
{
    separate(buf);
    buf_printf(buf, "%" PRId64, value);
}

void copy_real(struct buf *buf, double value)
{
    char text[32];
    separate(buf);
    buf_text(buf, real_text(value, text));
}

void copy_digest(struct buf *buf, const struct digest *digest)
{
    char hex[DIGEST_HEX];
    digest_hex(digest, hex);
    separate(buf);
    buf_text(buf, "\\\\x");
    buf_text(buf, hex);
}

void copy_end(struct buf *buf)
{
    buf_char(buf, '\n');
}
