/*
 * mark: which store a folder holds: the file <root>/store.id with an id that was drawn when the store was made.
 *
 * A network file system that is not mounted leaves an ordinary folder in its place, which looks like an empty store. So
 * who expects a certain store asks for its id. A copy of a store is the same store.
 */
#ifndef LIB_STORE_MARK_H
#define LIB_STORE_MARK_H

#include "lib/base/err.h"
#include "lib/base/uuid.h"

/* What to do where a store is not the right one. */
#define MARK_REMEDY                                                                                                    \
    "mount it there; if it was lost or replaced for good, tidemill adopt makes this folder the ledger's store"

enum mark { MARK_NONE, MARK_DAMAGED, MARK_FOUND };

/* `id` is set where one is found. False (ERR_SYSTEM): it cannot be read. */
bool mark_read(const char *root, enum mark *mark, char id[UUID_TEXT], struct err *err) MUST_CHECK;

/* Marks a store that has no mark, or a damaged one. `id` is the one that it has in the end: of several who do it at
 * once all get the same. Makes the folder. */
bool mark_make(const char *root, char id[UUID_TEXT], struct err *err) MUST_CHECK;

/* False (ERR_SYSTEM) where the folder is not the store of this id, with what to do. */
bool mark_check(const char *root, const char *id, struct err *err) MUST_CHECK;

#endif
