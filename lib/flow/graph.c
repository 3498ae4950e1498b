/* graph: see graph.h. Making tasks is in graph_make.c, how a run ends in graph_end.c. */
#include "lib/flow/graph.h"

#include "lib/base/text.h"
#include "lib/base/uuid.h"
#include "lib/flow/order.h"

#include <string.h>

bool graph_open(struct graph *graph, struct ledger *ledger, struct arena *arena, const struct store *store,
                const char *run, const char *topic_prefix, struct err *err)
{
    struct rows rows;
    *graph = (struct graph){.ledger = ledger,
                            .arena = arena,
                            .store = store,
                            .run = arena_strdup(arena, run),
                            .topic_prefix = topic_prefix};
    if (!ledger_exec(ledger, arena, STATEMENT_RUN_LOCK, PARAMS(run), &rows, err))
        return false;
    if (rows.count == 0)
        return err_set(err, ERR_INTERNAL, "run %s is not in the ledger", run);
    graph->ended = !text_equal(row_text(&rows, 0, 0), "running");
    graph->plan = json_read(arena, row_text(&rows, 0, 1), strlen(row_text(&rows, 0, 1)), err);
    return graph->plan != NULL;
}

static const struct graph_rule *find_rule(const char *kind)
{
    for (const struct graph_rule *rule = graph_rules; rule->kind != NULL; rule++)
        if (strcmp(rule->kind, kind) == 0)
            return rule;
    BUG("the graph has no kind %s", kind);
}

void graph_input(struct graph *graph, struct graph_inputs *inputs, const char *role, int64_t ordinal,
                 const char *digest_hex)
{
    ARENA_PUSH(graph->arena, inputs->item, inputs->count, inputs->capacity);
    struct task_input *input = &inputs->item[inputs->count++];
    *input = (struct task_input){.role = role, .ordinal = ordinal};
    if (!digest_parse(digest_hex, &input->digest))
        BUG("%s is no digest", digest_hex);
}

bool graph_outputs(struct graph *graph, const char *kind, const char *role, struct rows *rows, struct err *err)
{
    return ledger_exec(graph->ledger, graph->arena, STATEMENT_TASK_OUTPUTS_OF_KIND, PARAMS(graph->run, kind, role),
                       rows, err);
}

/* Outputs of all of them in one question; where nobody asks for outputs there is none. */
static bool take_outputs(struct graph *graph, struct graph_done *done, size_t count, struct err *err)
{
    struct rows rows;
    const char **ids = ARENA_ARRAY(graph->arena, const char *, count);
    for (size_t i = 0; i < count; i++)
        ids[i] = done[i].task;
    if (!ledger_exec(graph->ledger, graph->arena, STATEMENT_TASK_OUTPUTS, PARAMS(param_texts(graph->arena, ids, count)),
                     &rows, err))
        return false;
    struct graph_output *outputs = ARENA_ARRAY(graph->arena, struct graph_output, (size_t)rows.count);
    for (int i = 0; i < rows.count; i++) { /* those of a task stand together */
        struct graph_done *of = &done[row_int(&rows, i, 0)];
        outputs[i] = (struct graph_output){row_text(&rows, i, 1), row_int(&rows, i, 2), row_text(&rows, i, 3)};
        if (of->output_count++ == 0)
            of->outputs = &outputs[i];
    }
    return true;
}

/* Of one kind. */
static bool finish_kind(struct graph *graph, struct graph_done *done, size_t count, bool reused, struct err *err)
{
    const char *kind = done[0].kind;
    const struct graph_rule *rule = find_rule(kind);
    struct rows rows;
    if (rule->finished != NULL && !take_outputs(graph, done, count, err))
        return false;
    for (size_t i = 0; i < count && rule->finished != NULL; i++)
        if (!rule->finished(graph, &done[i], err))
            return false;
    const char *more = param_int(graph->arena, (int64_t)count);
    if (!graph_flush(graph, err) || !ledger_exec(graph->ledger, graph->arena, STATEMENT_STAGE_RUN_COUNT,
                                                 PARAMS(graph->run, kind, more, reused ? more : "0"), &rows, err))
        return false;
    return rows.count == 0 || !row_bool(&rows, 0, 1) || rule->complete == NULL ||
           (rule->complete(graph, row_int(&rows, 0, 0), err) && graph_flush(graph, err));
}

bool graph_finished(struct graph *graph, struct graph_done *done, size_t count, bool reused, struct err *err)
{
    for (size_t first = 0, next; first < count && !graph->ended; first = next) {
        for (next = first + 1; next < count && strcmp(done[next].kind, done[first].kind) == 0;)
            next++;
        if (!finish_kind(graph, &done[first], next - first, reused, err))
            return false;
    }
    return true;
}

/* Sealing completes a kind whose tasks are all done, so a kind without any is complete at once. */
bool graph_seal(struct graph *graph, const char *kind, struct err *err)
{
    const struct graph_rule *rule = find_rule(kind);
    struct rows rows;
    if (graph->ended)
        return true;
    if (!graph_flush(graph, err) ||
        !ledger_queue(graph->ledger, STATEMENT_STAGE_RUN_SEAL, PARAMS(graph->run, kind), err) ||
        !ledger_exec(graph->ledger, graph->arena, STATEMENT_STAGE_RUN_COMPLETE, PARAMS(graph->run, kind), &rows, err))
        return false;
    return rows.count == 0 || rule->complete == NULL ||
           (rule->complete(graph, row_int(&rows, 0, 0), err) && graph_flush(graph, err));
}
