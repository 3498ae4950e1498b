/* run: see run.h. */
#include "lib/flow/run.h"

#include "lib/flow/graph.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What of a kind enters the keys of its tasks, per element of its section's list: revision, library facts, settings. */
static bool kind_settings(struct definition *definition, struct arena *arena, const struct kind *kind,
                          const struct section *section, const char *path, const char **text, struct err *err)
{
    const char *settings = "{}";
    if (section != NULL) {
        void *config = arena_alloc(arena, section->size);
        if (!definition_bind(definition, section, path, arena, config)) {
            if (definition_valid(definition, err))
                BUG("%s could not be bound and has no errors", path);
            return false;
        }
        settings = option_canonical(section, arena, config);
    }
    *text = arena_printf(arena, "revision %d %s %s", kind->revision, kind->facts == NULL ? "" : kind->facts, settings);
    return true;
}

static bool insert_kind(struct ledger *ledger, struct arena *arena, struct definition *definition, const char *run,
                        const struct kind *kind, int ordinal, struct err *err)
{
    const struct section *section = kind->section;
    size_t count = 1;
    bool list = section != NULL && text_ends(section->path, "[]");
    if (list)
        count = definition_count(definition, section->path);
    const char **texts = ARENA_ARRAY(arena, const char *, count);
    for (size_t i = 0; i < count; i++) {
        const char *path = section == NULL ? "" : section->path;
        if (list)
            path = arena_printf(arena, "%.*s[%zu]", (int)strlen(path) - 2, path, i);
        if (!kind_settings(definition, arena, kind, section, path, &texts[i], err))
            return false;
    }
    return ledger_exec(ledger, arena, STATEMENT_STAGE_RUN_INSERT,
                       PARAMS(run, kind->name, param_int(arena, ordinal), param_int(arena, kind->revision),
                              param_texts(arena, texts, count)),
                       NULL, err);
}

static bool insert_kinds(struct ledger *ledger, struct arena *arena, struct definition *definition,
                         const struct run_request *request, const char *run, struct err *err)
{
    int ordinal = 0;
    for (const struct stage_info *const *stage = request->stages; *stage != NULL; stage++)
        for (const struct kind *kind = (*stage)->kinds; kind->name != NULL; kind++)
            if (!insert_kind(ledger, arena, definition, run, kind, ordinal++, err))
                return false;
    return true;
}

static bool take_slot(struct ledger *ledger, struct arena *arena, const struct run_request *request,
                      const char *pipeline, char run[UUID_TEXT], struct err *err)
{
    struct rows taken, holder;
    const char *slot = param_int(arena, request->slot_us);
    if (!ledger_exec(ledger, arena, STATEMENT_RUN_SLOT_TAKE, PARAMS(pipeline, slot, run), &taken, err))
        return false;
    if (taken.count > 0)
        return true;
    if (!ledger_exec(ledger, arena, STATEMENT_RUN_SLOT_HOLDER, PARAMS(request->pipeline, slot), &holder, err))
        return false;
    if (holder.count == 0)
        return err_set(err, ERR_SERVICE, "the slot was taken and given back at this very moment; try again");
    memcpy(run, row_text(&holder, 0, 0), UUID_TEXT);
    return err_set(err, ERR_SLOT, "run %.8s holds this slot of %s (it is %s)", run, request->pipeline,
                   row_text(&holder, 0, 1));
}

/* Where the definition can be found again, from wherever. */
static const char *whole_path(struct arena *arena, const char *file)
{
    char *path = realpath(file, NULL);
    const char *kept = path != NULL ? arena_strdup(arena, path) : file;
    free(path);
    return kept;
}

