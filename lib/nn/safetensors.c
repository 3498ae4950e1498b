/* safetensors: see safetensors.h. */
#include "lib/nn/safetensors.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_MOST  (100u * 1000 * 1000)
#define HEADER_ALIGN 64

static const struct {
    const char *name;
    size_t bytes;
} types[] = {{"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I64", 8}, {"I32", 4}, {"I16", 2},
             {"I8", 1},  {"U64", 8}, {"U32", 4}, {"U16", 2},  {"U8", 1},  {"BOOL", 1}};

static size_t type_bytes(const char *type)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i].name, type) == 0)
            return types[i].bytes;
    return 0;
}

/* The product of type and shape, or SIZE_MAX where it does not fit. */
static bool tensor_shape(const json_t *entry, struct tensor *t, struct err *err)
{
    const json_t *shape = json_object_get(entry, "shape");
    size_t unit;
    t->type = json_text_or(entry, "dtype", "");
    unit = type_bytes(t->type);
    if (unit == 0)
        return err_set(err, ERR_INPUT, "unknown dtype \"%s\"", t->type);
    if (!json_is_array(shape) || json_array_size(shape) > TENSOR_DIMENSIONS)
        return err_set(err, ERR_INPUT, "shape is not a list of at most %d numbers", TENSOR_DIMENSIONS);
    t->dimensions = json_array_size(shape);
    t->bytes = unit;
    for (size_t i = 0; i < t->dimensions; i++) {
        const json_t *size = json_array_get(shape, i);
        json_int_t value = json_is_integer(size) ? json_integer_value(size) : -1;
        if (value < 0)
            return err_set(err, ERR_INPUT, "shape holds something that is no size");
        t->shape[i] = (size_t)value;
        if (__builtin_mul_overflow(t->bytes, t->shape[i], &t->bytes))
            return err_set(err, ERR_INPUT, "shape is too large");
    }
    return true;
}

static bool tensor_range(const json_t *entry, struct tensor *t, const char *data, size_t size, struct err *err)
{
    const json_t *range = json_object_get(entry, "data_offsets");
    const json_t *from = json_array_get(range, 0), *to = json_array_get(range, 1);
    if (json_array_size(range) != 2 || !json_is_integer(from) || !json_is_integer(to))
        return err_set(err, ERR_INPUT, "data_offsets is not a pair of numbers");
    json_int_t begin = json_integer_value(from), end = json_integer_value(to);
    if (begin < 0 || end < begin || (uint64_t)end > size)
        return err_set(err, ERR_INPUT, "data_offsets [%lld, %lld] lie outside the %zu bytes of data", (long long)begin,
                       (long long)end, size);
    if ((uint64_t)(end - begin) != t->bytes)
        return err_set(err, ERR_INPUT, "has %lld bytes where its shape needs %zu", (long long)(end - begin), t->bytes);
    t->data = data + begin;
    return true;
}

static int by_place(const void *a, const void *b)
{
    const struct tensor *x = a, *y = b;
    if (x->data != y->data)
        return (const char *)x->data < (const char *)y->data ? -1 : 1;
    return x->bytes < y->bytes ? -1 : x->bytes > y->bytes;
}

/* Tensors must cover the data from first byte to last. */
static bool covered(const struct safetensors *file, const char *data, size_t size, struct err *err)
{
    const char *at = data;
    for (size_t i = 0; i < file->count; i++) {
        if ((const char *)file->tensor[i].data != at)
            return err_set(err, ERR_INPUT, "%s: its data overlap or leave a hole before them", file->tensor[i].name);
        at += file->tensor[i].bytes;
    }
    if (at != data + size)
        return err_set(err, ERR_INPUT, "%zu bytes at the end belong to no tensor", (size_t)(data + size - at));
    return true;
}

static bool check_metadata(const json_t *metadata, struct err *err)
{
    const char *key;
    json_t *value;
    if (!json_is_object(metadata))
        return err_set(err, ERR_INPUT, "__metadata__ is not an object");
    json_object_foreach((json_t *)(uintptr_t)metadata, key, value)
    {
        if (!json_is_string(value))
            return err_set(err, ERR_INPUT, "__metadata__.%s is not a text", key);
    }
    return true;
}

