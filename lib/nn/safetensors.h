/*
 * safetensors: named tensors in one file (github.com/huggingface/safetensors): u64 header length, a JSON header, data.
 *
 * A file is checked as hostile before anything of it is used: the header's size and form, types, shapes against
 * lengths, ranges without holes or overlaps, up to the last byte.
 */
#ifndef LIB_NN_SAFETENSORS_H
#define LIB_NN_SAFETENSORS_H

#include "lib/base/file.h"
#include "lib/base/json.h"

#define TENSOR_DIMENSIONS 8

struct tensor {
    const char *name;
    const char *type; /* "F32" ... */
    size_t shape[TENSOR_DIMENSIONS];
    size_t dimensions;
    const void *data; /* not aligned */
    size_t bytes;
};

struct safetensors {
    struct tensor *tensor; /* in the order of their data */
    size_t count;
    const json_t *metadata; /* an object of texts, or NULL */
};

/* Tensors point into `bytes`, which must live as long as they are used. */
bool safetensors_read(struct arena *arena, const void *bytes, size_t len, struct safetensors *file,
                      struct err *err) MUST_CHECK;
const struct tensor *safetensors_find(const struct safetensors *file, const char *name); /* NULL where there is none */

/* The head of a file with these tensors (data in the order given, padded so that they start at a multiple of 64), and
 * what follows it is their bytes. metadata: an object of texts; "format": "pt" is added, which `transformers` wants. */
void safetensors_head(struct buf *out, const struct tensor *tensors, size_t count, const json_t *metadata);

#endif
