/* window: every token is scored once, in the window that the stride gives it, whatever else is in its batch. */
#include "evaluate/window.h"
#include "tests/unit/evaluate/tiny_model.h"

#define DOCUMENTS 4
static const size_t lengths[DOCUMENTS] = {30, 8, 9, 3}; /* tokens that are predicted */

struct setting {
    struct bench bench;
    struct map weights;
    struct model *model;
    struct heldout heldout;
};

static void open_setting(struct setting *setting, double scale)
{
    struct err err;
    struct map json;
    bench_open(&setting->bench, &evaluate_info, "evaluate.score");
    struct arena *arena = &setting->bench.arena;
    bench_tokenizer(&setting->bench);
    bench_check(store_map(&setting->bench.store, arena, &setting->bench.inputs[0].digest, &json, &err), &err);
    setting->weights = tiny_weights(arena, scale);
    setting->model = model_load(arena, TINY_CONFIG, strlen(TINY_CONFIG), &setting->weights, NULL, &err);
    bench_check(setting->model != NULL, &err);
    setting->heldout =
        (struct heldout){.documents = ARENA_ARRAY(arena, struct sequence, DOCUMENTS), .count = DOCUMENTS};
    setting->heldout.tokenizer = tokenizer_load(arena, json.data, json.size, &err);
    bench_check(setting->heldout.tokenizer != NULL, &err);
    for (size_t i = 0; i < DOCUMENTS; i++) {
        int32_t *ids = ARENA_ARRAY(arena, int32_t, lengths[i] + 1);
        ids[0] = ids[lengths[i]] = 256;
        for (size_t t = 1; t < lengths[i]; t++)
            ids[t] = (int32_t)((t * 37 + i * 11) % 256);
        setting->heldout.documents[i] = (struct sequence){.ids = ids, .count = lengths[i] + 1, .bytes = 10};
    }
}

/* The same by the plain rule: token t is read in the first window that reaches it, alone. */
static double bits_by_hand(struct setting *setting, const struct sequence *sequence, size_t stride)
{
    double bits = 0;
    for (size_t t = 1; t < sequence->count; t++) {
        size_t end = TINY_CONTEXT;
        while (end < t)
            end += stride;
        if (end > sequence->count - 1)
            end = sequence->count - 1;
        size_t from = end > TINY_CONTEXT ? end - TINY_CONTEXT : 0;
        float losses[TINY_CONTEXT];
        struct err err;
        bench_check(model_losses(setting->model, sequence->ids + from, 1, end - from, losses, &err), &err);
        bits += (double)losses[t - 1 - from] / log(2);
    }
    return bits;
}

static void agrees_by_hand(struct setting *setting, int64_t stride, size_t meant)
{
    struct err err;
    double bits[DOCUMENTS];
    bench_check(window_bits(&setting->bench.task, setting->model, &setting->heldout, stride, bits, &err), &err);
    for (size_t i = 0; i < DOCUMENTS; i++)
        NEAR(bits[i], bits_by_hand(setting, &setting->heldout.documents[i], meant), 1e-4,
             arena_printf(&setting->bench.arena, "stride %d: document of %zu tokens", (int)stride, lengths[i]));
}

int main(void)
{
    struct setting setting;
    struct err err;
    double bits[DOCUMENTS];
    open_setting(&setting, 0.5);
    agrees_by_hand(&setting, 1, 1);
    agrees_by_hand(&setting, 3, 3);
    agrees_by_hand(&setting, 0, 4);
    agrees_by_hand(&setting, 100, 8);
    bench_close(&setting.bench);

    open_setting(&setting, 0);
    OK(window_bits(&setting.bench.task, setting.model, &setting.heldout, 2, bits, &err), "a model that knows nothing");
    for (size_t i = 0; i < DOCUMENTS; i++)
        NEAR(bits[i], (double)lengths[i] * log2(257), 1e-3, "log2 of the vocabulary for each token");
    bench_close(&setting.bench);

    open_setting(&setting, INFINITY);
    OK(!window_bits(&setting.bench.task, setting.model, &setting.heldout, 2, bits, &err) && err.code == ERR_INPUT,
       "broken weights");
    OK(strstr(err.text, "the model's loss is not a number; its weights are broken") != NULL, "are told: %s", err.text);
    bench_close(&setting.bench);
    return DONE();
}
