/*
 * parameters: which tensors a model of a shape has, in one block of memory per family (weights, gradients, moments).
 *
 * All families have the same layout, so that clearing, the norm and the checkpoint are single loops. Each tensor starts
 * at a multiple of 16 floats; what lies between is zero and stays so. Names and layouts are those of transformers'
 * GPT2LMHeadModel: matrices are [in][out].
 */
#ifndef LIB_NN_PARAMETERS_H
#define LIB_NN_PARAMETERS_H

#include "lib/nn/config.h"
#include "lib/nn/safetensors.h"

enum parameter_place {
    TOKEN_TABLE,
    POSITION_TABLE,
    FINAL_WEIGHT,
    FINAL_BIAS,
    MODEL_PLACES, /* those before stand once, those after in each layer */
    NORM1_WEIGHT = 0,
    NORM1_BIAS,
    ATTENTION_WEIGHT, /* [width][3 width] */
    ATTENTION_BIAS,
    OUTPUT_WEIGHT, /* [width][width] */
    OUTPUT_BIAS,
    NORM2_WEIGHT,
    NORM2_BIAS,
    WIDEN_WEIGHT, /* [width][inner] */
    WIDEN_BIAS,
    NARROW_WEIGHT, /* [inner][width] */
    NARROW_BIAS,
    LAYER_PLACES
};

struct parameter {
    const char *name;
    size_t at;            /* in the block, in floats */
    size_t rows, columns; /* columns 0: a vector of `rows` */
    size_t count;
};

struct parameters {
    struct parameter *item;
    size_t count;
    size_t floats; /* of a block */
    size_t total;  /* of parameters */
};

void parameters_plan(struct parameters *parameters, struct arena *arena, const struct shape *shape);
/* Place of a tensor that stands once, or of one in a layer. */
float *model_place(const struct parameters *parameters, float *block, enum parameter_place place);
float *layer_place(const struct parameters *parameters, float *block, size_t layer, enum parameter_place place);

/* As GPT-2: normal with deviation 0.02, smaller where a layer adds to the residual stream; norms 1, biases 0. */
void parameters_init(const struct parameters *parameters, float *block, size_t layers, uint64_t seed);

/* Fills a block from a file's tensors named prefix + name; ERR_INPUT where one is missing or of another shape. */
bool parameters_load(const struct parameters *parameters, float *block, const struct safetensors *file,
                     const char *prefix, struct err *err) MUST_CHECK;
/* Describes a block's tensors for a file, in the order of the block. */
void parameters_describe(const struct parameters *parameters, struct arena *arena, const float *block,
                         const char *prefix, struct tensor *out);

#endif
