/*
 * graph_make: tasks are noted one by one and made many at once, a few statements for hundreds of them: their keys,
 * which of them were done before, their rows, inputs and orders. What is reused is done at once, and opens what follows
 * it.
 */
#include "lib/base/text.h"
#include "lib/flow/graph.h"
#include "lib/flow/order.h"

#include <string.h>

enum { MAKE_MOST = 500 }; /* per statement */

/* A task that was noted. */
struct graph_making {
    char id[UUID_TEXT];
    const char *kind;
    struct graph_position position;
    json_t *spec;
    struct graph_inputs inputs;
    bool done; /* before: it is reused */
    /* while it is made: */
    const char *key; /* hex */
    const char
        *key_text; /* what the key is made of, as text that a person can compare: kind and settings, spec, inputs */
    const char *reused; /* the task that made it before, or NULL */
};

struct graph_settings {
    const char *kind;
    int64_t element;
    const char *text;
    struct graph_settings *next;
};

void graph_make(struct graph *graph, const char *kind, const struct graph_position *position, json_t *spec,
                const struct graph_inputs *inputs)
{
    ARENA_PUSH(graph->arena, graph->making, graph->making_count, graph->making_capacity);
    struct graph_making *making = &graph->making[graph->making_count++];
    *making = (struct graph_making){.kind = kind, .position = *position, .spec = spec, .inputs = *inputs};
    uuid_new(making->id);
}

static const char *settings_of(struct graph *graph, const char *kind, int64_t element, struct err *err)
{
    struct rows rows;
    for (struct graph_settings *known = graph->settings; known != NULL; known = known->next)
        if (known->element == element && strcmp(known->kind, kind) == 0)
            return known->text;
    if (!ledger_exec(graph->ledger, graph->arena, STATEMENT_STAGE_RUN_SETTINGS,
                     PARAMS(graph->run, kind, param_int(graph->arena, element)), &rows, err))
        return NULL;
    if (rows.count == 0) {
        err_set(err, ERR_INTERNAL, "run %s knows no tasks of kind %s; is this program newer than its runner?",
                graph->run, kind);
        return NULL;
    }
    struct graph_settings *settings = ARENA_NEW(graph->arena, struct graph_settings);
    *settings = (struct graph_settings){kind, element, row_text(&rows, 0, 0), graph->settings};
    graph->settings = settings;
    return settings->text;
}

/* What of a spec matters to the key: all but where its element stands in the definition's list. */
static const char *spec_text(struct arena *arena, json_t *spec)
{
    json_t *copy = json_keep(arena, json_copy(spec));
    json_object_del(copy, "index");
    return json_canonical(arena, copy);
}

static bool make_key(struct graph *graph, struct graph_making *making, struct err *err)
{
    struct buf text;
    char hex[DIGEST_HEX];
    const char *settings = settings_of(graph, making->kind, json_int_or(making->spec, "index", 0), err);
    if (settings == NULL)
        return false;
    buf_init(&text, graph->scratch);
    buf_printf(&text, "%s\n%s\n%s\n", making->kind, settings, spec_text(graph->scratch, making->spec));
    for (size_t i = 0; i < making->inputs.count; i++) {
        const struct task_input *input = &making->inputs.item[i];
        digest_hex(&input->digest, hex);
        buf_printf(&text, "%s[%lld] %s\n", input->role, (long long)input->ordinal, hex);
    }
    struct digest key = digest_of(text.data, text.len);
    digest_hex(&key, hex);
    making->key_text = text.data;
    making->key = arena_strdup(graph->scratch, hex);
    return true;
}

/* Those whose artifacts are not all in the store are made again. */
static bool keep_present(struct graph *graph, struct graph_making *making, const struct rows *found, struct err *err)
{
    struct rows outputs;
    const char **ids = ARENA_ARRAY(graph->scratch, const char *, (size_t)found->count);
    for (int i = 0; i < found->count; i++) {
        ids[i] = row_text(found, i, 1);
        making[row_int(found, i, 0)].reused = ids[i];
    }
    if (!ledger_exec(graph->ledger, graph->scratch, STATEMENT_TASK_OUTPUTS,
                     PARAMS(param_texts(graph->scratch, ids, (size_t)found->count)), &outputs, err))
        return false;
    for (int i = 0; i < outputs.count; i++) {
        struct digest digest;
        bool there = false;
        if (digest_parse(row_text(&outputs, i, 3), &digest) && !store_find(graph->store, &digest, &there, err))
            return false;
        if (!there)
            making[row_int(found, (int)row_int(&outputs, i, 0), 0)].reused = NULL;
    }
    return true;
}

/* A task of the same key that was done and whose artifacts are all in the store. */
static bool find_reusable(struct graph *graph, struct graph_making *making, size_t count, struct err *err)
{
    struct rows found;
    const char **keys = ARENA_ARRAY(graph->scratch, const char *, count);
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        if (!make_key(graph, &making[i], err))
            return false;
        bool scan = strcmp(making[i].kind, "ingest.scan") == 0; /* looks at the world outside: never the same twice */
        keys[i] = scan ? "" : making[i].key;
        any = any || !scan;
    }
    if (!any)
        return true;
    return ledger_exec(graph->ledger, graph->scratch, STATEMENT_TASK_FIND_DONE,
                       PARAMS(param_texts(graph->scratch, keys, count)), &found, err) &&
           (found.count == 0 || keep_present(graph, making, &found, err));
}

