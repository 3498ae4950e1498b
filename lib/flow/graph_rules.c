/*
 * graph_rules: the way of the data, from sources to a released model.
 *
 *   ingest.scan      per source                  -> batch[k]
 *   ingest.read      per batch                   -> raw[k]
 *   clean.shard      per raw shard               -> clean, signature
 *   clean.dedup      when all shards are clean   -> drop[i] per shard, dataset
 *   tokenize.learn   when the dataset exists     -> tokenizer
 *   tokenize.encode  per clean shard             -> train, validation and test tokens
 *   train.fit        per model                   -> weights, config
 *   evaluate.baseline per baseline               -> score
 *   evaluate.score   per new model, and the one in production -> score
 *   evaluate.judge   when all is scored          -> verdict
 *   registry.release when judged                 -> provenance, a model version
 *
 * A model whose weights are those of a version that exists is not new: nothing is evaluated or released for it.
 */
#include "lib/base/text.h"
#include "lib/flow/graph.h"

#include <stdlib.h>
#include <string.h>

#define AT(...)                                                                                                        \
    &(struct graph_position)                                                                                           \
    {                                                                                                                  \
        .place = {__VA_ARGS__}, .count = (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t))                     \
    }

/* A spec that lives as long as the graph's arena. */
static json_t *spec_of(struct graph *graph, json_t *spec)
{
    return json_keep(graph->arena, spec);
}

/* All outputs of a kind in a role become inputs of that role, in order. */
static bool take_all(struct graph *graph, struct graph_inputs *inputs, const char *kind, const char *role,
                     struct err *err)
{
    struct rows rows;
    if (!graph_outputs(graph, kind, role, &rows, err))
        return false;
    for (int i = 0; i < rows.count; i++)
        graph_input(graph, inputs, role, i, row_text(&rows, i, 0));
    return true;
}

/* The documents: clean shards, and what of them is left out. */
static bool take_documents(struct graph *graph, struct graph_inputs *inputs, struct err *err)
{
    return take_all(graph, inputs, "clean.shard", "clean", err) && take_all(graph, inputs, "clean.dedup", "drop", err);
}

static const char *own_output(const struct graph_done *done, const char *role)
{
    for (size_t i = 0; i < done->output_count; i++)
        if (strcmp(done->outputs[i].role, role) == 0)
            return done->outputs[i].digest;
    return NULL;
}

/* One task of the next kind per output in a role, with that output as its only input. */
static void one_per_output(struct graph *graph, const struct graph_done *done, const char *role, const char *kind,
                           json_t *spec)
{
    for (size_t i = 0; i < done->output_count; i++) {
        const struct graph_output *output = &done->outputs[i];
        struct graph_position next = done->position;
        struct graph_inputs inputs = {0};
        if (strcmp(output->role, role) != 0)
            continue;
        next.place[next.count++] = output->ordinal;
        graph_input(graph, &inputs, role, 0, output->digest);
        graph_make(graph, kind, &next, spec, &inputs);
    }
}

bool graph_start(struct graph *graph, struct err *err)
{
    size_t i;
    json_t *source;
    json_array_foreach(json_object_get(graph->plan, "sources"), i, source)
    {
        struct graph_inputs none = {0};
        json_t *spec = spec_of(graph, json_pack("{s:I, s:O}", "index", (json_int_t)i, "source", source));
        graph_make(graph, "ingest.scan", AT((int64_t)i), spec, &none);
    }
    return graph_seal(graph, "ingest.scan", err);
}

static bool scanned(struct graph *graph, const struct graph_done *done, struct err *err)
{
    (void)err;
    one_per_output(graph, done, "batch", "ingest.read", done->spec);
    return true;
}

static bool all_scanned(struct graph *graph, int64_t tasks, struct err *err)
{
    (void)tasks;
    return graph_seal(graph, "ingest.read", err);
}

/* Which source a shard is of matters to its documents' records; where it stood in the definition does not. */
static bool read_batch(struct graph *graph, const struct graph_done *done, struct err *err)
{
    (void)err;
    json_t *source = spec_of(graph, json_pack("{s:O}", "source", json_object_get(done->spec, "source")));
    one_per_output(graph, done, "raw", "clean.shard", source);
    return true;
}

