/*
 * budget: what a run will do, take and cost as far as can be told before it, and whether that may be spent.
 *
 * The figures are those of the pipeline's earlier attempts in the ledger (p50, p90); where there are none, rough ones
 * (see estimate.c). What is reused is told from the files (size, mtime) and from the settings of the newest run.
 */
#ifndef PIPELINES_BUDGET_H
#define PIPELINES_BUDGET_H

#include "lib/ledger/ledger.h"
#include "pipelines/load.h"

enum { ESTIMATE_STAGES = 8 };

struct stage_estimate {
    const char *stage;
    int64_t fresh, reused; /* tasks, or files where `files` */
    bool files;
    double seconds_p50, seconds_p90;
    double amount_p50, amount_p90;
};

struct estimate {
    bool made; /* false: all zero, as where a run is taken up again */
    const char *pipeline, *currency;
    struct stage_estimate stages[ESTIMATE_STAGES];
    size_t count;
    struct stage_estimate total;
    bool rough; /* no earlier attempts */
    int64_t files, files_changed;
    double bytes;
    double run_limit, month_limit; /* 0: none */
    double month_spent, month_reserved;
};

bool estimate_run(struct estimate *estimate, struct arena *arena, struct ledger *ledger, struct loaded *loaded,
                  struct err *err) MUST_CHECK;
/* Reads what of the month's budget is spent and reserved by now: month_spent and month_reserved. */
bool estimate_month(struct estimate *estimate, struct ledger *ledger, struct arena *arena, struct err *err) MUST_CHECK;
/* ERR_BUDGET with the numbers where the run may not be started. */
bool budget_allows(const struct estimate *estimate, struct err *err) MUST_CHECK;
/* "fits: run 3 EUR, month 58.21 EUR left"; "" without limits. */
const char *budget_text(struct arena *arena, const struct estimate *estimate);
/* Keep the estimate and reserve its p90 for a run, in the transaction that starts it. */
bool budget_reserve(const struct estimate *estimate, struct ledger *ledger, struct arena *arena, const char *run,
                    struct err *err) MUST_CHECK;
bool budget_settle(struct ledger *ledger, struct arena *arena, const char *run, struct err *err) MUST_CHECK;

/* Files of a source now, and how many of them are new or changed since the ledger saw them. */
struct source_files {
    int64_t files, changed;
    double bytes;
};
bool source_look(struct arena *arena, struct ledger *ledger, const char *source, const struct texts *patterns,
                 struct source_files *files, struct err *err) MUST_CHECK;

#endif