/* Of a reused task they are those of the task that it reuses, as its key's text is: said once. */
static bool insert_inputs(struct graph *graph, const struct graph_making *making, size_t count, struct err *err)
{
    struct arena *arena = graph->scratch;
    size_t total = 0, n = 0;
    for (size_t i = 0; i < count; i++)
        total += making[i].reused == NULL ? making[i].inputs.count : 0;
    if (total == 0)
        return true;
    const char **tasks = ARENA_ARRAY(arena, const char *, total), **roles = ARENA_ARRAY(arena, const char *, total);
    const char **digests = ARENA_ARRAY(arena, const char *, total);
    int64_t *ordinals = ARENA_ARRAY(arena, int64_t, total);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; making[i].reused == NULL && j < making[i].inputs.count; j++, n++) {
            const struct task_input *input = &making[i].inputs.item[j];
            char *hex = arena_alloc(arena, DIGEST_HEX);
            digest_hex(&input->digest, hex);
            tasks[n] = making[i].id;
            roles[n] = input->role;
            ordinals[n] = input->ordinal;
            digests[n] = hex;
        }
    return ledger_queue(graph->ledger, STATEMENT_TASK_INPUT_ADD,
                        PARAMS(param_texts(arena, tasks, total), param_texts(arena, roles, total),
                               param_ints(arena, ordinals, total), param_texts(arena, digests, total)),
                        err);
}

static bool insert_tasks(struct graph *graph, const struct graph_making *making, size_t count, struct err *err)
{
    enum { ID, KIND, POSITION, KEY, KEY_TEXT, SPEC, STATE, REUSED, COLUMNS };
    struct arena *arena = graph->scratch;
    const char **columns[COLUMNS], *params[COLUMNS];
    for (int c = 0; c < COLUMNS; c++)
        columns[c] = ARENA_ARRAY(arena, const char *, count);
    for (size_t i = 0; i < count; i++) {
        columns[ID][i] = making[i].id;
        columns[KIND][i] = making[i].kind;
        columns[POSITION][i] = param_ints(arena, making[i].position.place, (size_t)making[i].position.count);
        columns[KEY][i] = making[i].key;
        columns[KEY_TEXT][i] = making[i].reused != NULL ? NULL : making[i].key_text;
        columns[SPEC][i] = json_canonical(arena, making[i].spec);
        columns[STATE][i] = making[i].reused != NULL ? "reused" : "ready";
        columns[REUSED][i] = making[i].reused;
    }
    for (int c = 0; c < COLUMNS; c++)
        params[c] = param_texts(arena, columns[c], count);
    return ledger_queue(graph->ledger, STATEMENT_TASK_INSERT,
                        PARAMS(params[ID], graph->run, params[KIND], params[POSITION], params[KEY], params[KEY_TEXT],
                               params[SPEC], params[STATE], params[REUSED]),
                        err) &&
           insert_inputs(graph, making, count, err);
}

static bool enqueue_new(struct graph *graph, const struct graph_making *making, size_t count, struct err *err)
{
    struct order_draft *drafts = ARENA_ARRAY(graph->scratch, struct order_draft, count);
    size_t drafted = 0;
    for (size_t i = 0; i < count; i++)
        if (making[i].reused == NULL)
            drafts[drafted++] = (struct order_draft){making[i].id, making[i].kind};
    return drafted == 0 ||
           order_enqueue(graph->ledger, graph->scratch, graph->topic_prefix, graph->run, drafts, drafted, err);
}

/* Neighbours of one kind are counted together. */
static bool expect(struct graph *graph, const struct graph_making *making, size_t count, struct err *err)
{
    for (size_t first = 0, next; first < count; first = next) {
        for (next = first + 1; next < count && strcmp(making[next].kind, making[first].kind) == 0;)
            next++;
        if (!ledger_queue(graph->ledger, STATEMENT_STAGE_RUN_EXPECT,
                          PARAMS(graph->run, making[first].kind, param_int(graph->scratch, (int64_t)(next - first))),
                          err))
            return false;
    }
    return true;
}

static bool finish_reused(struct graph *graph, const struct graph_making *making, size_t count, struct err *err)
{
    struct graph_done *done = ARENA_ARRAY(graph->arena, struct graph_done, count);
    size_t reused = 0;
    for (size_t i = 0; i < count; i++)
        if (making[i].done)
            done[reused++] = (struct graph_done){
                .task = making[i].id, .kind = making[i].kind, .spec = making[i].spec, .position = making[i].position};
    return graph_finished(graph, done, reused, true, err);
}

static bool make_some(struct graph *graph, struct graph_making *making, size_t count, struct err *err)
{
    struct arena scratch;
    arena_init(&scratch);
    graph->scratch = &scratch;
    bool good = find_reusable(graph, making, count, err) && expect(graph, making, count, err) &&
                insert_tasks(graph, making, count, err) && enqueue_new(graph, making, count, err);
    for (size_t i = 0; i < count; i++)
        making[i].done = making[i].reused != NULL;
    graph->scratch = NULL;
    arena_release(&scratch);
    return good;
}

/* What reuse opens is noted meanwhile, and made by the flush inside graph_finished(). */
bool graph_flush(struct graph *graph, struct err *err)
{
    struct graph_making *making = graph->making;
    size_t count = graph->ended ? 0 : graph->making_count;
    graph->making = NULL;
    graph->making_count = graph->making_capacity = 0;
    for (size_t first = 0; first < count; first += MAKE_MOST) {
        size_t some = count - first < MAKE_MOST ? count - first : MAKE_MOST;
        if (!make_some(graph, &making[first], some, err))
            return false;
    }
    return finish_reused(graph, making, count, err);
}
