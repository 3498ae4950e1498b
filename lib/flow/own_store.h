/*
 * own_store: the one store that a ledger's artifacts are in. The ledger knows it by its id (lib/store/mark.h), and is
 * who decides: a folder without that id is refused, as an unmounted store looks like an empty one, and whoever took it
 * for that would have everything made again, into a place where no other machine sees it.
 */
#ifndef LIB_FLOW_OWN_STORE_H
#define LIB_FLOW_OWN_STORE_H

#include "lib/ledger/ledger.h"
#include "lib/store/store.h"

/* The folder, for work; ERR_SYSTEM where it is not the ledger's store. A ledger that has none yet takes this one: it
 * must have something that the ledger knows, or the ledger knows of nothing. Of several who are first at once, with one
 * folder or different ones, one decides for all. */
bool own_store_open(struct store *store, struct arena *arena, struct ledger *ledger, const char *root,
                    struct err *err) MUST_CHECK;

/* Which store it should be; the folder is not looked at. For store_check(). */
bool own_store_expect(struct store *store, struct arena *arena, struct ledger *ledger, const char *root,
                      struct err *err) MUST_CHECK;

/* A person says: this folder is the ledger's store from now on, whatever the one before was. *changed is false where it
 * was already. */
bool own_store_adopt(struct store *store, struct arena *arena, struct ledger *ledger, const char *root,
                     const char *actor, bool *changed, struct err *err) MUST_CHECK;

#endif
