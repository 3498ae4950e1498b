/* sample: see sample.h. */
#include "evaluate/sample.h"

#include "lib/text/utf8.h"

const char *sample_text(struct arena *arena, const struct tokenizer *tokenizer, const int32_t *ids, size_t count)
{
    struct buf bytes, text;
    buf_init(&bytes, arena);
    buf_init(&text, arena);
    tokenizer_decode(tokenizer, ids, count, &bytes);
    for (size_t at = 0; at < bytes.len;) {
        size_t valid = utf8_valid_run(bytes.data + at, bytes.len - at);
        buf_add(&text, bytes.data + at, valid);
        at += valid;
        if (at < bytes.len) {
            buf_text(&text, "\xef\xbf\xbd");
            at++;
        }
    }
    return text.data;
}

static json_t *continuation(struct task *task, struct model *model, const struct heldout *heldout,
                            const struct sequence *sequence, const struct evaluate *config, uint64_t seed,
                            struct err *err)
{
    /* The prompt leaves the closing <|endoftext|> out and half of the context free. */
    size_t prompt = (size_t)config->samples.prompt, most = (size_t)config->samples.tokens, written;
    size_t half = (size_t)(model_context(model) + 1) / 2;
    if (prompt > sequence->count - 2)
        prompt = sequence->count - 2;
    if (prompt + 1 > half)
        prompt = half - 1;
    int32_t *ids = ARENA_ARRAY(task->arena, int32_t, most);
    struct sampler sampler = {.temperature = config->samples.temperature, .top_k = config->samples.top_k, .seed = seed};
    if (!model_generate(model, sequence->ids, prompt + 1, &sampler, sequence->ids[0], ids, most, &written, err))
        return NULL;
    json_t *object = json_object();
    json_object_set_new(object, "document", json_string(sequence->id));
    json_object_set_new(object, "prompt",
                        json_string(sample_text(task->arena, heldout->tokenizer, sequence->ids + 1, prompt)));
    json_object_set_new(object, "text", json_string(sample_text(task->arena, heldout->tokenizer, ids, written)));
    return object;
}

json_t *sample_continuations(struct task *task, struct model *model, const struct heldout *heldout,
                             const struct evaluate *config, struct err *err)
{
    json_t *list = json_keep(task->arena, json_array());
    size_t count = (size_t)config->samples.count;
    if (count > heldout->count)
        count = heldout->count;
    for (size_t i = 0; i < count; i++) {
        const struct sequence *sequence = &heldout->documents[i * heldout->count / count];
        json_t *object = continuation(task, model, heldout, sequence, config, (uint64_t)config->seed + i, err);
        if (object == NULL)
            return NULL;
        json_array_append_new(list, object);
        if (!task_progress(task, (double)i + 1, (double)count, "samples", "writing samples", err))
            return NULL;
    }
    return list;
}
