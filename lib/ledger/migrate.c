/*
 * migrate: brings a database to the schema of this program.
 *
 * Each file of sql/schema is applied once, in order, and its digest kept; the views of sql/view are made anew when any
 * of them changed, and so are the rights of roles, which stand with them. All of it is one transaction under an
 * advisory lock, so two programs may start at once.
 */
#include "lib/ledger/ledger.h"

#include <string.h>

#define VIEWS "view" /* the name under which the views' digest is kept; sorts after every number */

static struct digest digest_of_views(void)
{
    struct digest_stream stream;
    digest_begin(&stream);
    for (const struct sql_text *view = sql_views; view->name; view++)
        digest_add(&stream, view->sql, strlen(view->sql));
    return digest_end(&stream);
}

/* The applied migrations must be the first of ours, byte for byte. */
static bool check_applied(const struct rows *applied, int *count, struct digest *views, struct err *err)
{
    *count = 0;
    for (int i = 0; i < applied->count; i++) {
        struct digest digest, own;
        const char *name = row_text(applied, i, 0);
        if (!row_digest(applied, i, 1, &digest))
            return err_set(err, ERR_INTERNAL, "ledger.migration holds a damaged digest for %s", name);
        if (strcmp(name, VIEWS) == 0) {
            *views = digest;
            continue;
        }
        const struct sql_text *migration = &sql_migrations[*count];
        if (!migration->name || strcmp(migration->name, name) != 0)
            return err_set(err, ERR_INTERNAL,
                           "the database has had migration %s, which this program does not know: it is newer than the "
                           "program; install the version of Tidemill that made it",
                           name);
        own = digest_of(migration->sql, strlen(migration->sql));
        if (!digest_equal(&own, &digest))
            return err_set(
                err, ERR_INTERNAL,
                "migration %s was edited after it had been applied; restore the file and put the change into a "
                "new migration",
                name);
        ++*count;
    }
    return true;
}

static bool note(struct ledger *ledger, struct arena *arena, const char *name, struct digest digest, struct err *err)
{
    return ledger_exec(ledger, arena, STATEMENT_MIGRATION_ADD, PARAMS(name, param_digest(arena, &digest)), NULL, err);
}

/* Who may not make it can run nothing either, as after an upgrade, until the owner did. */
static bool missing(const char *kind, const char *name, struct err *err)
{
    if (err->code == ERR_REFUSED)
        return err_wrap(err, "the database lacks %s %s, which its owner makes by tidemill init", kind, name);
    return err_wrap(err, "%s %s", kind, name);
}

/* As whom the rest of the transaction is done. */
static bool be_owner(struct ledger *ledger, struct arena *arena, struct err *err)
{
    return ledger_exec(ledger, arena, STATEMENT_MIGRATION_OWNER, NO_PARAMS, NULL, err);
}

static bool apply(struct ledger *ledger, struct arena *arena, bool anew, struct err *err)
{
    struct rows applied;
    struct digest views = {{0}}, own_views = digest_of_views();
    int count;
    if (!ledger_exec(ledger, arena, STATEMENT_MIGRATION_LIST, NO_PARAMS, &applied, err) ||
        !check_applied(&applied, &count, &views, err))
        return false;
    if (!anew && sql_migrations[count].name == NULL && digest_equal(&views, &own_views))
        return true;
    if (!be_owner(ledger, arena, err))
        return false;
    for (const struct sql_text *migration = &sql_migrations[count]; migration->name; migration++) {
        if (!ledger_sql(ledger, arena, migration->sql, NULL, err))
            return missing("migration", migration->name, err);
        if (!note(ledger, arena, migration->name, digest_of(migration->sql, strlen(migration->sql)), err))
            return false;
    }
    for (const struct sql_text *view = sql_views; view->name; view++)
        if (!ledger_sql(ledger, arena, view->sql, NULL, err))
            return missing("view", view->name, err);
    return note(ledger, arena, VIEWS, own_views, err);
}

/* Under the lock: the schema and the list of migrations may be missing. */
static bool prepare(struct ledger *ledger, struct arena *arena, struct err *err)
{
    struct rows exists;
    if (!ledger_exec(ledger, arena, STATEMENT_MIGRATION_LOCK, NO_PARAMS, NULL, err) ||
        !ledger_exec(ledger, arena, STATEMENT_MIGRATION_EXISTS, NO_PARAMS, &exists, err))
        return false;
    return row_bool(&exists, 0, 0) || (be_owner(ledger, arena, err) &&
                                       ledger_exec(ledger, arena, STATEMENT_MIGRATION_SCHEMA, NO_PARAMS, NULL, err) &&
                                       ledger_exec(ledger, arena, STATEMENT_MIGRATION_TABLE, NO_PARAMS, NULL, err));
}

static bool bring(struct ledger *ledger, bool anew, struct err *err)
{
    struct arena arena;
    arena_init(&arena);
    bool ok = ledger_begin(ledger, err) && prepare(ledger, &arena, err) && apply(ledger, &arena, anew, err) &&
              ledger_commit(ledger, err);
    if (!ok)
        ledger_rollback(ledger);
    arena_release(&arena);
    return ok;
}

bool ledger_migrate(struct ledger *ledger, struct err *err)
{
    return bring(ledger, false, err);
}

bool ledger_renew(struct ledger *ledger, struct err *err)
{
    return bring(ledger, true, err);
}

bool ledger_behind(struct ledger *ledger, struct arena *arena, int *count, struct err *err)
{
    struct rows exists, applied = {.count = 0};
    struct digest views;
    int done = 0;
    if (!ledger_exec(ledger, arena, STATEMENT_MIGRATION_EXISTS, NO_PARAMS, &exists, err))
        return false;
    if (row_bool(&exists, 0, 0) && (!ledger_exec(ledger, arena, STATEMENT_MIGRATION_LIST, NO_PARAMS, &applied, err) ||
                                    !check_applied(&applied, &done, &views, err)))
        return false;
    for (*count = 0; sql_migrations[done].name != NULL; done++)
        ++*count;
    return true;
}
