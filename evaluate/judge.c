/*
 * evaluate.judge: holds a model's scores against the gates, and says which subject is better and whether that is more
 * than noise. The artifact "verdict":
 *
 *   {"subject":MODEL,"passed":true,"best":NAME,"note":SENTENCE,
 *    "gates":[{"gate":TEXT,"left":x,"right":x,"passed":b,"reason":SENTENCE,"within_noise":b,
 *              "difference":{"value","low","high"}}, ...],
 *    "scores":[{"subject","about","metrics":{...}}, ...]}     best first
 *
 * What each subject cost is in the ledger's attempts; who reads the verdict joins them there.
 */
#include "evaluate/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct judgement {
    struct task *task;
    const struct evaluate *config;
    struct scores *scores; /* [0] is the candidate */
    size_t count;
    bool passed;
    json_t *gates;
};

static const struct scores *find_subject(const struct judgement *judgement, const char *subject)
{
    for (size_t i = 1; i < judgement->count; i++)
        if (text_equal(judgement->scores[i].subject, subject))
            return &judgement->scores[i];
    return NULL;
}

static const char *words_of(enum gate_op op, bool holds)
{
    static const char *const yes[] = {"below", "not above", "above", "not below"};
    static const char *const no[] = {"not below", "above", "not above", "below"};
    return holds ? yes[op] : no[op];
}

/* "2.0123 is below 2.7311 by 0.7188 (95 %: 0.7020 to 0.7361)" */
static const char *explain(const struct judgement *judgement, const struct gate *gate, double left, double right,
                           const struct interval *difference, bool holds)
{
    struct arena *arena = judgement->task->arena;
    struct buf text;
    buf_init(&text, arena);
    if (isnan(left) || isnan(right)) {
        buf_printf(&text, "%s is not a number on one side, so the gate stays shut", metric_name(gate->metric));
        return text.data;
    }
    buf_printf(&text, "%.4f is %s %.4f", left, words_of(gate->op, holds), right);
    if (isnan(difference->low))
        return text.data;
    buf_printf(&text, "; the difference %.4f (%.4g %%: %.4f to %.4f) is %s", difference->value,
               judgement->config->bootstrap.level * 100, difference->low, difference->high,
               within_noise(difference) ? "within noise" : "more than noise");
    return text.data;
}

static void leave(struct judgement *judgement, const char *text, double left, double right, bool passed,
                  const char *reason, const struct interval *difference)
{
    struct verdict_record record = {.gate = text, .left = left, .right = right, .passed = passed, .reason = reason};
    task_verdict(judgement->task, &record);
    json_t *object = json_object();
    json_object_set_new(object, "gate", json_string(text));
    json_object_set_new(object, "left", isfinite(left) ? json_real(left) : json_null());
    json_object_set_new(object, "right", isfinite(right) ? json_real(right) : json_null());
    json_object_set_new(object, "passed", json_boolean(passed));
    json_object_set_new(object, "reason", json_string(reason));
    json_object_set_new(object, "difference", interval_json(difference));
    json_object_set_new(object, "within_noise",
                        isnan(difference->low) ? json_null() : json_boolean(within_noise(difference)));
    json_array_append_new(judgement->gates, object);
    judgement->passed = judgement->passed && passed;
}

/* The scores that a gate compares with; NULL for a number, and for production where there is none yet. */
static bool find_right_side(const struct judgement *judgement, const char *text, const struct gate *gate,
                            const struct scores **other, struct err *err)
{
    *other = gate->subject == NULL ? NULL : find_subject(judgement, gate->subject);
    if (*other != NULL || gate->subject == NULL || text_equal(gate->subject, "production"))
        return true;
    return err_set(err, ERR_INPUT, "gate \"%s\": %s was not scored; add it to evaluate.baselines", text, gate->subject);
}

/* Loss and perplexity are per token, and another tokenizer has other tokens. */
static bool comparable(const struct gate *gate, const struct scores *candidate, const struct scores *other)
{
    return other == NULL || gate->metric == METRIC_BITS_PER_BYTE || text_equal(candidate->tokenizer, other->tokenizer);
}

static bool judge_gate(struct judgement *judgement, const char *text, struct err *err)
{
    struct gate gate;
    const struct scores *candidate = &judgement->scores[0], *other;
    if (!gate_parse(text, &gate, err))
        return err_wrap(err, "gate \"%s\"", text);
    if (!find_right_side(judgement, text, &gate, &other, err))
        return false;
    struct arena *arena = judgement->task->arena;
    struct interval difference = {NAN, NAN, NAN};
    double left = candidate->metric[gate.metric].value;
    double right = other == NULL ? NAN : other->metric[gate.metric].value;
    bool passed;
    const char *reason;
    if (gate.subject != NULL && other == NULL) {
        passed = true;
        reason = "no version is in production yet, so there is nothing to fall behind";
    } else if (!comparable(&gate, candidate, other)) {
        passed = false;
        reason =
            arena_printf(arena, "%s counts tokens, and %s has another tokenizer; use bits_per_byte, which compares",
                         metric_name(gate.metric), gate.subject);
    } else {
        struct bootstrap bootstrap = bootstrap_of(judgement->task, judgement->config);
        right = gate_right(&gate, right);
        difference = compare_gate(arena, &bootstrap, &gate, candidate, other);
        passed = gate_holds(&gate, left, right);
        reason = explain(judgement, &gate, left, right, &difference, passed);
    }
    leave(judgement, text, left, right, passed, reason, &difference);
    return true;
}

