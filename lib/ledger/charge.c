/* charge: what an attempt used becomes money by the price list (sql/statement/charge-attempt.sql does the sums,
 * exactly). */
#include "lib/ledger/record_task.h"

bool ledger_charge_attempt(struct ledger *ledger, struct arena *arena, const struct attempt_usage *usage,
                           struct err *err)
{
    return ledger_queue(ledger, STATEMENT_CHARGE_ATTEMPT,
                        PARAMS(usage->task, param_int(arena, usage->attempt), param_int(arena, usage->started_us),
                               param_int(arena, usage->ended_us), param_real(arena, usage->cpu_seconds),
                               param_real(arena, usage->gpu_seconds), param_int(arena, usage->stored_bytes),
                               usage->worker),
                        err);
}
