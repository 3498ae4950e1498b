/*
 * evaluate.baseline: a unigram or n-gram model of the training split, scored on the held-out documents. It has the same
 * tokens to learn from and the same documents to predict as the Transformer beside it, and no handicap: where it wins,
 * the verdict says so.
 */
#include "evaluate/ngram.h"
#include "evaluate/scores.h"
#include "lib/text/token_shard.h"

#include <math.h>
#include <string.h>

struct text {
    int32_t *ids; /* <|endoftext|>, then all training documents, each ended by one */
    size_t count;
};

static bool read_shard(struct task *task, size_t i, struct token_shard *shard, struct err *err)
{
    const struct task_input *bin = task_input(task, "train_bin", i), *idx = task_input(task, "train_idx", i);
    if (idx == NULL || idx->ordinal != bin->ordinal)
        return err_set(err, ERR_INTERNAL, "%s: train_bin %lld has no train_idx", task->kind, (long long)bin->ordinal);
    return token_shard_open(task->store, task->arena, &bin->digest, &idx->digest, shard, err);
}

static bool read_training_text(struct task *task, int32_t end_of_text, struct text *text, struct err *err)
{
    size_t shards = task_inputs(task, "train_bin");
    struct token_shard *shard = ARENA_ARRAY(task->arena, struct token_shard, shards);
    int64_t tokens = 0;
    for (size_t i = 0; i < shards; i++) {
        task_stepped(task);
        if (!read_shard(task, i, &shard[i], err))
            return false;
        tokens += shard[i].tokens;
    }
    text->ids = ARENA_ARRAY(task->arena, int32_t, (size_t)tokens + 1);
    text->ids[0] = end_of_text;
    text->count = 1;
    for (size_t i = 0; i < shards; i++) {
        task_stepped(task);
        token_shard_read(&shard[i], 0, shard[i].tokens, text->ids + text->count);
        text->count += (size_t)shard[i].tokens;
        if (text->ids[text->count - 1] != end_of_text)
            return err_set(err, ERR_INPUT, "train_bin %zu: its last document does not end with <|endoftext|>", i);
    }
    task_count(task, "tokens", tokens);
    return true;
}

static bool score_documents(struct task *task, const struct ngram *ngram, const struct heldout *heldout, double *bits,
                            struct err *err)
{
    for (size_t i = 0; i < heldout->count; i++) {
        const struct sequence *sequence = &heldout->documents[i];
        struct ngram_state state;
        ngram_start(ngram, &state);
        bits[i] = 0;
        for (size_t t = 1; t < sequence->count; t++)
            bits[i] -= log2(ngram_read(ngram, &state, sequence->ids[t]));
        if (!task_progress(task, (double)i, (double)heldout->count, "documents", "scoring", err))
            return false;
    }
    return true;
}

/* 1 for "unigram", the configured order for "ngram"; 0 and an error for anything else. */
static int baseline_order(const struct task *task, const struct evaluate *config, struct err *err)
{
    const char *baseline = json_text_or(task->spec, "baseline", "");
    if (strcmp(baseline, "unigram") == 0)
        return 1;
    if (strcmp(baseline, "ngram") == 0)
        return (int)config->ngram.order;
    err_set(err, ERR_INTERNAL, "\"%s\" is not a baseline", baseline);
    return 0;
}

static const char *describe(struct arena *arena, const struct ngram *ngram, int order)
{
    int64_t entries = 0;
    for (int k = 1; k <= order; k++)
        entries += ngram_entries(ngram, k);
    return arena_printf(arena, "%s, %lld n-grams, %.1f MB",
                        order == 1 ? "unigram"
                                   : arena_printf(arena, "%d-gram, interpolated modified Kneser-Ney", order),
                        (long long)entries, (double)ngram_memory(ngram) / 1e6);
}

bool evaluate_baseline(struct task *task, const void *config_, struct err *err)
{
    const struct evaluate *config = config_;
    struct heldout heldout;
    struct text text;
    int order = baseline_order(task, config, err);
    if (order == 0 || !heldout_load(task, &heldout, err))
        return false;
    int32_t end_of_text = tokenizer_end_of_text(heldout.tokenizer);
    if (!read_training_text(task, end_of_text, &text, err))
        return false;
    const struct ngram_settings settings = {.order = order,
                                            .vocabulary = tokenizer_vocabulary(heldout.tokenizer),
                                            .end_of_text = end_of_text,
                                            .most_bytes = config->ngram.memory,
                                            .task = task};
    struct ngram *ngram = ngram_learn(task->arena, &settings, text.ids, text.count, err);
    if (ngram == NULL)
        return false;
    double *bits = ARENA_ARRAY(task->arena, double, heldout.count);
    if (!score_documents(task, ngram, &heldout, bits, err))
        return false;
    struct scores scores = {.subject = order == 1 ? "unigram" : "ngram", .about = describe(task->arena, ngram, order)};
    scores_summarise(&scores, task, config, &heldout, bits);
    return scores_put(task, &scores, err);
}
