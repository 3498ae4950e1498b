/* repair: see repair.h. */
#include "lib/flow/repair.h"

#include "lib/base/uuid.h"
#include "lib/flow/order.h"

bool repair_artifact(struct ledger *ledger, struct arena *arena, const char *topic_prefix, const char *run,
                     const struct digest *artifact, struct err *err)
{
    struct rows made;
    char id[UUID_TEXT];
    const char *digest = param_digest(arena, artifact);
    uuid_new(id);
    if (!ledger_exec(ledger, arena, STATEMENT_ARTIFACT_GONE, PARAMS(digest), NULL, err) ||
        !ledger_exec(ledger, arena, STATEMENT_TASK_REPAIR, PARAMS(id, run, digest), &made, err))
        return false;
    return made.count == 0 ||
           (ledger_exec(ledger, arena, STATEMENT_TASK_REPAIR_INPUTS, PARAMS(id, digest), NULL, err) &&
            order_enqueue(ledger, arena, topic_prefix, run, &(struct order_draft){id, row_text(&made, 0, 1)}, 1, err));
}

bool repair_in_vain(struct ledger *ledger, struct arena *arena, const struct digest *artifact, bool *in_vain,
                    struct err *err)
{
    struct rows rows;
    if (!ledger_exec(ledger, arena, STATEMENT_REPAIR_IN_VAIN, PARAMS(param_digest(arena, artifact)), &rows, err))
        return false;
    *in_vain = row_bool(&rows, 0, 0);
    return true;
}