static bool load_scores(struct judgement *judgement, struct err *err)
{
    struct task *task = judgement->task;
    judgement->count = task_inputs(task, "score");
    if (judgement->count == 0)
        return err_set(err, ERR_INTERNAL, "%s was given no score", task->kind);
    judgement->scores = ARENA_ARRAY(task->arena, struct scores, judgement->count);
    for (size_t i = 0; i < judgement->count; i++)
        if (!scores_get(task, task_input(task, "score", i), &judgement->scores[i], err))
            return false;
    return true;
}

static int best_first(const void *a, const void *b)
{
    const struct scores *left = *(const struct scores *const *)a, *right = *(const struct scores *const *)b;
    double x = left->metric[METRIC_BITS_PER_BYTE].value, y = right->metric[METRIC_BITS_PER_BYTE].value;
    if (isnan(x) || isnan(y))
        return isnan(x) - isnan(y);
    return x != y ? (x > y) - (x < y) : strcmp(left->subject, right->subject);
}

/* Plainly: which of the two is better on this text, by how much, and whether that is noise. */
static const char *write_note(const struct judgement *judgement, const struct scores *best, const struct scores *second)
{
    struct arena *arena = judgement->task->arena;
    const struct scores *candidate = &judgement->scores[0];
    const struct scores *other = best == candidate ? second : best;
    if (other == NULL)
        return "nothing stands beside the model to compare it with";
    double ours = candidate->metric[METRIC_BITS_PER_BYTE].value, theirs = other->metric[METRIC_BITS_PER_BYTE].value;
    struct gate gate = {.metric = METRIC_BITS_PER_BYTE, .subject = other->subject, .factor = 1};
    struct bootstrap bootstrap = bootstrap_of(judgement->task, judgement->config);
    struct interval difference = compare_gate(arena, &bootstrap, &gate, candidate, other);
    if (within_noise(&difference))
        return arena_printf(arena, "%s at %.3f and %s at %.3f bits per byte: the difference is within noise",
                            candidate->subject, ours, other->subject, theirs);
    if (ours < theirs)
        return arena_printf(arena, "%s is the best at %.3f bits per byte; next is %s at %.3f", candidate->subject, ours,
                            other->subject, theirs);
    return arena_printf(arena, "%s is better than the model: %.3f bits per byte against %.3f", other->subject, theirs,
                        ours);
}

static json_t *scores_json(const struct scores *scores)
{
    json_t *object = json_object(), *metrics = json_object();
    for (int i = 0; i < METRIC_COUNT; i++)
        json_object_set_new(metrics, metric_name((enum metric)i), interval_json(&scores->metric[i]));
    json_object_set_new(object, "subject", json_string(scores->subject));
    json_object_set_new(object, "about", json_string(scores->about));
    json_object_set_new(object, "metrics", metrics);
    return object;
}

static bool put_verdict(struct judgement *judgement, struct err *err)
{
    struct task *task = judgement->task;
    const struct scores **order = ARENA_ARRAY(task->arena, const struct scores *, judgement->count);
    for (size_t i = 0; i < judgement->count; i++)
        order[i] = &judgement->scores[i];
    qsort(order, judgement->count, sizeof *order, best_first);
    json_t *root = json_keep(task->arena, json_object()), *list = json_array();
    for (size_t i = 0; i < judgement->count; i++)
        json_array_append_new(list, scores_json(order[i]));
    json_object_set_new(root, "subject", json_string(judgement->scores[0].subject));
    json_object_set_new(root, "passed", json_boolean(judgement->passed));
    json_object_set_new(root, "best", json_string(order[0]->subject));
    json_object_set_new(root, "note",
                        json_string(write_note(judgement, order[0], judgement->count > 1 ? order[1] : NULL)));
    json_object_set(root, "gates", judgement->gates);
    json_object_set_new(root, "scores", list);
    const char *text = json_canonical(task->arena, root);
    return task_put(task, "verdict", 0, text, strlen(text), "application/json", err);
}

bool evaluate_judge(struct task *task, const void *config_, struct err *err)
{
    struct judgement judgement = {.task = task, .config = config_, .passed = true};
    judgement.gates = json_keep(task->arena, json_array());
    if (!load_scores(&judgement, err))
        return false;
    for (size_t i = 0; i < judgement.config->gates.count; i++)
        if (!judge_gate(&judgement, judgement.config->gates.item[i], err))
            return false;
    return put_verdict(&judgement, err);
}
