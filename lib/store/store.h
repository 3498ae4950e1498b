/*
 * store: artifacts by the SHA-256 of their bytes.
 *
 * An artifact is written to a temporary name, synced, and renamed to <root>/<aa>/<62 hex digits>; it never changes
 * after. Two processes may put the same artifact at once. Reading verifies the bytes; what does not match its name is
 * moved to <root>/damaged/ and reported as ERR_DAMAGED with the digest, so that its task can be run again. What cannot
 * be read for now is left where it is: a network file system that is away says the same of all that it has.
 */
#ifndef LIB_STORE_STORE_H
#define LIB_STORE_STORE_H

#include "lib/base/digest.h"
#include "lib/base/file.h"
#include "lib/base/mapping.h"
#include "lib/store/mark.h"

struct store {
    const char *root;
    char id[UUID_TEXT]; /* the mark that the folder must have to be the right one; "": any is */
};

/* Whatever store is there, or none yet. That of a ledger is opened by lib/flow/own_store.h. */
bool store_open(struct store *store, struct arena *arena, const char *root, struct err *err) MUST_CHECK;
/* Makes the folders where they are missing, and frees what killed processes left under construction. */
bool store_prepare(const struct store *store, struct err *err) MUST_CHECK;

/* Whether the folder is the store that is meant; ERR_SYSTEM where not, as where it is not mounted. Everything below
 * that would take such a folder for a store without its artifacts, or put some there, fails so. */
bool store_check(const struct store *store, struct err *err) MUST_CHECK;
/* Whether it is, and a file can be made, written and synced: what a file system that is away or read-only refuses. */
bool store_works(const struct store *store, struct err *err) MUST_CHECK;

bool store_put(const struct store *store, const void *data, size_t len, struct digest *digest,
               struct err *err) MUST_CHECK;

/* A file under construction: write to it, then keep it under its digest. Discarded with its arena when not kept. */
struct store_file;
struct store_file *store_create(const struct store *store, struct arena *arena, struct err *err) MUST_CHECK;
bool store_write(struct store_file *file, const void *data, size_t len, struct err *err) MUST_CHECK;
bool store_keep(struct store_file *file, struct digest *digest, int64_t *bytes, struct err *err) MUST_CHECK;

bool store_has(const struct store *store, const struct digest *digest, int64_t *bytes);
/* The same where it matters that it is missing from the right store. */
bool store_find(const struct store *store, const struct digest *digest, bool *there, struct err *err) MUST_CHECK;
/* A verified mapping that lives as long as the arena. Who works on it asks mapping_sound() before anything comes of it.
 */
bool store_map(const struct store *store, struct arena *arena, const struct digest *digest, struct map *map,
               struct err *err) MUST_CHECK;
bool store_verify(const struct store *store, const struct digest *digest, struct err *err) MUST_CHECK;
/* For who failed to read an artifact more than once. False (ERR_DAMAGED) where the file system cannot read its content
 * (EIO: a bad sector), though it does all else: it was moved to <root>/damaged/. True where it can be read, is missing,
 * or the store does not work, so that nobody knows. */
bool store_readable(const struct store *store, const struct digest *digest, struct err *err) MUST_CHECK;
char *store_path(const struct store *store, struct arena *arena, const struct digest *digest);
bool store_remove(const struct store *store, const struct digest *digest, struct err *err) MUST_CHECK;

#endif
