/*
 * sweep: going through the files of a store, and freeing some of them while others work with it.
 *
 * A task that makes what is there already (store_put) only touches the file, and names it in the ledger later; so what
 * was touched of late is never freed, even where it is touched at the very moment.
 */
#ifndef LIB_STORE_SWEEP_H
#define LIB_STORE_SWEEP_H

#include "lib/store/store.h"

struct store_item {
    struct digest digest;
    int64_t bytes, age_s;
    bool damaged; /* it lies in damaged/ */
};

/* Calls `found` for every artifact and every damaged file; ends where it returns false. Other files are passed over. */
bool store_each(const struct store *store, bool (*found)(void *context, const struct store_item *item, struct err *err),
                void *context, struct err *err) MUST_CHECK;

/* Frees a file that is at least so old; *freed is false where it is younger, or gone already. What is not the
 * store that is meant loses nothing. */
bool store_free(const struct store *store, const struct store_item *item, int64_t age_s, bool *freed,
                struct err *err) MUST_CHECK;

#endif
