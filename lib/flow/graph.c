/* graph: see graph.h. */
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

/* What of a spec matters to the key: all but where its element stands in the definition's list. */
static const char *spec_text(struct arena *arena, json_t *spec)
{
    json_t *copy = json_keep(arena, json_copy(spec));
    json_object_del(copy, "index");
    return json_canonical(arena, copy);
}

/* What a key is made of, as text that a person can compare: kind and settings, spec, inputs. */
static const char *key_text(struct graph *graph, const char *kind, json_t *spec, const struct graph_inputs *inputs,
                            struct err *err)
{
    struct rows rows;
    struct buf text;
    const char *element = param_int(graph->arena, json_int_or(spec, "index", 0));
    if (!ledger_exec(graph->ledger, graph->arena, STATEMENT_STAGE_RUN_SETTINGS, PARAMS(graph->run, kind, element),
                     &rows, err))
        return NULL;
    if (rows.count == 0) {
        err_set(err, ERR_INTERNAL, "run %s knows no tasks of kind %s; is this program newer than its runner?",
                graph->run, kind);
        return NULL;
    }
    buf_init(&text, graph->arena);
    buf_printf(&text, "%s\n%s\n%s\n", kind, row_text(&rows, 0, 0), spec_text(graph->arena, spec));
    for (size_t i = 0; i < inputs->count; i++) {
        char hex[DIGEST_HEX];
        digest_hex(&inputs->item[i].digest, hex);
        buf_printf(&text, "%s[%lld] %s\n", inputs->item[i].role, (long long)inputs->item[i].ordinal, hex);
    }
    return text.data;
}

/* A task of this key that was done and whose artifacts are all in the store; NULL where there is none. */
static bool find_reusable(struct graph *graph, const struct digest *key, const char **task, struct err *err)
{
    struct rows found, outputs;
    *task = NULL;
    if (!ledger_exec(graph->ledger, graph->arena, STATEMENT_TASK_FIND_DONE, PARAMS(param_digest(graph->arena, key)),
                     &found, err))
        return false;
    if (found.count == 0)
        return true;
    if (!ledger_exec(graph->ledger, graph->arena, STATEMENT_TASK_OUTPUTS, PARAMS(row_text(&found, 0, 0)), &outputs,
                     err))
        return false;
    for (int i = 0; i < outputs.count; i++) {
        struct digest digest;
        if (!digest_parse(row_text(&outputs, i, 2), &digest) || !store_has(graph->store, &digest, NULL))
            return true;
    }
    *task = row_text(&found, 0, 0);
    return true;
}

static const char *position_text(struct arena *arena, const struct graph_position *position)
{
    return param_ints(arena, position->place, (size_t)position->count);
}

static bool insert_inputs(struct graph *graph, const char *id, const struct graph_inputs *inputs, struct err *err)
{
    struct arena *arena = graph->arena;
    const char **roles = ARENA_ARRAY(arena, const char *, inputs->count);
    const char **digests = ARENA_ARRAY(arena, const char *, inputs->count);
    int64_t *ordinals = ARENA_ARRAY(arena, int64_t, inputs->count);
    for (size_t i = 0; i < inputs->count; i++) {
        char hex[DIGEST_HEX];
        digest_hex(&inputs->item[i].digest, hex);
        roles[i] = inputs->item[i].role;
        ordinals[i] = inputs->item[i].ordinal;
        digests[i] = arena_strdup(arena, hex);
    }
    if (inputs->count == 0)
        return true;
    return ledger_queue(graph->ledger, STATEMENT_TASK_INPUT_ADD,
                        PARAMS(id, param_texts(arena, roles, inputs->count), param_ints(arena, ordinals, inputs->count),
                               param_texts(arena, digests, inputs->count)),
                        err);
}

bool graph_make(struct graph *graph, const char *kind, const struct graph_position *position, json_t *spec,
                const struct graph_inputs *inputs, struct err *err)
{
    char id[UUID_TEXT];
    const char *reused = NULL;
    struct arena *arena = graph->arena;
    const char *text = key_text(graph, kind, spec, inputs, err);
    if (text == NULL)
        return false;
    struct digest key = digest_of(text, strlen(text));
    bool scan = strcmp(kind, "ingest.scan") == 0; /* looks at the world outside: never the same twice */
    if (!scan && !find_reusable(graph, &key, &reused, err))
        return false;
    uuid_new(id);
    if (!ledger_queue(graph->ledger, STATEMENT_STAGE_RUN_EXPECT, PARAMS(graph->run, kind), err) ||
        !ledger_queue(graph->ledger, STATEMENT_TASK_INSERT,
                      PARAMS(id, graph->run, kind, position_text(arena, position), param_digest(arena, &key), text,
                             json_canonical(arena, spec), reused != NULL ? "reused" : "ready", reused),
                      err) ||
        !insert_inputs(graph, id, inputs, err))
        return false;
    if (reused != NULL)
        return graph_finished(graph, arena_strdup(arena, id), kind, spec, position, true, err);
    graph->made++;
    return order_enqueue(graph->ledger, arena, graph->topic_prefix, graph->run, id, kind, err);
}

bool graph_finished(struct graph *graph, const char *task, const char *kind, json_t *spec,
                    const struct graph_position *position, bool reused, struct err *err)
{
    const struct graph_rule *rule = find_rule(kind);
    struct rows rows;
    if (graph->ended)
        return true;
    if (rule->finished != NULL && !rule->finished(graph, task, spec, position, err))
        return false;
    if (!ledger_exec(graph->ledger, graph->arena, STATEMENT_STAGE_RUN_COUNT,
                     PARAMS(graph->run, kind, reused ? "true" : "false"), &rows, err))
        return false;
    return rows.count == 0 || !row_bool(&rows, 0, 1) || rule->complete == NULL ||
           rule->complete(graph, row_int(&rows, 0, 0), err);
}

/* Sealing completes a kind whose tasks are all done, so a kind without any is complete at once. */
bool graph_seal(struct graph *graph, const char *kind, struct err *err)
{
    const struct graph_rule *rule = find_rule(kind);
    struct rows rows;
    if (graph->ended)
        return true;
    if (!ledger_queue(graph->ledger, STATEMENT_STAGE_RUN_SEAL, PARAMS(graph->run, kind), err) ||
        !ledger_exec(graph->ledger, graph->arena, STATEMENT_STAGE_RUN_COMPLETE, PARAMS(graph->run, kind), &rows, err))
        return false;
    return rows.count == 0 || rule->complete == NULL || rule->complete(graph, row_int(&rows, 0, 0), err);
}

bool graph_end(struct graph *graph, const char *state, const char *error, enum err_code code, struct err *err)
{
    graph->ended = true;
    return ledger_queue(graph->ledger, STATEMENT_RUN_END,
                        PARAMS(graph->run, state, error, code == ERR_OK ? NULL : err_name(code)), err) &&
           ledger_queue(graph->ledger, STATEMENT_RUN_CANCEL_TASKS, PARAMS(graph->run), err);
}