static bool all_read(struct graph *graph, int64_t tasks, struct err *err)
{
    (void)tasks;
    return graph_seal(graph, "clean.shard", err);
}

static bool all_clean(struct graph *graph, int64_t tasks, struct err *err)
{
    struct graph_inputs inputs = {0};
    if (tasks == 0)
        return graph_end(graph, "failed", "the sources hold no documents: check ingest.sources[].files", ERR_INPUT,
                         err);
    if (!take_all(graph, &inputs, "clean.shard", "clean", err) ||
        !take_all(graph, &inputs, "clean.shard", "signature", err))
        return false;
    graph_make(graph, "clean.dedup", AT(0), spec_of(graph, json_object()), &inputs);
    return graph_seal(graph, "clean.dedup", err);
}

static bool deduplicated(struct graph *graph, int64_t tasks, struct err *err)
{
    (void)tasks;
    struct graph_inputs inputs = {0};
    if (!take_all(graph, &inputs, "clean.dedup", "dataset", err) || !take_documents(graph, &inputs, err))
        return false;
    graph_make(graph, "tokenize.learn", AT(0), spec_of(graph, json_object()), &inputs);
    return graph_seal(graph, "tokenize.learn", err);
}

static bool learned(struct graph *graph, int64_t tasks, struct err *err)
{
    (void)tasks;
    struct rows clean, drop, tokenizer;
    json_t *none = spec_of(graph, json_object());
    if (!graph_outputs(graph, "clean.shard", "clean", &clean, err) ||
        !graph_outputs(graph, "clean.dedup", "drop", &drop, err) ||
        !graph_outputs(graph, "tokenize.learn", "tokenizer", &tokenizer, err))
        return false;
    if (clean.count != drop.count || tokenizer.count != 1)
        return err_set(err, ERR_INTERNAL, "run %s has %d clean shards, %d drop lists and %d tokenizers", graph->run,
                       clean.count, drop.count, tokenizer.count);
    for (int i = 0; i < clean.count; i++) {
        struct graph_inputs inputs = {0};
        graph_input(graph, &inputs, "clean", 0, row_text(&clean, i, 0));
        graph_input(graph, &inputs, "drop", 0, row_text(&drop, i, 0));
        graph_input(graph, &inputs, "tokenizer", 0, row_text(&tokenizer, 0, 0));
        /* Two shards may hold the same bytes; their place keeps their tasks apart. */
        graph_make(graph, "tokenize.encode", AT(i), none, &inputs);
    }
    return graph_seal(graph, "tokenize.encode", err);
}

static bool make_fits(struct graph *graph, struct err *err)
{
    static const char *const roles[] = {"train_bin", "train_idx", "validation_bin", "validation_idx"};
    size_t i;
    json_t *model;
    struct graph_inputs inputs = {0};
    if (!take_all(graph, &inputs, "tokenize.learn", "tokenizer", err))
        return false;
    for (size_t r = 0; r < sizeof roles / sizeof *roles; r++)
        if (!take_all(graph, &inputs, "tokenize.encode", roles[r], err))
            return false;
    json_array_foreach(json_object_get(graph->plan, "models"), i, model)
    {
        json_t *spec = spec_of(graph, json_pack("{s:I, s:O}", "index", (json_int_t)i, "model", model));
        graph_make(graph, "train.fit", AT((int64_t)i), spec, &inputs);
    }
    return true;
}

static bool make_baselines(struct graph *graph, struct err *err)
{
    size_t i;
    json_t *baseline;
    struct graph_inputs inputs = {0};
    if (!take_all(graph, &inputs, "tokenize.learn", "tokenizer", err) ||
        !take_all(graph, &inputs, "tokenize.encode", "train_bin", err) ||
        !take_all(graph, &inputs, "tokenize.encode", "train_idx", err) || !take_documents(graph, &inputs, err))
        return false;
    json_array_foreach(json_object_get(graph->plan, "baselines"), i, baseline)
    {
        json_t *spec = spec_of(graph, json_pack("{s:O}", "baseline", baseline));
        graph_make(graph, "evaluate.baseline", AT((int64_t)i), spec, &inputs);
    }
    return true;
}

