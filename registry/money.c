/* money: the commands `cost` (of runs, of one run by stage, of a model's versions) and `compare` (two runs). */
#include "registry/command.h"

#include <string.h>

static bool cost_of_run(struct session *session, const char *run, struct err *err)
{
    static const struct column columns[] = {
        {"stage", 0, SHAPE_TEXT},      {"cost", 1, SHAPE_MONEY},     {"CPU hours", 3, SHAPE_SCORE},
        {"GPU hours", 4, SHAPE_SCORE}, {"attempts", 5, SHAPE_COUNT}, {"plan p50", 6, SHAPE_SCORE},
        {"plan p90", 7, SHAPE_SCORE},
    };
    struct rows rows;
    if (!ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_COST_RUN, PARAMS(run), &rows, err))
        return false;
    print_rows(
        session, &rows, COLUMNS(columns), 0,
        arena_printf(session->arena, "run %.8s cost nothing: all of its work was reused, or nothing has a price", run));
    return true;
}

static bool cost_of_model(struct session *session, const char *model, struct err *err)
{
    static const struct column columns[] = {{"version", 0, SHAPE_VERSION},
                                            {"cost", 1, SHAPE_MONEY},
                                            {"bits per byte", 3, SHAPE_SCORE},
                                            {"per million tokens", 4, SHAPE_MONEY},
                                            {"run", 6, SHAPE_TEXT}};
    struct rows rows;
    int64_t id;
    if (!find_model(session, model, &id, err))
        return err_wrap(err, "\"%s\" is neither a run nor a model", model);
    if (!ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_COST_MODEL, PARAMS(model), &rows, err))
        return false;
    print_rows(session, &rows, COLUMNS(columns), 20, "It has no version yet.");
    return true;
}

bool command_cost(struct session *session, struct err *err)
{
    static const struct column columns[] = {{"run", 0, SHAPE_DIGEST},
                                            {"pipeline", 1, SHAPE_TEXT},
                                            {"started", 2, SHAPE_TIME},
                                            {"cost", 3, SHAPE_MONEY},
                                            {"CPU hours", 5, SHAPE_SCORE},
                                            {"GPU hours", 6, SHAPE_SCORE},
                                            {"storage GB-months", 7, SHAPE_SCORE}};
    struct rows rows;
    const char *run;
    bool found;
    if (session->count > 0) {
        if (!find_run(session, session->arguments[0], &run, &found, err))
            return false;
        return found ? cost_of_run(session, run, err) : cost_of_model(session, session->arguments[0], err);
    }
    if (!ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_COST, NO_PARAMS, &rows, err))
        return false;
    print_rows(session, &rows, COLUMNS(columns), 20, "Nothing has been charged yet.");
    return true;
}

static bool need_run(struct session *session, const char *text, const char **run, struct err *err)
{
    bool found;
    if (!find_run(session, text, run, &found, err))
        return false;
    return found || err_set(err, ERR_USAGE, "there is no run \"%s\"; tidemill runs lists them", text);
}

/* A line per property: its name, what both runs have, and a mark where they differ. */
static void print_sides(struct session *session, const struct rows *rows)
{
    int width = 0, left = 0;
    for (int c = 0; c < row_columns(rows); c++) {
        const char *text = row_text(rows, 0, c);
        width = (int)strlen(row_name(rows, c)) > width ? (int)strlen(row_name(rows, c)) : width;
        left = text && (int)strlen(text) > left ? (int)strlen(text) : left;
    }
    for (int c = 0; c < row_columns(rows); c++) {
        const char *a = row_text(rows, 0, c), *b = row_text(rows, 1, c);
        if (!a && !b)
            continue;
        bool same = a && b && strcmp(a, b) == 0;
        fprintf(session->out, "%c %-*s  %-*s  %s\n", same ? ' ' : '*', width, row_name(rows, c), left, a ? a : "-",
                b ? b : "-");
    }
}

bool command_compare(struct session *session, struct err *err)
{
    const char *a, *b;
    struct rows rows, settings;
    if (!need_run(session, session->arguments[0], &a, err) || !need_run(session, session->arguments[1], &b, err))
        return false;
    if (strcmp(a, b) == 0)
        return err_set(err, ERR_USAGE, "both are run %s", a);
    if (!ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_COMPARE, PARAMS(a, b), &rows, err) ||
        !ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_SETTINGS, PARAMS(a, b), &settings, err))
        return false;
    if (rows.count != 2)
        return err_set(err, ERR_INTERNAL, "report.run_compare does not hold runs %s and %s", a, b);
    if (session->json) {
        print_json(session, &rows);
        return true;
    }
    print_sides(session, &rows);
    if (settings.count > 0)
        fprintf(session->out, "\nsettings that differ (- %.8s, + %.8s):\n", a, b);
    for (int r = 0; r < settings.count; r++)
        fprintf(session->out, "%s %s\n", row_text(&settings, r, 0), row_text(&settings, r, 1));
    return true;
}