static bool read_entries(struct arena *arena, const json_t *header, const char *data, size_t size,
                         struct safetensors *file, struct err *err)
{
    const char *key;
    json_t *entry;
    *file = (struct safetensors){.tensor = ARENA_ARRAY(arena, struct tensor, json_object_size(header))};
    json_object_foreach((json_t *)(uintptr_t)header, key, entry)
    {
        struct tensor *t = &file->tensor[file->count];
        if (strcmp(key, "__metadata__") == 0) {
            if (!check_metadata(entry, err))
                return false;
            file->metadata = entry;
            continue;
        }
        t->name = key;
        if (!json_is_object(entry))
            return err_set(err, ERR_INPUT, "%s: not an object", key);
        if (!tensor_shape(entry, t, err) || !tensor_range(entry, t, data, size, err))
            return err_wrap(err, "%s", key);
        file->count++;
    }
    qsort(file->tensor, file->count, sizeof *file->tensor, by_place);
    return covered(file, data, size, err);
}

bool safetensors_read(struct arena *arena, const void *bytes, size_t len, struct safetensors *file, struct err *err)
{
    const unsigned char *byte = bytes;
    uint64_t size = 0;
    if (len < 8)
        return err_set(err, ERR_INPUT, "safetensors: %zu bytes are too few for a header", len);
    for (int i = 7; i >= 0; i--)
        size = size << 8 | byte[i];
    if (size > HEADER_MOST || size > len - 8)
        return err_set(err, ERR_INPUT, "safetensors: the header's length %llu does not fit a file of %zu bytes",
                       (unsigned long long)size, len);
    if (size == 0 || byte[8] != '{')
        return err_set(err, ERR_INPUT, "safetensors: the header is not a JSON object");
    const char *text = (const char *)bytes + 8;
    const json_t *header = json_read(arena, text, (size_t)size, err);
    if (header == NULL || !read_entries(arena, header, text + size, len - 8 - (size_t)size, file, err))
        return err_wrap(err, "safetensors");
    return true;
}

const struct tensor *safetensors_find(const struct safetensors *file, const char *name)
{
    for (size_t i = 0; i < file->count; i++)
        if (strcmp(file->tensor[i].name, name) == 0)
            return &file->tensor[i];
    return NULL;
}

static void head_metadata(struct buf *out, const json_t *metadata)
{
    const char *key;
    json_t *value;
    buf_text(out, "{\"__metadata__\":{\"format\":\"pt\"");
    json_object_foreach((json_t *)(uintptr_t)metadata, key, value)
    {
        const char *text = json_string_value(value);
        buf_char(out, ',');
        buf_json(out, key, strlen(key));
        buf_char(out, ':');
        buf_json(out, text, strlen(text));
    }
    buf_char(out, '}');
}

void safetensors_head(struct buf *out, const struct tensor *tensors, size_t count, const json_t *metadata)
{
    size_t start = out->len, offset = 0;
    buf_add(out, "\0\0\0\0\0\0\0\0", 8);
    head_metadata(out, metadata);
    for (size_t i = 0; i < count; i++) {
        buf_char(out, ',');
        buf_json(out, tensors[i].name, strlen(tensors[i].name));
        buf_printf(out, ":{\"dtype\":\"%s\",\"shape\":[", tensors[i].type);
        for (size_t j = 0; j < tensors[i].dimensions; j++)
            buf_printf(out, "%s%zu", j > 0 ? "," : "", tensors[i].shape[j]);
        buf_printf(out, "],\"data_offsets\":[%zu,%zu]}", offset, offset + tensors[i].bytes);
        offset += tensors[i].bytes;
    }
    buf_char(out, '}');
    while ((out->len - start) % HEADER_ALIGN != 0)
        buf_char(out, ' ');
    uint64_t size = out->len - start - 8;
    for (int i = 0; i < 8; i++)
        out->data[start + (size_t)i] = (char)(size >> (8 * i) & 0xff);
}
