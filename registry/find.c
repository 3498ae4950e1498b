/* find: from what a user types to a model version or a run. What is not found is ERR_USAGE and says what there is. */
#include "registry/command.h"

#include "lib/base/text.h"

#include <string.h>

bool find_model(struct session *session, const char *name, int64_t *id, struct err *err)
{
    struct rows rows;
    if (!ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_MODEL_NAMES, NO_PARAMS, &rows, err))
        return false;
    const char **names = ARENA_ARRAY(session->arena, const char *, (size_t)rows.count + 1);
    struct buf list;
    buf_init(&list, session->arena);
    for (int i = 0; i < rows.count; i++) {
        names[i] = row_text(&rows, i, 1);
        buf_printf(&list, "%s%s", i ? ", " : "", names[i]);
        if (strcmp(names[i], name) == 0) {
            *id = row_int(&rows, i, 0);
            return true;
        }
    }
    if (rows.count == 0)
        return err_set(err, ERR_USAGE, "there is no model \"%s\": no run has registered a model yet", name);
    const char *near = text_suggest(name, names, (size_t)rows.count);
    return err_set(err, ERR_USAGE, "there is no model \"%s\"; %s%s%s", name, near ? "did you mean " : "there are ",
                   near ? near : list.data, near ? "?" : "");
}

static bool read_version(const struct rows *rows, struct version *version, struct err *err)
{
    version->number = row_int(rows, 0, 0);
    version->id = row_text(rows, 0, 1);
    version->run = row_text(rows, 0, 2);
    version->state = row_text(rows, 0, 3);
    version->aliases = row_text(rows, 0, 8);
    return (row_digest(rows, 0, 4, &version->weights) && row_digest(rows, 0, 5, &version->config) &&
            row_digest(rows, 0, 6, &version->tokenizer) && row_digest(rows, 0, 7, &version->dataset)) ||
           err_set(err, ERR_INTERNAL, "a digest of model %s is damaged in the ledger", version->model);
}

bool find_version(struct session *session, const char *text, struct version *version, struct err *err)
{
    const char *at = strrchr(text, '@');
    const char *selector = at && at[1] ? at + 1 : NULL;
    *version = (struct version){.model = arena_strndup(session->arena, text, at ? (size_t)(at - text) : strlen(text))};
    if (!find_model(session, version->model, &version->model_id, err))
        return false;
    struct rows rows;
    const char *model = param_int(session->arena, version->model_id);
    if (!ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_VERSION, PARAMS(model, selector), &rows, err))
        return false;
    if (rows.count > 0)
        return read_version(&rows, version, err);
    if (!ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_SELECTORS, PARAMS(model), &rows, err))
        return false;
    return err_set(err, ERR_USAGE, "%s has no version or alias \"%s\"; there are %s", version->model,
                   selector ? selector : "production", row_text(&rows, 0, 0) ? row_text(&rows, 0, 0) : "none");
}

bool find_run(struct session *session, const char *text, const char **run, bool *found, struct err *err)
{
    struct rows rows;
    *found = false;
    if (strcmp(text, "last") != 0 && (strlen(text) < 4 || strspn(text, "0123456789abcdef-") != strlen(text)))
        return true;
    if (!ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_RUN, PARAMS(text), &rows, err))
        return false;
    if (rows.count > 1)
        return err_set(err, ERR_USAGE, "\"%s\" begins several runs, %s and %s among them: type more of it", text,
                       row_text(&rows, 0, 0), row_text(&rows, 1, 0));
    *found = rows.count == 1;
    *run = *found ? row_text(&rows, 0, 0) : NULL;
    return true;
}
