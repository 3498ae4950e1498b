/* scores: see scores.h. */
#include "evaluate/scores.h"

#include <math.h>
#include <string.h>

struct bootstrap bootstrap_of(struct task *task, const struct evaluate *config)
{
    return (struct bootstrap){.task = task,
                              .resamples = (size_t)config->bootstrap.resamples,
                              .level = config->bootstrap.level,
                              .seed = (uint64_t)config->seed};
}

static double nats_of_bits(double bits)
{
    return bits / bits_of_nats(1);
}

void scores_summarise(struct scores *scores, struct task *task, const struct evaluate *config,
                      const struct heldout *heldout, const double *bits)
{
    struct arena *arena = task->arena;
    scores->count = heldout->count;
    scores->documents = ARENA_ARRAY(arena, struct document_score, heldout->count);
    double *nats = ARENA_ARRAY(arena, double, heldout->count), *bytes = ARENA_ARRAY(arena, double, heldout->count);
    double *tokens = ARENA_ARRAY(arena, double, heldout->count);
    for (size_t i = 0; i < heldout->count; i++) {
        const struct sequence *sequence = &heldout->documents[i];
        struct document_score *score = &scores->documents[i];
        *score =
            (struct document_score){.bytes = sequence->bytes, .tokens = (int64_t)sequence->count - 1, .bits = bits[i]};
        memcpy(score->id, sequence->id, sizeof score->id);
        nats[i] = nats_of_bits(bits[i]);
        bytes[i] = (double)score->bytes;
        tokens[i] = (double)score->tokens;
    }
    struct bootstrap bootstrap = bootstrap_of(task, config);
    scores->metric[METRIC_BITS_PER_BYTE] = bootstrap_ratio(arena, &bootstrap, bits, bytes, heldout->count);
    struct interval loss = bootstrap_ratio(arena, &bootstrap, nats, tokens, heldout->count);
    scores->metric[METRIC_LOSS] = loss;
    scores->metric[METRIC_PERPLEXITY] = (struct interval){exp(loss.value), exp(loss.low), exp(loss.high)};
    char hex[DIGEST_HEX];
    digest_hex(heldout->tokenizer_digest, hex);
    scores->tokenizer = arena_strdup(arena, hex);
}

/* JSON has no NaN: what is not a number is null. */
static json_t *real_json(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *interval_json(const struct interval *interval)
{
    json_t *object = json_object();
    json_object_set_new(object, "value", real_json(interval->value));
    json_object_set_new(object, "low", real_json(interval->low));
    json_object_set_new(object, "high", real_json(interval->high));
    return object;
}

static json_t *documents_json(const struct scores *scores)
{
    json_t *list = json_array();
    for (size_t i = 0; i < scores->count; i++) {
        const struct document_score *score = &scores->documents[i];
        json_t *object = json_object();
        json_object_set_new(object, "id", json_string(score->id));
        json_object_set_new(object, "bytes", json_integer(score->bytes));
        json_object_set_new(object, "tokens", json_integer(score->tokens));
        json_object_set_new(object, "bits", real_json(score->bits));
        json_array_append_new(list, object);
    }
    return list;
}

bool scores_put(struct task *task, const struct scores *scores, struct err *err)
{
    json_t *root = json_keep(task->arena, json_object()), *metrics = json_object();
    for (int i = 0; i < METRIC_COUNT; i++) {
        const struct interval *interval = &scores->metric[i];
        json_object_set_new(metrics, metric_name((enum metric)i), interval_json(interval));
        struct score_record record = {scores->subject, metric_name((enum metric)i), interval->value, interval->low,
                                      interval->high};
        task_score(task, &record);
    }
    json_object_set_new(root, "subject", json_string(scores->subject));
    json_object_set_new(root, "about", json_string(scores->about));
    json_object_set_new(root, "tokenizer", json_string(scores->tokenizer));
    json_object_set_new(root, "metrics", metrics);
    json_object_set_new(root, "documents", documents_json(scores));
    if (scores->samples != NULL)
        json_object_set(root, "samples", scores->samples);
    const char *text = json_canonical(task->arena, root);
    return task_put(task, "score", 0, text, strlen(text), "application/json", err);
}

static bool get_documents(struct task *task, const json_t *list, struct scores *scores, struct err *err)
{
    scores->count = json_array_size(list);
    scores->documents = ARENA_ARRAY(task->arena, struct document_score, scores->count);
    for (size_t i = 0; i < scores->count; i++) {
        const json_t *object = json_array_get(list, i);
        struct document_score *score = &scores->documents[i];
        const char *id = json_text_or(object, "id", "");
        if (strlen(id) != DOCUMENT_ID - 1)
            return err_set(err, ERR_INPUT, "document %zu has no id", i);
        memcpy(score->id, id, DOCUMENT_ID);
        score->bytes = json_int_or(object, "bytes", 0);
        score->tokens = json_int_or(object, "tokens", 0);
        score->bits = json_real_or(object, "bits", NAN);
    }
    return true;
}

bool scores_get(struct task *task, const struct task_input *input, struct scores *scores, struct err *err)
{
    *scores = (struct scores){0};
    task_stepped(task);
    char hex[DIGEST_HEX];
    digest_hex(&input->digest, hex);
    struct map map;
    if (!store_map(task->store, task->arena, &input->digest, &map, err))
        return false;
    json_t *root = json_read(task->arena, map.data, map.size, err);
    if (root == NULL)
        return err_wrap(err, "score %.12s", hex);
    scores->subject = json_text_or(root, "subject", NULL);
    scores->about = json_text_or(root, "about", "");
    scores->tokenizer = json_text_or(root, "tokenizer", "");
    scores->samples = json_object_get(root, "samples");
    if (scores->subject == NULL)
        return err_set(err, ERR_INPUT, "score %.12s names no subject", hex);
    for (int i = 0; i < METRIC_COUNT; i++) {
        const json_t *metric = json_object_get(json_object_get(root, "metrics"), metric_name((enum metric)i));
        scores->metric[i] = (struct interval){json_real_or(metric, "value", NAN), json_real_or(metric, "low", NAN),
                                              json_real_or(metric, "high", NAN)};
    }
    if (!get_documents(task, json_object_get(root, "documents"), scores, err))
        return err_wrap(err, "score %.12s of %s", hex, scores->subject);
    return true;
}
