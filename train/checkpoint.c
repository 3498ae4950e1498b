/*
 * checkpoint: see checkpoint.h. Blocks are told apart by the prefix of their tensors' names; the state stands in the
 * metadata, numbers with a fraction in hexadecimal so that they come back exactly.
 */
#include "train/checkpoint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCKS 4

struct block_name {
    const char *prefix;
    float *block; /* NULL: this training has none */
};

static void block_names(const struct trainer *t, struct block_name names[BLOCKS])
{
    names[0] = (struct block_name){"", t->optimizer.weights};
    names[1] = (struct block_name){"first.", t->optimizer.first};
    names[2] = (struct block_name){"second.", t->optimizer.second};
    names[3] = (struct block_name){"best.", t->best};
}

/* A field of the state and its name in the metadata; exactly one of the places is set. */
struct field {
    const char *name;
    int64_t *whole;
    double *real;
};
#define FIELDS 11

static void state_fields(struct trainer_state *s, struct field fields[FIELDS])
{
    const struct field all[FIELDS] = {{"step", &s->step, NULL},
                                      {"updates", &s->updates, NULL},
                                      {"spikes", &s->spikes, NULL},
                                      {"skipped", &s->skipped, NULL},
                                      {"mean_loss", NULL, &s->mean_loss},
                                      {"sum_loss", NULL, &s->sum_loss},
                                      {"sum_steps", &s->sum_steps, NULL},
                                      {"validation_loss", NULL, &s->validation_loss},
                                      {"best_loss", NULL, &s->best_loss},
                                      {"since_best", &s->since_best, NULL},
                                      {"unvalidated", &s->unvalidated, NULL}};
    memcpy(fields, all, sizeof all);
}

static json_t *state_metadata(const struct trainer *t, struct arena *arena)
{
    struct trainer_state state = t->state;
    struct field fields[FIELDS];
    json_t *metadata = json_keep(arena, json_object());
    state_fields(&state, fields);
    for (size_t i = 0; i < FIELDS; i++) {
        const char *text = fields[i].whole != NULL ? arena_printf(arena, "%lld", (long long)*fields[i].whole)
                                                   : arena_printf(arena, "%a", *fields[i].real);
        json_object_set_new(metadata, fields[i].name, json_string(text));
    }
    return metadata;
}

static bool write_file(const struct store *store, struct arena *arena, const struct tensor *tensors, size_t count,
                       const json_t *metadata, struct digest *digest, int64_t *bytes, struct err *err)
{
    struct buf head;
    struct store_file *file = store_create(store, arena, err);
    if (file == NULL)
        return false;
    buf_init(&head, arena);
    safetensors_head(&head, tensors, count, metadata);
    if (!store_write(file, head.data, head.len, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!store_write(file, tensors[i].data, tensors[i].bytes, err))
            return false;
    return store_keep(file, digest, bytes, err);
}

bool checkpoint_write(const struct trainer *t, const struct store *store, struct digest *digest, int64_t *bytes,
                      struct err *err)
{
    const struct parameters *p = &t->transformer->parameters;
    struct block_name names[BLOCKS];
    struct arena arena;
    size_t count = 0;
    arena_init(&arena);
    struct tensor *tensors = ARENA_ARRAY(&arena, struct tensor, BLOCKS * p->count);
    block_names(t, names);
    for (size_t i = 0; i < BLOCKS; i++) {
        if (names[i].block == NULL)
            continue;
        parameters_describe(p, &arena, names[i].block, names[i].prefix, tensors + count);
        count += p->count;
    }
    bool ok = write_file(store, &arena, tensors, count, state_metadata(t, &arena), digest, bytes, err);
    arena_release(&arena);
    return ok || err_wrap(err, "checkpoint at step %lld", (long long)t->state.step);
}

static bool read_state(struct trainer *t, const json_t *metadata, struct err *err)
{
    struct field fields[FIELDS];
    state_fields(&t->state, fields);
    for (size_t i = 0; i < FIELDS; i++) {
        bool later = fields[i].whole == &t->state.unvalidated; /* older checkpoints do without */
        const char *text = json_text_or(metadata, fields[i].name, later ? "0" : "");
        char *end;
        if (fields[i].whole != NULL)
            *fields[i].whole = strtoll(text, &end, 10);
        else
            *fields[i].real = strtod(text, &end);
        if (end == text || *end != '\0')
            return err_set(err, ERR_INPUT, "%s is \"%s\", not a number", fields[i].name, text);
    }
    if (t->state.step < 0 || t->state.step > t->steps || t->state.updates < 0 || t->state.updates > t->state.step)
        return err_set(err, ERR_INPUT, "step %lld of %lld cannot be", (long long)t->state.step, (long long)t->steps);
    return true;
}

static bool read_file(struct trainer *t, const struct store *store, struct arena *arena, const struct digest *digest,
                      struct err *err)
{
    struct block_name names[BLOCKS];
    struct safetensors file;
    struct map map;
    if (!store_map(store, arena, digest, &map, err) || !safetensors_read(arena, map.data, map.size, &file, err))
        return false;
    block_names(t, names);
    for (size_t i = 0; i < BLOCKS; i++)
        if (names[i].block != NULL &&
            !parameters_load(&t->transformer->parameters, names[i].block, &file, names[i].prefix, err))
            return false;
    return read_state(t, file.metadata, err);
}

bool checkpoint_read(struct trainer *t, const struct store *store, const struct digest *digest, struct err *err)
{
    struct arena arena;
    arena_init(&arena);
    bool ok = read_file(t, store, &arena, digest, err);
    arena_release(&arena);
    return ok || err_wrap(err, "checkpoint");
}

bool weights_write(const struct trainer *t, const struct store *store, struct digest *digest, int64_t *bytes,
                   struct err *err)
{
    const struct parameters *p = &t->transformer->parameters;
    struct arena arena;
    arena_init(&arena);
    struct tensor *tensors = ARENA_ARRAY(&arena, struct tensor, p->count);
    parameters_describe(p, &arena, trainer_result(t), "", tensors);
    bool ok = write_file(store, &arena, tensors, p->count, NULL, digest, bytes, err);
    arena_release(&arena);
    return ok || err_wrap(err, "weights");
}
