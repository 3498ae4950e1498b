/* charge: what attempts used becomes money by the price list (sql/statement/charge-attempt.sql does the sums,
 * exactly). */
#include "lib/ledger/record_task.h"

bool ledger_charge_attempts(struct ledger *ledger, struct arena *arena, const char *worker,
                            const struct attempt_usage *usages, size_t count, struct err *err)
{
    enum { ATTEMPT, START, END, STORED, NUMBERS };
    enum { TASK, CPU, GPU, TEXTS };
    int64_t *numbers[NUMBERS];
    const char **texts[TEXTS];
    for (int c = 0; c < NUMBERS; c++)
        numbers[c] = ARENA_ARRAY(arena, int64_t, count);
    for (int c = 0; c < TEXTS; c++)
        texts[c] = ARENA_ARRAY(arena, const char *, count);
    for (size_t i = 0; i < count; i++) {
        numbers[ATTEMPT][i] = usages[i].attempt;
        numbers[START][i] = usages[i].started_us;
        numbers[END][i] = usages[i].ended_us;
        numbers[STORED][i] = usages[i].stored_bytes;
        texts[TASK][i] = usages[i].task;
        texts[CPU][i] = param_real(arena, usages[i].cpu_seconds);
        texts[GPU][i] = param_real(arena, usages[i].gpu_seconds);
    }
    return ledger_queue(ledger, STATEMENT_CHARGE_ATTEMPT,
                        PARAMS(param_texts(arena, texts[TASK], count), param_ints(arena, numbers[ATTEMPT], count),
                               param_ints(arena, numbers[START], count), param_ints(arena, numbers[END], count),
                               param_texts(arena, texts[CPU], count), param_texts(arena, texts[GPU], count),
                               param_ints(arena, numbers[STORED], count), worker),
                        err);
}
