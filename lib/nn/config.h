/*
 * config: the shape of a Transformer, and its config.json as `transformers` reads and writes it (GPT2LMHeadModel).
 *
 * Reading is strict where a difference would change the numbers: another activation, untied embeddings, scaling of
 * attention by layer. Keys that do not change them are passed over.
 */
#ifndef LIB_NN_CONFIG_H
#define LIB_NN_CONFIG_H

#include "lib/base/json.h"

#include <stdint.h>

struct shape {
    size_t layers, heads, width, inner; /* inner: width of the feed-forward layer */
    size_t context;                     /* positions, in tokens */
    size_t vocabulary;
    double epsilon; /* of layer normalisation */
};

/* ERR_INPUT where heads do not divide the width, or something is zero or absurdly large. */
bool shape_check(const struct shape *shape, struct err *err) MUST_CHECK;
bool config_read(struct arena *arena, const char *json, size_t len, struct shape *shape, struct err *err) MUST_CHECK;

/* dropout is written for those who train on; end_of_text: id of the token that ends a document, -1: none. */
char *config_write(struct arena *arena, const struct shape *shape, double dropout, int64_t end_of_text);

#endif
