/* parameters: see parameters.h. */
#include "lib/nn/parameters.h"

#include "lib/nn/random.h"

#include <math.h>
#include <string.h>

#define ALIGN     16
#define DEVIATION 0.02

static void add(struct parameters *p, const char *name, size_t rows, size_t columns)
{
    size_t count = rows * (columns > 0 ? columns : 1);
    p->item[p->count++] =
        (struct parameter){.name = name, .at = p->floats, .rows = rows, .columns = columns, .count = count};
    p->floats += (count + ALIGN - 1) / ALIGN * ALIGN;
    p->total += count;
}

static void add_layer(struct parameters *p, struct arena *arena, const struct shape *s, size_t layer)
{
    const struct {
        const char *name;
        size_t rows, columns;
    } places[LAYER_PLACES] = {
        {"ln_1.weight", s->width, 0},
        {"ln_1.bias", s->width, 0},
        {"attn.c_attn.weight", s->width, 3 * s->width},
        {"attn.c_attn.bias", 3 * s->width, 0},
        {"attn.c_proj.weight", s->width, s->width},
        {"attn.c_proj.bias", s->width, 0},
        {"ln_2.weight", s->width, 0},
        {"ln_2.bias", s->width, 0},
        {"mlp.c_fc.weight", s->width, s->inner},
        {"mlp.c_fc.bias", s->inner, 0},
        {"mlp.c_proj.weight", s->inner, s->width},
        {"mlp.c_proj.bias", s->width, 0},
    };
    for (size_t i = 0; i < LAYER_PLACES; i++)
        add(p, arena_printf(arena, "transformer.h.%zu.%s", layer, places[i].name), places[i].rows, places[i].columns);
}

void parameters_plan(struct parameters *p, struct arena *arena, const struct shape *s)
{
    *p = (struct parameters){.item = ARENA_ARRAY(arena, struct parameter, MODEL_PLACES + s->layers * LAYER_PLACES)};
    add(p, "transformer.wte.weight", s->vocabulary, s->width);
    add(p, "transformer.wpe.weight", s->context, s->width);
    add(p, "transformer.ln_f.weight", s->width, 0);
    add(p, "transformer.ln_f.bias", s->width, 0);
    for (size_t layer = 0; layer < s->layers; layer++)
        add_layer(p, arena, s, layer);
}

float *model_place(const struct parameters *p, float *block, enum parameter_place place)
{
    return block + p->item[place].at;
}

float *layer_place(const struct parameters *p, float *block, size_t layer, enum parameter_place place)
{
    return block + p->item[MODEL_PLACES + layer * LAYER_PLACES + place].at;
}

/* The matrices that add to the residual stream, 2 in each layer: GPT-2 divides by the root of their number. */
static bool adds_to_residual(size_t index)
{
    size_t place = (index - MODEL_PLACES) % LAYER_PLACES;
    return index >= MODEL_PLACES && (place == OUTPUT_WEIGHT || place == NARROW_WEIGHT);
}

static bool is_norm_weight(size_t index)
{
    size_t place = (index - MODEL_PLACES) % LAYER_PLACES;
    if (index < MODEL_PLACES)
        return index == FINAL_WEIGHT;
    return place == NORM1_WEIGHT || place == NORM2_WEIGHT;
}

void parameters_init(const struct parameters *p, float *block, size_t layers, uint64_t seed)
{
    double residual = DEVIATION / sqrt(2.0 * (double)layers);
    memset(block, 0, p->floats * sizeof *block);
    for (size_t i = 0; i < p->count; i++) {
        const struct parameter *item = &p->item[i];
        double deviation = adds_to_residual(i) ? residual : DEVIATION;
        struct random random;
        random_init(&random, seed, RANDOM_WEIGHTS, (uint32_t)i);
        for (size_t j = 0; j < item->count; j++) {
            if (item->columns > 0)
                block[item->at + j] = (float)(deviation * random_normal(&random));
            else
                block[item->at + j] = is_norm_weight(i) ? 1.0f : 0.0f;
        }
    }
}

static bool shape_is(const struct tensor *t, const struct parameter *item)
{
    if (item->columns == 0)
        return t->dimensions == 1 && t->shape[0] == item->rows;
    return t->dimensions == 2 && t->shape[0] == item->rows && t->shape[1] == item->columns;
}

bool parameters_load(const struct parameters *p, float *block, const struct safetensors *file, const char *prefix,
                     struct err *err)
{
    memset(block, 0, p->floats * sizeof *block);
    for (size_t i = 0; i < p->count; i++) {
        const struct parameter *item = &p->item[i];
        const struct tensor *t = NULL;
        for (size_t j = 0; j < file->count && t == NULL; j++)
            if (strncmp(file->tensor[j].name, prefix, strlen(prefix)) == 0 &&
                strcmp(file->tensor[j].name + strlen(prefix), item->name) == 0)
                t = &file->tensor[j];
        if (t == NULL)
            return err_set(err, ERR_INPUT, "weights: %s%s is missing", prefix, item->name);
        if (strcmp(t->type, "F32") != 0)
            return err_set(err, ERR_INPUT, "weights: %s is %s; only F32 is supported", t->name, t->type);
        if (!shape_is(t, item))
            return err_set(err, ERR_INPUT, "weights: %s has another shape than config.json says: [%zu, %zu] is wanted",
                           t->name, item->rows, item->columns);
        memcpy(block + item->at, t->data, t->bytes);
    }
    return true;
}

void parameters_describe(const struct parameters *p, struct arena *arena, const float *block, const char *prefix,
                         struct tensor *out)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct parameter *item = &p->item[i];
        out[i] = (struct tensor){.name = arena_printf(arena, "%s%s", prefix, item->name),
                                 .type = "F32",
                                 .shape = {item->rows, item->columns},
                                 .dimensions = item->columns > 0 ? 2 : 1,
                                 .data = block + item->at,
                                 .bytes = item->count * sizeof *block};
    }
}
