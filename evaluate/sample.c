/* sample: see sample.h. */
#include "evaluate/sample.h"

/* Length of the well-formed UTF-8 sequence at `at` (Unicode 15, table 3-7), 0 where there is none. */
static size_t utf8_length(const unsigned char *at, size_t left)
{
    unsigned char lead = at[0], low = 0x80, high = 0xbf;
    size_t length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
    if (length == 0 || length > left)
        return 0;
    if (lead == 0xe0)
        low = 0xa0;
    else if (lead == 0xed)
        high = 0x9f;
    else if (lead == 0xf0)
        low = 0x90;
    else if (lead == 0xf4)
        high = 0x8f;
    for (size_t i = 1; i < length; i++, low = 0x80, high = 0xbf)
        if (at[i] < low || at[i] > high)
            return 0;
    return length;
}

const char *sample_text(struct arena *arena, const struct tokenizer *tokenizer, const int32_t *ids, size_t count)
{
    struct buf bytes, text;
    buf_init(&bytes, arena);
    buf_init(&text, arena);
    tokenizer_decode(tokenizer, ids, count, &bytes);
    for (size_t i = 0, length; i < bytes.len; i += length == 0 ? 1 : length) {
        length = utf8_length((const unsigned char *)bytes.data + i, bytes.len - i);
        if (length == 0 || bytes.data[i] == '\0')
            buf_text(&text, "\xef\xbf\xbd");
        else
            buf_add(&text, bytes.data + i, length);
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
