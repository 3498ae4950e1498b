/* budget: what is refused, with which numbers. */
#include "pipelines/budget.h"
#include "tests/unit/tap.h"

static const char *verdict(struct estimate estimate)
{
    static struct err err;
    estimate.currency = "EUR";
    return budget_allows(&estimate, &err) ? "allowed" : err.text;
}

int main(void)
{
    struct arena arena;
    arena_init(&arena);
    struct stage_estimate total = {.amount_p50 = 0.5, .amount_p90 = 2};
    SAME(verdict((struct estimate){.total = total}), "allowed", "no limits");
    SAME(verdict((struct estimate){.total = total, .run_limit = 2, .month_limit = 60, .month_spent = 58}), "allowed",
         "exactly as much as is left");
    SAME(verdict((struct estimate){.total = total, .run_limit = 1.5}),
         "the plan says 0.50 EUR to 2.00 EUR (p50 to p90), the budget of a run is 1.50 EUR; nothing was started. Train "
         "on fewer "
         "tokens, or raise budget.run",
         "too dear for a run");
    SAME(verdict((struct estimate){.total = total, .month_limit = 60, .month_spent = 57, .month_reserved = 1.5}),
         "the plan says 0.50 EUR to 2.00 EUR (p50 to p90), of this month's budget of 60.00 EUR 1.50 EUR is left; "
         "nothing was "
         "started. Wait for the next month, or raise budget.month",
         "too dear for the rest of the month");
    struct estimate estimate = {
        .total = total, .run_limit = 3, .month_limit = 60, .month_spent = 1.79, .currency = "EUR"};
    SAME(budget_text(&arena, &estimate), "fits: run 3.00 EUR, month 58.21 EUR left", "said in a plan");
    estimate.run_limit = 1;
    SAME(budget_text(&arena, &estimate), "does not fit: run 1.00 EUR, month 58.21 EUR left",
         "and where it does not fit");
    arena_release(&arena);
    return DONE();
}
