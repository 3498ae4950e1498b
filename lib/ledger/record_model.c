/* record_model: the tokenizer and the model version of a completed task, and the alias that moves to it. */
#include "lib/base/uuid.h"
#include "lib/ledger/record_data.h"

#include <string.h>

bool record_tokenizer(struct ledger *ledger, struct arena *arena, const struct task_records *records, struct err *err)
{
    const char *vocabulary = NULL;
    for (size_t i = 0; i < records->metric_count; i++)
        if (strcmp(records->metrics[i].key, "vocabulary") == 0)
            vocabulary = param_int(arena, (int64_t)records->metrics[i].value);
    return ledger_exec(ledger, arena, STATEMENT_TOKENIZER_ADD, PARAMS(records->task, vocabulary), NULL, err);
}

/* Registers the version; *version is 0 where the task had done so before. */
static bool add_version(struct ledger *ledger, struct arena *arena, const struct task_records *records,
                        const char *model, const char *id, int64_t *version, struct err *err)
{
    const struct release_record *release = records->release;
    struct rows rows;
    if (!ledger_exec(ledger, arena, STATEMENT_MODEL_VERSION_ADD,
                     PARAMS(id, model, release->released ? "t" : "f", release->reason, records->run, records->task,
                            param_digest(arena, &release->weights), param_digest(arena, &release->config),
                            param_digest(arena, &release->tokenizer), param_digest(arena, &release->dataset),
                            param_int(arena, release->parameters)),
                     &rows, err))
        return false;
    *version = rows.count > 0 ? row_int(&rows, 0, 0) : 0;
    if (rows.count > 0)
        return true;
    if (!ledger_exec(ledger, arena, STATEMENT_MODEL_VERSION_OF_TASK, PARAMS(records->task), &rows, err))
        return false;
    char hex[DIGEST_HEX];
    digest_hex(&release->dataset, hex);
    return rows.count > 0 ||
           err_set(err, ERR_INTERNAL, "release of %s: its dataset %s is not in the ledger", release->model, hex);
}

/* Somebody moved the alias after the model was held against the version that it pointed to: another run released, or a
 * person promoted or rolled back. What the gates said is not about this version; nothing is registered. */
static bool still_compared(struct ledger *ledger, struct arena *arena, const struct task_records *records,
                           const char *model, struct err *err)
{
    const struct release_record *release = records->release;
    struct rows rows;
    if (!release->released || !release->alias || !*release->alias)
        return true;
    if (!ledger_exec(ledger, arena, STATEMENT_RELEASE_COMPARED,
                     PARAMS(records->run, model, release->model, release->alias), &rows, err))
        return false;
    if (rows.count == 0)
        return true;
    const char *then = row_text(&rows, 0, 0), *now = row_text(&rows, 0, 1);
    return err_set(err, ERR_GATE,
                   "%s@%s is %s%s now, and the gates compared the model with %s%s: it was not released; to compare it "
                   "anew: tidemill retry %.13s",
                   release->model, release->alias, now ? "v" : "no version", now ? now : "", then ? "v" : "no version",
                   then ? then : "", records->run);
}

bool record_release(struct ledger *ledger, struct arena *arena, const struct task_records *records, struct err *err)
{
    const struct release_record *release = records->release;
    if (!release)
        return true;
    struct rows rows;
    if (!ledger_exec(ledger, arena, STATEMENT_MODEL_ENSURE, PARAMS(release->model), &rows, err))
        return false;
    const char *model = param_int(arena, row_int(&rows, 0, 0));
    char id[UUID_TEXT];
    int64_t version;
    uuid_new(id);
    if (!still_compared(ledger, arena, records, model, err) ||
        !add_version(ledger, arena, records, model, id, &version, err))
        return false;
    if (version == 0)
        return true;
    const char *actor = arena_printf(arena, "run %s", records->run);
    const char *after = arena_printf(arena, "{\"version\": %lld, \"state\": \"%s\"}", (long long)version,
                                     release->released ? "released" : "refused");
    if (!ledger_exec(ledger, arena, STATEMENT_AUDIT_ADD, PARAMS(actor, "model.register", release->model, NULL, after),
                     NULL, err))
        return false;
    if (!release->released || !release->alias || !*release->alias)
        return true;
    return ledger_exec(ledger, arena, STATEMENT_ALIAS_MOVE,
                       PARAMS(model, release->alias, id, "release", actor, release->reason), NULL, err);
}
