/* copy: see copy.h. */
#include "lib/ledger/copy.h"

#include "lib/ledger/connection.h"

#include <inttypes.h>
#include <string.h>

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
    char text[REAL_TEXT];
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

static bool send_copy(PGconn *connection, const char *data, size_t len)
{
    const size_t piece = (size_t)1 << 20;
    for (size_t at = 0; at < len; at += piece) {
        size_t size = len - at < piece ? len - at : piece;
        if (PQputCopyData(connection, data + at, (int)size) != 1)
            return false;
    }
    return PQputCopyEnd(connection, NULL) == 1;
}

bool ledger_copy(struct ledger *ledger, const char *target, const char *data, size_t len, struct err *err)
{
    if (!ledger_ready(ledger, err))
        return false;
    struct arena arena;
    arena_init(&arena);
    PGresult *result = PQexec(ledger->connection, arena_printf(&arena, "COPY %s FROM STDIN", target));
    bool ok = PQresultStatus(result) == PGRES_COPY_IN;
    if (ok) {
        PQclear(result);
        ok = send_copy(ledger->connection, data, len);
        result = PQgetResult(ledger->connection);
        ExecStatusType status = PQresultStatus(result);
        /* Still in COPY: libpq could not take the data, and would say so for ever. */
        ledger->broken = ledger->broken || status == PGRES_COPY_IN;
        if (!ok && (status == PGRES_COMMAND_OK || status == PGRES_COPY_IN)) {
            PQclear(result);
            result = NULL;
        }
    }
    const char *what = arena_printf(&arena, "COPY %s", target);
    ok = ledger_take(ledger, &arena, result, what, NULL, err);
    while (!ledger->broken && (result = PQgetResult(ledger->connection)))
        PQclear(result);
    arena_release(&arena);
    return ok;
}
