/*
 * copy: COPY, the fastest way of many rows into a table.
 */
#ifndef LIB_LEDGER_COPY_H
#define LIB_LEDGER_COPY_H

#include "lib/ledger/ledger.h"

/* `target` is "ledger.document (id, content, ...)", `data` is in COPY's text format, as the functions below write it.
 */
bool ledger_copy(struct ledger *ledger, const char *target, const char *data, size_t len, struct err *err) MUST_CHECK;
/* Append one field of a COPY row; NULL is \N. The first field must not be empty. End the row with copy_end. */
void copy_field(struct buf *buf, const char *text);
void copy_int(struct buf *buf, int64_t value);
void copy_real(struct buf *buf, double value);
void copy_digest(struct buf *buf, const struct digest *digest); /* as bytea */
void copy_end(struct buf *buf);

#endif
