/* budget: may it be spent? See budget.h; the figures come from estimate.c. */
#include "pipelines/budget.h"

#include "pipelines/format.h"

bool budget_allows(const struct estimate *estimate, struct err *err)
{
    struct arena arena;
    double p90 = estimate->total.amount_p90;
    const char *currency = estimate->currency;
    double left = estimate->month_limit - estimate->month_spent - estimate->month_reserved;
    bool ok = true;
    arena_init(&arena);
    if (estimate->run_limit > 0 && p90 > estimate->run_limit)
        ok = err_set(err, ERR_BUDGET,
                     "the plan says %s to %s (p50 to p90), the budget of a run is %s; nothing was started. "
                     "Train on fewer tokens, or raise budget.run",
                     format_money(&arena, estimate->total.amount_p50, currency), format_money(&arena, p90, currency),
                     format_money(&arena, estimate->run_limit, currency));
    else if (estimate->month_limit > 0 && p90 > left)
        ok = err_set(err, ERR_BUDGET,
                     "the plan says %s to %s (p50 to p90), of this month's budget of %s %s is left; nothing "
                     "was started. Wait for the next month, or raise budget.month",
                     format_money(&arena, estimate->total.amount_p50, currency), format_money(&arena, p90, currency),
                     format_money(&arena, estimate->month_limit, currency), format_money(&arena, left, currency));
    arena_release(&arena);
    return ok;
}

const char *budget_text(struct arena *arena, const struct estimate *estimate)
{
    struct buf out;
    struct err err;
    buf_init(&out, arena);
    if (estimate->run_limit > 0)
        buf_printf(&out, "run %s", format_money(arena, estimate->run_limit, estimate->currency));
    if (estimate->month_limit > 0)
        buf_printf(&out, "%smonth %s left", out.len > 0 ? ", " : "",
                   format_money(arena, estimate->month_limit - estimate->month_spent - estimate->month_reserved,
                                estimate->currency));
    if (out.len == 0)
        return "";
    return arena_printf(arena, "%s: %s", budget_allows(estimate, &err) ? "fits" : "does not fit", out.data);
}

static bool put_limit(const struct estimate *estimate, struct ledger *ledger, struct arena *arena, const char *period,
                      double limit, struct err *err)
{
    if (limit <= 0)
        return true;
    return ledger_exec(ledger, arena, STATEMENT_BUDGET_PUT,
                       PARAMS(estimate->pipeline, period, param_real(arena, limit), estimate->currency), NULL, err);
}

static bool put_estimates(const struct estimate *estimate, struct ledger *ledger, struct arena *arena, const char *run,
                          struct err *err)
{
    for (size_t i = 0; i < estimate->count; i++) {
        const struct stage_estimate *stage = &estimate->stages[i];
        if (!ledger_exec(ledger, arena, STATEMENT_ESTIMATE_PUT,
                         PARAMS(run, stage->stage, param_real(arena, stage->seconds_p50),
                                param_real(arena, stage->seconds_p90), param_real(arena, stage->amount_p50),
                                param_real(arena, stage->amount_p90), estimate->currency),
                         NULL, err))
            return false;
    }
    return true;
}

/* Two runs of a pipeline that begin at once have each seen the whole of what is left. Here the pipeline is locked. */
static bool still_allowed(const struct estimate *estimate, struct ledger *ledger, struct arena *arena, struct err *err)
{
    struct estimate now = *estimate;
    return estimate->month_limit <= 0 || (estimate_month(&now, ledger, arena, err) && budget_allows(&now, err));
}

bool budget_reserve(const struct estimate *estimate, struct ledger *ledger, struct arena *arena, const char *run,
                    struct err *err)
{
    return still_allowed(estimate, ledger, arena, err) &&
           put_limit(estimate, ledger, arena, "run", estimate->run_limit, err) &&
           put_limit(estimate, ledger, arena, "month", estimate->month_limit, err) &&
           put_estimates(estimate, ledger, arena, run, err) &&
           ledger_exec(ledger, arena, STATEMENT_BUDGET_EVENT_ADD,
                       PARAMS(estimate->pipeline, run, "reserve", param_real(arena, estimate->total.amount_p90),
                              estimate->currency, "p90 of the plan"),
                       NULL, err);
}

/* A runner that lost its connection, and with it the run, may be here together with the one that took it over. */
bool budget_settle(struct ledger *ledger, struct arena *arena, const char *run, struct err *err)
{
    bool good = ledger_begin(ledger, err) && ledger_queue(ledger, STATEMENT_RUN_LOCK, PARAMS(run), err) &&
                ledger_exec(ledger, arena, STATEMENT_BUDGET_SETTLE, PARAMS(run), NULL, err) &&
                ledger_commit(ledger, err);
    if (!good)
        ledger_rollback(ledger);
    return good;
}
