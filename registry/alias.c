/*
 * alias: the commands `promote` and `rollback`. Both move an alias in one transaction that also notes it in the audit
 * chain; a version that its gates refused is promoted only with a reason, which is kept.
 */
#include "registry/command.h"

#include <string.h>

static bool move(struct session *session, const struct version *version, const char *kind, bool *moved, struct err *err)
{
    struct rows rows;
    if (!ledger_begin(session->ledger, err))
        return false;
    if (!ledger_exec(session->ledger, session->arena, STATEMENT_ALIAS_MOVE,
                     PARAMS(param_int(session->arena, version->model_id), session->alias, version->id, kind,
                            session->actor, session->reason),
                     &rows, err) ||
        !ledger_commit(session->ledger, err)) {
        ledger_rollback(session->ledger);
        return false;
    }
    *moved = row_bool(&rows, 0, 0);
    return true;
}

static void print_move(struct session *session, const struct version *version, bool moved)
{
    if (session->json) {
        struct buf model;
        buf_init(&model, session->arena);
        buf_json(&model, version->model, strlen(version->model));
        fprintf(session->out, "{\"model\":%s,\"alias\":\"%s\",\"version\":%lld,\"moved\":%s}\n", model.data,
                session->alias, (long long)version->number, moved ? "true" : "false");
        return;
    }
    fprintf(session->out, moved ? "%s@%s is now v%lld\n" : "%s@%s is v%lld already\n", version->model, session->alias,
            (long long)version->number);
}

bool command_promote(struct session *session, struct err *err)
{
    struct version version;
    bool moved;
    if (!strchr(session->arguments[0], '@'))
        return err_set(err, ERR_USAGE, "promote needs a version: tidemill registry promote %s@VERSION",
                       session->arguments[0]);
    if (!find_version(session, session->arguments[0], &version, err))
        return false;
    if (strcmp(version.state, "refused") == 0 && !session->reason)
        return err_set(err, ERR_GATE,
                       "%s v%lld was refused by its gates; to promote it all the same, say why: --reason TEXT",
                       version.model, (long long)version.number);
    if (!move(session, &version, "promote", &moved, err))
        return false;
    print_move(session, &version, moved);
    return true;
}

bool command_rollback(struct session *session, struct err *err)
{
    struct rows rows;
    struct version version;
    int64_t id;
    bool moved;
    const char *name = session->arguments[0];
    if (!find_model(session, name, &id, err) ||
        !ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_ROLLBACK,
                     PARAMS(param_int(session->arena, id), session->alias), &rows, err))
        return false;
    if (rows.count == 0)
        return err_set(err, ERR_USAGE, "%s has no alias \"%s\" yet", name, session->alias);
    const char *before = row_text(&rows, 0, 0);
    if (!before)
        return err_set(err, ERR_USAGE, "%s@%s has been v%s from the first: there is nothing before it", name,
                       session->alias, row_text(&rows, 0, 1));
    if (!find_version(session, arena_printf(session->arena, "%s@%s", name, before), &version, err) ||
        !move(session, &version, "rollback", &moved, err))
        return false;
    print_move(session, &version, moved);
    return true;
}
