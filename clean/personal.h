/*
 * personal: e-mail addresses, public IPv4 addresses and telephone numbers in a text, replaced.
 *
 * What is put in their place belongs to nobody: addresses at example.com, 192.0.2.0/24 (RFC 5737) and the numbers
 * 555-0100 to 555-0199. `redact` puts the same for all, `pseudonym` keeps those of one document apart, so that who
 * writes to whom can still be read; nothing links two documents. The same text always gives the same text.
 */
#ifndef CLEAN_PERSONAL_H
#define CLEAN_PERSONAL_H

#include "clean/clean.h"

#include "lib/base/buf.h"

/* The patterns, compiled; one may serve several threads at once, and lives as long as its arena. */
struct personal;
struct personal *personal_new(struct arena *arena);

/* Appends the text (valid UTF-8) with what the settings say replaced; returns how many places that were. */
size_t personal_hide(const struct personal *personal, const struct personal_settings *settings, struct buf *out,
                     const char *text, size_t bytes);

#endif
