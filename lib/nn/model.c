/*
 * model: see model.h. Sequences of at most BATCH_TOKENS tokens together go through the transformer at once.
 * Generation keeps the keys and values of what it has seen; past the model's context it goes on from the newest half.
 */
#include "lib/nn/model.h"

#include "lib/nn/generate.h"
#include "lib/nn/transformer.h"

#include <string.h>

#define BATCH_TOKENS 4096

struct model {
    struct transformer *transformer;
    struct arena *arena;
    float *weights;
    int32_t *tokens, *targets;   /* [rows of a batch] */
    struct generator *generator; /* made when first asked for */
};

/* Every tensor of the file has its place; parameters_load has seen that every place has its tensor. */
static bool nothing_else(const struct parameters *p, const struct safetensors *file, struct err *err)
{
    for (size_t i = 0; i < file->count; i++) {
        bool known = false;
        for (size_t j = 0; j < p->count && !known; j++)
            known = strcmp(p->item[j].name, file->tensor[i].name) == 0;
        if (!known)
            return err_set(err, ERR_INPUT, "weights: %s has no place in a model of this config.json",
                           file->tensor[i].name);
    }
    return true;
}

static bool load_weights(struct model *model, const struct shape *shape, const struct map *map, struct err *err)
{
    struct safetensors file;
    struct parameters parameters;
    if (!safetensors_read(model->arena, map->data, map->size, &file, err))
        return err_wrap(err, "weights");
    parameters_plan(&parameters, model->arena, shape);
    if (parameters.total > map->size / sizeof(float))
        return err_set(err, ERR_INPUT,
                       "weights: %zu bytes are too few for the %zu parameters that config.json asks for", map->size,
                       parameters.total);
    model->weights = ARENA_ARRAY(model->arena, float, parameters.floats);
    return parameters_load(&parameters, model->weights, &file, "", err) && nothing_else(&parameters, &file, err);
}

struct model *model_load(struct arena *arena, const char *config_json, size_t config_len, const struct map *weights,
                         struct pool *pool, struct err *err)
{
    struct model *model = ARENA_NEW(arena, struct model);
    struct shape shape;
    model->arena = arena;
    if (!config_read(arena, config_json, config_len, &shape, err) || !load_weights(model, &shape, weights, err))
        return NULL;
    size_t rows = shape.context > BATCH_TOKENS ? shape.context : BATCH_TOKENS;
    model->transformer = transformer_new(arena, &shape, pool, rows, false, PRECISION_FLOAT32);
    model->transformer->weights = model->weights;
    model->tokens = ARENA_ARRAY(arena, int32_t, rows);
    model->targets = ARENA_ARRAY(arena, int32_t, rows);
    return model;
}

int64_t model_parameters(const struct model *model)
{
    return (int64_t)model->transformer->parameters.total;
}

int64_t model_context(const struct model *model)
{
    return (int64_t)model->transformer->shape.context;
}

int64_t model_vocabulary(const struct model *model)
{
    return (int64_t)model->transformer->shape.vocabulary;
}

static bool check_tokens(const struct model *model, const int32_t *tokens, size_t count, struct err *err)
{
    size_t vocabulary = model->transformer->shape.vocabulary;
    for (size_t i = 0; i < count; i++)
        if (tokens[i] < 0 || (size_t)tokens[i] >= vocabulary)
            return err_set(err, ERR_INPUT, "token %zu is %d; the model's vocabulary has ids from 0 to %zu", i,
                           tokens[i], vocabulary - 1);
    return true;
}

static bool check_length(const struct model *model, size_t length, struct err *err)
{
    size_t context = model->transformer->shape.context;
    if (length >= 1 && length <= context)
        return true;
    return err_set(err, ERR_INPUT, "a sequence of %zu tokens; the model takes 1 to %zu", length, context);
}

bool model_losses(struct model *model, const int32_t *tokens, size_t rows, size_t length, float *losses,
                  struct err *err)
{
    if (!check_length(model, length, err) || !check_tokens(model, tokens, rows * (length + 1), err))
        return false;
    size_t most = model->transformer->most_rows / length;
    for (size_t first = 0; first < rows; first += most) {
        size_t count = rows - first < most ? rows - first : most;
        for (size_t row = 0; row < count; row++) {
            const int32_t *from = tokens + (first + row) * (length + 1);
            memcpy(model->tokens + row * length, from, length * sizeof *from);
            memcpy(model->targets + row * length, from + 1, length * sizeof *from);
        }
        struct batch batch = {.tokens = model->tokens, .targets = model->targets, .batch = count, .length = length};
        transformer_losses(model->transformer, &batch, losses + first * length);
    }
    return true;
}

bool model_logits(struct model *model, const int32_t *tokens, size_t length, float *logits, struct err *err)
{
    if (!check_length(model, length, err) || !check_tokens(model, tokens, length, err))
        return false;
    transformer_logits(model->transformer, &(struct batch){.tokens = tokens, .batch = 1, .length = length}, logits);
    return true;
}

bool model_generate(struct model *model, const int32_t *prompt, size_t count, const struct sampler *sampler,
                    int32_t stop, int32_t *out, size_t most, size_t *written, struct err *err)
{
    *written = 0;
    if (count == 0)
        return err_set(err, ERR_INPUT, "a prompt needs at least one token");
    if (!check_tokens(model, prompt, count, err))
        return false;
    if (model->generator == NULL)
        model->generator = generator_new(model->arena, model->transformer);
    *written = generator_run(model->generator, prompt, count, sampler, stop, out, most);
    return true;
}