static bool encoded(struct graph *graph, int64_t tasks, struct err *err)
{
    (void)tasks;
    return make_baselines(graph, err) && make_fits(graph, err) && graph_seal(graph, "evaluate.baseline", err) &&
           graph_seal(graph, "train.fit", err);
}

/* A score of weights on the held-out documents. subject 0 is the candidate, 1 the version in production. */
static bool make_score(struct graph *graph, const char *model, const char *version, const char *const digests[3],
                       int64_t place, int64_t subject, struct err *err)
{
    struct graph_inputs inputs = {0};
    json_t *number = version == NULL ? json_null() : json_integer(strtoll(version, NULL, 10));
    json_t *spec = spec_of(graph, json_pack("{s:s, s:o}", "model", model, "version", number));
    graph_input(graph, &inputs, "weights", 0, digests[0]);
    graph_input(graph, &inputs, "config", 0, digests[1]);
    graph_input(graph, &inputs, "tokenizer", 0, digests[2]);
    if (!take_documents(graph, &inputs, err))
        return false;
    graph_make(graph, "evaluate.score", AT(place, subject), spec, &inputs);
    return true;
}

static bool score_production(struct graph *graph, const char *model, int64_t place, struct err *err)
{
    struct rows rows;
    const char *alias = json_text_or(graph->plan, "alias", "production");
    if (!ledger_exec(graph->ledger, graph->arena, STATEMENT_MODEL_PRODUCTION, PARAMS(model, alias), &rows, err))
        return false;
    if (rows.count == 0)
        return true;
    const char *digests[] = {row_text(&rows, 0, 1), row_text(&rows, 0, 2), row_text(&rows, 0, 3)};
    return make_score(graph, model, row_text(&rows, 0, 0), digests, place, 1, err);
}

static bool fitted(struct graph *graph, const struct graph_done *done, struct err *err)
{
    struct rows tokenizer, known;
    struct digest weights;
    const char *model = json_text_or(done->spec, "model", "");
    if (!graph_outputs(graph, "tokenize.learn", "tokenizer", &tokenizer, err))
        return false;
    const char *hex = own_output(done, "weights");
    if (hex == NULL || !digest_parse(hex, &weights) || tokenizer.count != 1)
        return err_set(err, ERR_INTERNAL, "train.fit of %s left no weights", model);
    if (!ledger_exec(graph->ledger, graph->arena, STATEMENT_MODEL_VERSION_OF_WEIGHTS,
                     PARAMS(model, param_digest(graph->arena, &weights)), &known, err))
        return false;
    if (known.count > 0)
        return true; /* nothing new */
    const char *digests[] = {hex, own_output(done, "config"), row_text(&tokenizer, 0, 0)};
    return make_score(graph, model, NULL, digests, done->position.place[0], 0, err) &&
           score_production(graph, model, done->position.place[0], err);
}

static bool all_fitted(struct graph *graph, int64_t tasks, struct err *err)
{
    (void)tasks;
    return graph_seal(graph, "evaluate.score", err);
}

/* The candidate's score first, then the baselines', then production's. */
static bool make_judge(struct graph *graph, const char *model, int64_t place, struct err *err)
{
    struct rows scores, baselines;
    const char *candidate = NULL, *production = NULL;
    struct graph_inputs inputs = {0};
    if (!graph_outputs(graph, "evaluate.score", "score", &scores, err) ||
        !graph_outputs(graph, "evaluate.baseline", "score", &baselines, err))
        return false;
    for (int i = 0; i < scores.count; i++) {
        const char *text = row_text(&scores, i, 2);
        json_t *spec = json_read(graph->arena, text, strlen(text), err);
        if (spec == NULL)
            return false;
        if (!text_equal(json_text_or(spec, "model", ""), model))
            continue;
        *(json_is_null(json_object_get(spec, "version")) ? &candidate : &production) = row_text(&scores, i, 0);
    }
    if (candidate == NULL)
        return true; /* nothing new of this model */
    int64_t ordinal = 0;
    graph_input(graph, &inputs, "score", ordinal++, candidate);
    for (int i = 0; i < baselines.count; i++)
        graph_input(graph, &inputs, "score", ordinal++, row_text(&baselines, i, 0));
    if (production != NULL)
        graph_input(graph, &inputs, "score", ordinal++, production);
    graph_make(graph, "evaluate.judge", AT(place), spec_of(graph, json_pack("{s:s}", "model", model)), &inputs);
    return true;
}

