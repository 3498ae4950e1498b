/* graph: how a run ends. See graph.h. */
#include "lib/base/text.h"
#include "lib/flow/graph.h"
#include "lib/flow/repair.h"

bool graph_end(struct graph *graph, const char *state, const char *error, enum err_code code, struct err *err)
{
    graph->ended = true;
    return ledger_queue(graph->ledger, STATEMENT_RUN_END,
                        PARAMS(graph->run, state, error, code == ERR_OK ? NULL : err_name(code)), err) &&
           ledger_queue(graph->ledger, STATEMENT_RUN_CANCEL_TASKS, PARAMS(graph->run), err);
}

/* Done where a version was released or nothing was new, refused where a gate said no. */
static bool end_as_judged(struct graph *graph, struct err *err)
{
    struct rows rows;
    if (!ledger_exec(graph->ledger, graph->arena, STATEMENT_RUN_RELEASE, PARAMS(graph->run), &rows, err))
        return false;
    if (rows.count > 0 && text_equal(row_text(&rows, 0, 1), "refused"))
        return graph_end(graph, "refused", row_text(&rows, 0, 2), ERR_GATE, err);
    return graph_end(graph, "done", NULL, ERR_OK, err);
}

/* Nothing of this run may need what the versions in use consist of, which somebody wants to export or to show all the
 * same. What is gone of it is made again, once; *waits: that goes on. */
static bool keep_aliased(struct graph *graph, bool *waits, struct err *err)
{
    struct rows rows;
    struct digest digest;
    if (!ledger_exec(graph->ledger, graph->arena, STATEMENT_MODEL_STANDS_ON, PARAMS(graph->run), &rows, err))
        return false;
    for (int i = 0; i < rows.count; i++) {
        bool there = true, in_vain = false;
        if (digest_parse(row_text(&rows, i, 0), &digest) && !store_find(graph->store, &digest, &there, err))
            return false;
        if (!there && !repair_in_vain(graph->ledger, graph->arena, &digest, &in_vain, err))
            return false;
        if (!there && !in_vain &&
            !repair_artifact(graph->ledger, graph->arena, graph->topic_prefix, graph->run, &digest, err))
            return false;
    }
    if (!ledger_exec(graph->ledger, graph->arena, STATEMENT_RUN_REPAIRS, PARAMS(graph->run), &rows, err))
        return false;
    *waits = row_bool(&rows, 0, 0);
    return true;
}

bool graph_released(struct graph *graph, int64_t tasks, struct err *err)
{
    bool waits;
    (void)tasks;
    return keep_aliased(graph, &waits, err) && (waits || end_as_judged(graph, err));
}

static bool is_complete(struct graph *graph, bool *complete, struct err *err)
{
    struct rows rows;
    if (!ledger_exec(graph->ledger, graph->arena, STATEMENT_STAGE_RUN_IS_COMPLETE,
                     PARAMS(graph->run, "registry.release"), &rows, err))
        return false;
    *complete = rows.count > 0;
    return true;
}

bool graph_repaired(struct graph *graph, struct err *err)
{
    bool complete;
    return graph->ended || (is_complete(graph, &complete, err) && (!complete || graph_released(graph, 0, err)));
}

bool graph_break_off(struct graph *graph, const char *state, const char *error, enum err_code code, struct err *err)
{
    bool complete;
    if (graph->ended)
        return true;
    return is_complete(graph, &complete, err) &&
           (complete ? end_as_judged(graph, err) : graph_end(graph, state, error, code, err));
}
