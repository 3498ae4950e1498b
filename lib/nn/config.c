/* config: see config.h. */
#include "lib/nn/config.h"

#include <string.h>

#define MOST_LAYERS 1000
#define MOST_WIDTH  (1 << 20)
#define MOST_TABLE  (1 << 24)

static bool within(size_t value, size_t most, const char *name, struct err *err)
{
    if (value >= 1 && value <= most)
        return true;
    return err_set(err, ERR_INPUT, "%s is %zu; it must be from 1 to %zu", name, value, most);
}

bool shape_check(const struct shape *s, struct err *err)
{
    if (!within(s->layers, MOST_LAYERS, "n_layer", err) || !within(s->width, MOST_WIDTH, "n_embd", err) ||
        !within(s->heads, s->width, "n_head", err) || !within(s->inner, MOST_WIDTH, "n_inner", err) ||
        !within(s->context, MOST_TABLE, "n_positions", err) || !within(s->vocabulary, MOST_TABLE, "vocab_size", err))
        return false;
    if (s->width % s->heads != 0)
        return err_set(err, ERR_INPUT, "n_embd %zu is not a multiple of n_head %zu", s->width, s->heads);
    if (!(s->epsilon > 0 && s->epsilon < 1))
        return err_set(err, ERR_INPUT, "layer_norm_epsilon is %g; it must lie between 0 and 1", s->epsilon);
    return true;
}

/* A positive whole number, or 0. */
static size_t size_of(const json_t *config, const char *key)
{
    int64_t value = json_int_or(config, key, 0);
    return value > 0 ? (size_t)value : 0;
}

static bool text_is(const json_t *config, const char *key, const char *want, struct err *err)
{
    const char *got = json_text_or(config, key, want);
    if (strcmp(got, want) == 0)
        return true;
    return err_set(err, ERR_INPUT, "%s is \"%s\"; only \"%s\" is supported", key, got, want);
}

static bool flag_is(const json_t *config, const char *key, bool want, struct err *err)
{
    if (json_bool_or(config, key, want) == want)
        return true;
    return err_set(err, ERR_INPUT, "%s is %s; only %s is supported", key, want ? "false" : "true",
                   want ? "true" : "false");
}

bool config_read(struct arena *arena, const char *text, size_t len, struct shape *shape, struct err *err)
{
    const json_t *config = json_read(arena, text, len, err);
    if (config == NULL)
        return err_wrap(err, "config.json");
    if (!json_is_object(config))
        return err_set(err, ERR_INPUT, "config.json: not an object");
    if (json_object_get(config, "model_type") == NULL)
        return err_set(err, ERR_INPUT, "config.json: no model_type");
    if (!text_is(config, "model_type", "gpt2", err) || !text_is(config, "activation_function", "gelu_new", err) ||
        !flag_is(config, "tie_word_embeddings", true, err) || !flag_is(config, "scale_attn_weights", true, err) ||
        !flag_is(config, "scale_attn_by_inverse_layer_idx", false, err) ||
        !flag_is(config, "add_cross_attention", false, err))
        return err_wrap(err, "config.json");
    *shape = (struct shape){.layers = size_of(config, "n_layer"),
                            .heads = size_of(config, "n_head"),
                            .width = size_of(config, "n_embd"),
                            .inner = size_of(config, "n_inner"),
                            .context = size_of(config, "n_positions"),
                            .vocabulary = size_of(config, "vocab_size"),
                            .epsilon = json_real_or(config, "layer_norm_epsilon", 1e-5)};
    if (json_object_get(config, "n_inner") == NULL || json_is_null(json_object_get(config, "n_inner")))
        shape->inner = 4 * shape->width;
    return shape_check(shape, err) || err_wrap(err, "config.json");
}

char *config_write(struct arena *arena, const struct shape *s, double dropout, int64_t end_of_text)
{
    json_t *config = json_keep(
        arena,
        json_pack("{s:s, s:[s], s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:f, s:f, s:f, s:b, s:b, s:b, s:s}",
                  "model_type", "gpt2", "architectures", "GPT2LMHeadModel", "activation_function", "gelu_new",
                  "vocab_size", (json_int_t)s->vocabulary, "n_positions", (json_int_t)s->context, "n_ctx",
                  (json_int_t)s->context, "n_embd", (json_int_t)s->width, "n_layer", (json_int_t)s->layers, "n_head",
                  (json_int_t)s->heads, "n_inner", (json_int_t)s->inner, "layer_norm_epsilon", s->epsilon,
                  "initializer_range", 0.02, "embd_pdrop", dropout, "attn_pdrop", dropout, "resid_pdrop", dropout,
                  "tie_word_embeddings", 1, "scale_attn_weights", 1, "use_cache", 1, "torch_dtype", "float32"));
    if (end_of_text >= 0) {
        json_object_set_new(config, "bos_token_id", json_integer(end_of_text));
        json_object_set_new(config, "eos_token_id", json_integer(end_of_text));
    }
    return json_canonical(arena, config);
}
