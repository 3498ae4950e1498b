/* own_store: see own_store.h. The row of ledger.store is written under a lock, and only read where it is there. */
#include "lib/flow/own_store.h"

#include <string.h>

bool own_store_expect(struct store *store, struct arena *arena, struct ledger *ledger, const char *root,
                      struct err *err)
{
    struct rows rows;
    if (!ledger_exec(ledger, arena, STATEMENT_STORE_GET, NO_PARAMS, &rows, err))
        return false;
    *store = (struct store){.root = arena_strdup(arena, root)};
    if (rows.count > 0)
        memcpy(store->id, row_text(&rows, 0, 0), UUID_TEXT);
    return true;
}

/* An old ledger's store has no mark; that it is the right one shows by what it holds. */
static bool looks_right(const struct store *store, struct arena *arena, struct ledger *ledger, struct err *err)
{
    struct rows some;
    if (!ledger_exec(ledger, arena, STATEMENT_STORE_SOME, NO_PARAMS, &some, err))
        return false;
    for (int i = 0; i < some.count; i++) {
        struct digest digest;
        if (digest_parse(row_text(&some, i, 0), &digest) && store_has(store, &digest, NULL))
            return true;
    }
    return some.count == 0 ||
           err_set(err, ERR_SYSTEM, "%s has nothing of what this ledger's store holds: " MARK_REMEDY, store->root);
}

/* In a transaction, under the lock. */
static bool take(struct store *store, struct arena *arena, struct ledger *ledger, struct err *err)
{
    return mark_make(store->root, store->id, err) &&
           ledger_exec(ledger, arena, STATEMENT_STORE_PUT, PARAMS(store->id, store->root), NULL, err);
}

static bool take_first(struct store *store, struct arena *arena, struct ledger *ledger, const char *root,
                       struct err *err)
{
    if (!ledger_begin(ledger, err))
        return false;
    if (ledger_exec(ledger, arena, STATEMENT_STORE_LOCK, NO_PARAMS, NULL, err) &&
        own_store_expect(store, arena, ledger, root, err) &&
        (*store->id != '\0' || (looks_right(store, arena, ledger, err) && take(store, arena, ledger, err))) &&
        ledger_commit(ledger, err))
        return true;
    ledger_rollback(ledger);
    return false;
}

bool own_store_open(struct store *store, struct arena *arena, struct ledger *ledger, const char *root, struct err *err)
{
    return own_store_expect(store, arena, ledger, root, err) &&
           (*store->id != '\0' || take_first(store, arena, ledger, root, err)) && store_check(store, err) &&
           store_prepare(store, err);
}

/* What was before is in the audit chain. */
static bool replace(struct store *store, struct arena *arena, struct ledger *ledger, const char *actor, bool *changed,
                    struct err *err)
{
    char before[UUID_TEXT];
    memcpy(before, store->id, UUID_TEXT);
    if (!take(store, arena, ledger, err))
        return false;
    *changed = strcmp(before, store->id) != 0;
    return !*changed || ledger_exec(ledger, arena, STATEMENT_AUDIT_ADD,
                                    PARAMS(actor, "store.adopt", store->root,
                                           *before == '\0' ? NULL : arena_printf(arena, "{\"id\": \"%s\"}", before),
                                           arena_printf(arena, "{\"id\": \"%s\"}", store->id)),
                                    NULL, err);
}

bool own_store_adopt(struct store *store, struct arena *arena, struct ledger *ledger, const char *root,
                     const char *actor, bool *changed, struct err *err)
{
    if (!ledger_begin(ledger, err))
        return false;
    if (ledger_exec(ledger, arena, STATEMENT_STORE_LOCK, NO_PARAMS, NULL, err) &&
        own_store_expect(store, arena, ledger, root, err) && replace(store, arena, ledger, actor, changed, err) &&
        ledger_commit(ledger, err))
        return store_prepare(store, err);
    ledger_rollback(ledger);
    return false;
}
