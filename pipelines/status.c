/* status: how far a run is; runs: the newest ones; stop: end one. All by asking the ledger. */
#include "lib/flow/own_store.h"
#include "lib/flow/run.h"
#include "pipelines/command.h"
#include "pipelines/format.h"
#include "pipelines/snapshot.h"
#include "pipelines/summary.h"
#include "pipelines/watch.h"

#include <stdio.h>
#include <string.h>

static bool open_ledger(struct session *session, struct site *site, struct services *services, struct err *err)
{
    return session_site(session, site, err) && services_ledger(services, session->arena, site, err);
}

static void print_status(const struct snapshot *snapshot)
{
    struct arena *arena = snapshot->arena;
    printf("%s  %s  %s  %s\n", snapshot_title(snapshot), snapshot->state, format_seconds(arena, snapshot->seconds),
           format_money(arena, snapshot->cost, snapshot->currency));
    for (size_t i = 0; i < snapshot->stage_count; i++) {
        const char *line = snapshot_stage(snapshot, &snapshot->stages[i]);
        if (*line != '\0')
            printf("  %-9s %s\n", snapshot->stages[i].stage, line);
    }
    for (size_t i = 0; i < snapshot->running_count; i++)
        printf("  now       %s: %s, for %s\n", snapshot->running[i].kind,
               snapshot_task(snapshot, &snapshot->running[i], 0), format_seconds(arena, snapshot->running[i].seconds));
}

static bool print_failures(struct session *session, struct services *services, const char *run, struct err *err)
{
    struct rows rows;
    if (!ledger_exec(services->ledger, session->arena, STATEMENT_REPORT_FAILURES, PARAMS(run), &rows, err))
        return false;
    for (int row = 0; row < rows.count; row++)
        printf("  %s %s (%s), tried %lld times: %s\n", row_text(&rows, row, 0), row_text(&rows, row, 1),
               row_text(&rows, row, 4), (long long)row_int(&rows, row, 2), row_text(&rows, row, 3));
    return true;
}

static bool print_waiting(struct session *session, struct services *services, const char *run, struct err *err)
{
    struct rows rows;
    if (!ledger_exec(services->ledger, session->arena, STATEMENT_REPORT_WAITING, PARAMS(run), &rows, err))
        return false;
    for (int row = 0; row < rows.count; row++)
        printf("  waits     %s %s: %s\n", row_text(&rows, row, 0), row_text(&rows, row, 1), row_text(&rows, row, 2));
    return true;
}

bool status_command(struct session *session, struct err *err)
{
    struct site site;
    struct services services;
    struct snapshot snapshot;
    const char *run;
    const struct arguments *arguments = &session->arguments;
    if (!open_ledger(session, &site, &services, err) ||
        !session_run(session, services.ledger, arguments->operand_count > 0 ? arguments->operands[0] : "", &run, err))
        return false;
    if (arguments->watch) {
        struct watch watch = {.services = &services,
                              .run = run,
                              .terminal = session->terminal,
                              .colour = session->colour,
                              .silent = arguments->json};
        watch_signals();
        if (!watch_run(&watch, err))
            return false;
    }
    if (!snapshot_read(&snapshot, session->arena, services.ledger, run, err))
        return false;
    if (arguments->json) {
        puts(json_canonical(session->arena, snapshot_json(&snapshot)));
        return true;
    }
    print_status(&snapshot);
    return print_waiting(session, &services, run, err) && print_failures(session, &services, run, err) &&
           (!arguments->watch || run_outcome(&snapshot, NULL, err));
}

bool runs_command(struct session *session, struct err *err)
{
    struct site site;
    struct services services;
    struct rows rows;
    struct arena *arena = session->arena;
    const char *pipeline = session->arguments.operand_count > 0 ? session->arguments.operands[0] : NULL;
    if (!open_ledger(session, &site, &services, err) ||
        !ledger_exec(services.ledger, arena, STATEMENT_REPORT_RUNS, PARAMS(pipeline), &rows, err))
        return false;
    if (session->arguments.json) {
        struct buf json;
        buf_init(&json, arena);
        rows_json(&rows, &json);
        puts(json.data);
        return true;
    }
    if (rows.count == 0)
        puts("nothing has run yet; start with tidemill run FILE");
    for (int row = 0; row < rows.count; row++) {
        const char *error = row_text(&rows, row, 10);
        printf("%s  %-16s %.16s  %-9s %8s  %12s  %s%s\n", run_short(arena, row_text(&rows, row, 0)),
               row_text(&rows, row, 1), row_text(&rows, row, 2), row_text(&rows, row, 3),
               format_seconds(arena, row_real(&rows, row, 6)),
               format_money(arena, row_real(&rows, row, 7), row_text(&rows, row, 8)), row_text(&rows, row, 9),
               error != NULL ? format_cut(arena, error, 60) : "");
    }
    return true;
}

bool stop_command(struct session *session, struct err *err)
{
    struct site site;
    struct services services;
    struct store store;
    struct rows rows;
    const char *run;
    if (!open_ledger(session, &site, &services, err) ||
        !own_store_expect(&store, session->arena, services.ledger, site.store, err) ||
        !session_run(session, services.ledger, session->arguments.operands[0], &run, err) ||
        !run_stop(services.ledger, session->arena, &store, run, "cancelled", "stopped by the user", ERR_CANCELLED,
                  err) ||
        !ledger_exec(services.ledger, session->arena, STATEMENT_RUN_STATE, PARAMS(run), &rows, err))
        return false;
    printf("run %s is %s\n", run_short(session->arena, run), row_text(&rows, 0, 0));
    return true;
}
