/*
 * verify: the command `verify`: every artifact of the ledger is in the store with the bytes that its digest says, the
 * audit chain is unbroken, and the history of each alias hangs together. Damage is listed, and then an error.
 */
#include "registry/command.h"

#include <string.h>

struct findings {
    int64_t artifacts, bytes, bad, events, broken;
    struct buf list; /* JSON texts */
};

static void add_finding(struct session *session, struct findings *findings, const char *text)
{
    if (!session->json)
        fprintf(session->out, "%s\n", text);
    if (findings->list.len > 0)
        buf_char(&findings->list, ',');
    buf_json(&findings->list, text, strlen(text));
}

static bool verify_store(struct session *session, struct findings *findings, struct err *err)
{
    struct rows rows;
    if (!ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_ARTIFACTS, NO_PARAMS, &rows, err))
        return false;
    for (int i = 0; i < rows.count; i++) {
        struct digest digest;
        struct err why = {0};
        if (!row_digest(&rows, i, 0, &digest))
            return err_set(err, ERR_INTERNAL, "ledger.artifact holds a damaged digest");
        findings->artifacts++;
        mapping_forget();
        findings->bytes += row_int(&rows, i, 1);
        if (store_verify(&session->store, &digest, &why))
            continue;
        findings->bad++;
        add_finding(session, findings,
                    arena_printf(session->arena, "%s (made by %s of run %.8s)", why.text,
                                 row_text(&rows, i, 2) ? row_text(&rows, i, 2) : "an unknown task",
                                 row_text(&rows, i, 3) ? row_text(&rows, i, 3) : "?"));
    }
    return true;
}

static bool verify_history(struct session *session, struct findings *findings, struct err *err)
{
    struct rows audit, alias;
    if (!ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_AUDIT, NO_PARAMS, &audit, err) ||
        !ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_ALIAS_GAPS, NO_PARAMS, &alias, err))
        return false;
    findings->events = row_int(&audit, 0, 0);
    if (row_text(&audit, 0, 1)) {
        findings->broken++;
        add_finding(session, findings,
                    arena_printf(session->arena,
                                 "the audit chain is broken at event %s: it, or the one before it, was changed",
                                 row_text(&audit, 0, 1)));
    }
    for (int i = 0; i < alias.count; i++) {
        findings->broken++;
        add_finding(session, findings,
                    arena_printf(session->arena, "the history of %s@%s has a gap at event %s", row_text(&alias, i, 0),
                                 row_text(&alias, i, 1), row_text(&alias, i, 2)));
    }
    return true;
}

bool command_verify(struct session *session, struct err *err)
{
    struct findings findings = {0};
    buf_init(&findings.list, session->arena);
    if (!store_check(&session->store, err) || !store_prepare(&session->store, err) ||
        !verify_store(session, &findings, err) || !verify_history(session, &findings, err))
        return false;
    if (session->json)
        fprintf(session->out,
                "{\"artifacts\":%lld,\"bytes\":%lld,\"damaged\":%lld,\"audit_events\":%lld,\"broken\":%lld,"
                "\"findings\":[%s]}\n",
                (long long)findings.artifacts, (long long)findings.bytes, (long long)findings.bad,
                (long long)findings.events, (long long)findings.broken, findings.list.data);
    else
        fprintf(session->out, "%lld artifacts, %.1f MB: %lld damaged or missing; audit chain of %lld events: %s\n",
                (long long)findings.artifacts, (double)findings.bytes / 1e6, (long long)findings.bad,
                (long long)findings.events, findings.broken == 0 ? "intact" : "broken");
    if (findings.bad == 0 && findings.broken == 0)
        return true;
    return err_set(err, ERR_DAMAGED,
                   "%lld artifacts are damaged or missing, %lld histories broken; the next run makes "
                   "the artifacts that it needs again",
                   (long long)findings.bad, (long long)findings.broken);
}
