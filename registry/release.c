/*
 * release: the task that ends a model's way through a run: reads the verdict, writes the provenance, and leaves the
 * record from which the completing transaction makes a model version. A refused model is registered too: it was trained
 * and paid for, and the reason it was refused is worth knowing.
 */
#include "registry/registry.h"

#include <string.h>

static bool need_input(const struct task *task, const char *role, struct digest *digest, struct err *err)
{
    const struct task_input *input = task_input(task, role, 0);
    if (!input)
        return err_set(err, ERR_INTERNAL, "registry.release has no input \"%s\"", role);
    *digest = input->digest;
    return true;
}

/* safetensors: 8 bytes of length (little-endian), then so much JSON: name -> {dtype, shape, data_offsets}. */
bool count_parameters(struct arena *arena, const struct map *weights, int64_t *parameters, struct err *err)
{
    uint64_t len = 0;
    for (size_t i = 8; i-- > 0 && weights->size >= 8;)
        len = len << 8 | (uint8_t)weights->data[i];
    if (weights->size < 8 || len > weights->size - 8)
        return err_set(err, ERR_INPUT, "the weights are no safetensors file: their header is cut off");
    json_t *header = json_read(arena, weights->data + 8, (size_t)len, err), *tensor;
    if (!header)
        return err_wrap(err, "header of the weights");
    const char *name;
    *parameters = 0;
    json_object_foreach(header, name, tensor)
    {
        json_t *size, *shape = json_object_get(tensor, "shape");
        size_t i;
        int64_t elements = 1;
        if (strcmp(name, "__metadata__") == 0)
            continue;
        if (!json_is_array(shape))
            return err_set(err, ERR_INPUT, "tensor %s of the weights has no shape", name);
        json_array_foreach(shape, i, size)
        {
            if (!json_is_integer(size) || json_integer_value(size) < 0 ||
                __builtin_mul_overflow(elements, json_integer_value(size), &elements))
                return err_set(err, ERR_INPUT, "tensor %s of the weights has an impossible shape", name);
        }
        if (__builtin_add_overflow(*parameters, elements, parameters))
            return err_set(err, ERR_INPUT, "the weights have impossible shapes");
    }
    return true;
}

/* One sentence: how many gates passed, and why the first one that did not. */
static const char *summary(struct arena *arena, const json_t *gates)
{
    size_t i, passed = 0;
    json_t *gate;
    const char *first = NULL;
    json_array_foreach(gates, i, gate)
    {
        if (json_bool_or(gate, "passed", false))
            passed++;
        else if (!first)
            first = json_text_or(gate, "reason", json_text_or(gate, "gate", "a gate"));
    }
    return arena_printf(arena, "gates %zu/%zu passed%s%s", passed, json_array_size(gates), first ? ": " : "",
                        first ? first : "");
}

static bool read_verdict(struct task *task, json_t **verdict, struct err *err)
{
    struct digest digest;
    struct map map;
    if (!need_input(task, "verdict", &digest, err) || !store_map(task->store, task->arena, &digest, &map, err))
        return false;
    *verdict = json_read(task->arena, map.data, map.size, err);
    if (!*verdict)
        return err_wrap(err, "verdict");
    if (!json_is_boolean(json_object_get(*verdict, "passed")))
        return err_set(err, ERR_INPUT, "the verdict does not say whether the model passed");
    return true;
}

bool registry_release(struct task *task, const void *config, struct err *err)
{
    const struct release *release = config;
    struct release_record *record = ARENA_NEW(task->arena, struct release_record);
    struct map weights;
    json_t *verdict = NULL;
    record->model = json_text_or(task->spec, "model", release->model);
    record->alias = release->alias;
    if (!record->model)
        return err_set(err, ERR_INTERNAL, "registry.release: its spec names no model");
    if (!need_input(task, "weights", &record->weights, err) || !need_input(task, "config", &record->config, err) ||
        !need_input(task, "tokenizer", &record->tokenizer, err) ||
        !need_input(task, "dataset", &record->dataset, err) || !read_verdict(task, &verdict, err) ||
        !store_map(task->store, task->arena, &record->weights, &weights, err) ||
        !count_parameters(task->arena, &weights, &record->parameters, err))
        return false;
    bool meant = !release->model || strcmp(release->model, record->model) == 0;
    record->released = meant && json_bool_or(verdict, "passed", false);
    record->reason = meant ? summary(task->arena, json_object_get(verdict, "gates"))
                           : arena_printf(task->arena, "not released: registry.release names %s", release->model);
    task->release = record;
    const char *text = provenance_write(task, release, verdict);
    return task_put(task, "provenance", 0, text, strlen(text), "application/vnd.in-toto+json", err);
}
