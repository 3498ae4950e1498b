/* evaluate.score: a Transformer on the held-out documents, in its own tokens, and what it writes. */
#include "evaluate/sample.h"
#include "evaluate/scores.h"
#include "evaluate/window.h"

static struct model *load_model(struct task *task, struct err *err)
{
    const struct task_input *weights = task_input(task, "weights", 0), *config = task_input(task, "config", 0);
    if (weights == NULL || config == NULL) {
        err_set(err, ERR_INTERNAL, "%s was given no weights or no config", task->kind);
        return NULL;
    }
    struct map *tensors = ARENA_NEW(task->arena, struct map);
    struct map json;
    if (!store_map(task->store, task->arena, &weights->digest, tensors, err) ||
        !store_map(task->store, task->arena, &config->digest, &json, err))
        return NULL;
    struct model *model = model_load(task->arena, json.data, json.size, tensors, task->pool, err);
    if (model == NULL)
        err_wrap(err, "model %s", json_text_or(task->spec, "model", "?"));
    return model;
}

/* The candidate goes by its name; a version that is scored again beside it is the one in production. */
static const char *subject_of(const struct task *task)
{
    if (json_is_integer(json_object_get(task->spec, "version")))
        return "production";
    return json_text_or(task->spec, "model", "model");
}

static const char *describe(struct arena *arena, const struct model *model)
{
    return arena_printf(arena, "Transformer, %.2f M parameters, context %lld", (double)model_parameters(model) / 1e6,
                        (long long)model_context(model));
}

bool evaluate_score(struct task *task, const void *config_, struct err *err)
{
    const struct evaluate *config = config_;
    struct heldout heldout;
    struct model *model = load_model(task, err);
    if (model == NULL || !heldout_load(task, &heldout, err))
        return false;
    double *bits = ARENA_ARRAY(task->arena, double, heldout.count);
    if (!window_bits(task, model, &heldout, config->stride, bits, err))
        return false;
    struct scores scores = {.subject = subject_of(task), .about = describe(task->arena, model)};
    scores.samples = sample_continuations(task, model, &heldout, config, err);
    if (scores.samples == NULL)
        return false;
    scores_summarise(&scores, task, config, &heldout, bits);
    task_count(task, "tokens", heldout.tokens);
    return scores_put(task, &scores, err);
}