static bool insert_run(struct ledger *ledger, struct arena *arena, struct definition *definition,
                       const struct run_request *request, char run[UUID_TEXT], struct err *err)
{
    struct rows rows;
    char host[256] = "";
    struct digest digest = digest_of(definition->bytes, definition->len);
    const char *key = param_digest(arena, &digest);
    gethostname(host, sizeof host - 1);
    if (!ledger_exec(
            ledger, arena, STATEMENT_DEFINITION_PUT,
            PARAMS(key, arena_strndup(arena, definition->bytes, definition->len), whole_path(arena, definition->file)),
            NULL, err) ||
        !ledger_exec(ledger, arena, STATEMENT_PIPELINE_PUT, PARAMS(request->pipeline, request->about, key), &rows, err))
        return false;
    const char *pipeline = row_text(&rows, 0, 0);
    return ledger_exec(ledger, arena, STATEMENT_RUN_INSERT,
                       PARAMS(run, pipeline, key, param_int(arena, request->slot_us),
                              json_canonical(arena, request->plan), request->code_version, host, request->actor,
                              param_int(arena, request->deadline_ms)),
                       NULL, err) &&
           take_slot(ledger, arena, request, pipeline, run, err);
}

bool run_start(struct ledger *ledger, struct arena *arena, struct definition *definition,
               const struct run_request *request, char run[UUID_TEXT], struct err *err)
{
    struct graph graph;
    uuid_new(run);
    if (!ledger_begin(ledger, err))
        return false;
    if (insert_run(ledger, arena, definition, request, run, err) &&
        insert_kinds(ledger, arena, definition, request, run, err) &&
        graph_open(&graph, ledger, arena, request->store, run, request->topic_prefix, err) &&
        (request->also == NULL || request->also(request->context, run, err)) && graph_start(&graph, err) &&
        ledger_commit(ledger, err))
        return true;
    ledger_rollback(ledger);
    return false;
}

bool run_stop(struct ledger *ledger, struct arena *arena, const struct store *store, const char *run, const char *state,
              const char *error, enum err_code code, struct err *err)
{
    struct graph graph;
    if (!ledger_begin(ledger, err))
        return false;
    if (graph_open(&graph, ledger, arena, store, run, "", err) && graph_break_off(&graph, state, error, code, err) &&
        ledger_commit(ledger, err))
        return true;
    ledger_rollback(ledger);
    return false;
}

bool run_end_overdue(struct ledger *ledger, struct arena *arena, const struct store *store, struct err *err)
{
    struct rows rows;
    if (!ledger_exec(ledger, arena, STATEMENT_RUN_OVERDUE, NO_PARAMS, &rows, err))
        return false;
    for (int row = 0; row < rows.count; row++) {
        const char *why =
            arena_printf(arena,
                         "not finished at its deadline, %s after its start; open: %s; what is done stays done, and "
                         "tidemill retry goes on from it; where the time is too short raise schedule.deadline",
                         arena_printf(arena, "%lld s", (long long)row_int(&rows, row, 1)), row_text(&rows, row, 2));
        if (!run_stop(ledger, arena, store, row_text(&rows, row, 0), "failed", why, ERR_CANCELLED, err))
            return false;
    }
    return true;
}

bool run_end_overspent(struct ledger *ledger, struct arena *arena, const struct store *store, struct err *err)
{
    struct rows rows;
    if (!ledger_exec(ledger, arena, STATEMENT_RUN_OVERSPENT, NO_PARAMS, &rows, err))
        return false;
    for (int row = 0; row < rows.count; row++) {
        bool month = strcmp(row_text(&rows, row, 1), "month") == 0;
        const char *currency = row_text(&rows, row, 4);
        const char *why = arena_printf(
            arena, "%s, %.4g %s, is spent (%.4g %s); what is done stays done, and a run with %s goes on from it",
            month ? "this month's budget" : "the budget of a run", row_real(&rows, row, 2), currency,
            row_real(&rows, row, 3), currency, month ? "a higher budget.month" : "a higher budget.run");
        if (!run_stop(ledger, arena, store, row_text(&rows, row, 0), "failed", why, ERR_BUDGET, err))
            return false;
    }
    return true;
}