/* Judging begins when both the baselines and the models are scored: whichever is later calls this with the other done.
 */
static bool judge_when_scored(struct graph *graph, const char *other, struct err *err)
{
    size_t i;
    json_t *model;
    struct rows rows;
    if (!ledger_exec(graph->ledger, graph->arena, STATEMENT_STAGE_RUN_IS_COMPLETE, PARAMS(graph->run, other), &rows,
                     err))
        return false;
    if (rows.count == 0)
        return true;
    json_array_foreach(json_object_get(graph->plan, "models"), i, model)
    {
        if (!make_judge(graph, json_string_value(model), (int64_t)i, err))
            return false;
    }
    return graph_seal(graph, "evaluate.judge", err);
}

static bool all_scored(struct graph *graph, int64_t tasks, struct err *err)
{
    (void)tasks;
    return judge_when_scored(graph, "evaluate.baseline", err);
}

static bool baselines_scored(struct graph *graph, int64_t tasks, struct err *err)
{
    (void)tasks;
    return judge_when_scored(graph, "evaluate.score", err);
}

/* The weights and configuration of a model of this run. */
static bool take_model(struct graph *graph, struct graph_inputs *inputs, const char *model, struct err *err)
{
    static const char *const roles[] = {"weights", "config"};
    for (int r = 0; r < 2; r++) {
        struct rows rows;
        if (!graph_outputs(graph, "train.fit", roles[r], &rows, err))
            return false;
        for (int i = 0; i < rows.count; i++) {
            const char *text = row_text(&rows, i, 2);
            json_t *spec = json_read(graph->arena, text, strlen(text), err);
            if (spec == NULL)
                return false;
            if (text_equal(json_text_or(spec, "model", ""), model))
                graph_input(graph, inputs, roles[r], 0, row_text(&rows, i, 0));
        }
    }
    return true;
}

static bool judged(struct graph *graph, const struct graph_done *done, struct err *err)
{
    struct rows given;
    struct graph_inputs inputs = {0};
    const char *model = json_text_or(done->spec, "model", "");
    const char *release = json_text_or(graph->plan, "release", "");
    if (*release != '\0' && !text_equal(model, release))
        return true; /* judged, not to be released */
    if (!ledger_exec(graph->ledger, graph->arena, STATEMENT_TASK_INPUTS,
                     PARAMS(param_texts(graph->arena, &done->task, 1)), &given, err) ||
        !take_model(graph, &inputs, model, err) || !take_all(graph, &inputs, "tokenize.learn", "tokenizer", err) ||
        !take_all(graph, &inputs, "clean.dedup", "dataset", err))
        return false;
    graph_input(graph, &inputs, "verdict", 0, own_output(done, "verdict"));
    for (int i = 0; i < given.count; i++)
        graph_input(graph, &inputs, "score", row_int(&given, i, 2), row_text(&given, i, 3));
    graph_make(graph, "registry.release", &done->position, spec_of(graph, json_pack("{s:s}", "model", model)), &inputs);
    return true;
}

static bool all_judged(struct graph *graph, int64_t tasks, struct err *err)
{
    (void)tasks;
    return graph_seal(graph, "registry.release", err);
}

const struct graph_rule graph_rules[] = {
    {"ingest.scan", scanned, all_scanned},      {"ingest.read", read_batch, all_read},
    {"clean.shard", NULL, all_clean},           {"clean.dedup", NULL, deduplicated},
    {"tokenize.learn", NULL, learned},          {"tokenize.encode", NULL, encoded},
    {"train.fit", fitted, all_fitted},          {"evaluate.baseline", NULL, baselines_scored},
    {"evaluate.score", NULL, all_scored},       {"evaluate.judge", judged, all_judged},
    {"registry.release", NULL, graph_released}, {NULL, NULL, NULL},
};
