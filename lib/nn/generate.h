/* generate: one token after another, with the keys and values of earlier ones kept. For model.c. */
#ifndef LIB_NN_GENERATE_H
#define LIB_NN_GENERATE_H

#include "lib/nn/model.h"
#include "lib/nn/transformer.h"

struct generator;
struct generator *generator_new(struct arena *arena, const struct transformer *transformer);
/* As model_generate; tokens have been checked. */
size_t generator_run(struct generator *generator, const int32_t *prompt, size_t count, const struct sampler *sampler,
                     int32_t stop, int32_t *out, size_t most);

#endif
