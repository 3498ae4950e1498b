/*
 * model: a Transformer as evaluation and generation see it: loaded weights, and what they say about tokens.
 *
 * Weights are safetensors with the names that `transformers` uses; the configuration is its config.json.
 */
#ifndef LIB_NN_MODEL_H
#define LIB_NN_MODEL_H

#include "lib/base/mapping.h"
#include "lib/base/pool.h"

struct model;
/* The mapping must outlive the model. Tensors that are missing, superfluous or of the wrong shape are ERR_INPUT. */
struct model *model_load(struct arena *arena, const char *config_json, size_t config_len, const struct map *weights,
                         struct pool *pool, struct err *err) MUST_CHECK;
int64_t model_parameters(const struct model *model);
int64_t model_context(const struct model *model); /* longest sequence, in tokens */
int64_t model_vocabulary(const struct model *model);

/* tokens: [rows][length + 1]; losses: [rows][length], in nats: of tokens[r][t + 1] given tokens[r][0..t].
 * length <= model_context(). */
bool model_losses(struct model *model, const int32_t *tokens, size_t rows, size_t length, float *losses,
                  struct err *err) MUST_CHECK;
/* logits: [length][vocabulary] of one row, for parity checks. */
bool model_logits(struct model *model, const int32_t *tokens, size_t length, float *logits, struct err *err) MUST_CHECK;

struct sampler {
    double temperature; /* 0: always the likeliest */
    int64_t top_k;      /* 0: all */
    uint64_t seed;
};
/* Continues `prompt` until `stop` (a token id, -1: none) or `most` tokens; writes to `out`, returns how many. */
bool model_generate(struct model *model, const int32_t *prompt, size_t count, const struct sampler *sampler,
                    int32_t stop, int32_t *out, size_t most, size_t *written, struct err *err) MUST_CHECK;

#endif
