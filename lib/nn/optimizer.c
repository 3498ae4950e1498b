/* optimizer: see optimizer.h. Nothing can fail. */
#include "lib/nn/optimizer.h"

#include <math.h>

/* Queries, keys and values are three matrices side by side, and go each by itself. */
#define MOST_SPLIT 3

static bool in_layer(size_t index)
{
    return index >= MODEL_PLACES;
}

static size_t split_of(size_t index)
{
    return (index - MODEL_PLACES) % LAYER_PLACES == ATTENTION_WEIGHT ? MOST_SPLIT : 1;
}

static void add_matrices(struct optimizer *o, const struct parameter *p, size_t split)
{
    size_t columns = p->columns / split;
    for (size_t i = 0; i < split; i++) {
        size_t at = p->at + i * columns;
        o->matrices[o->matrix_count++] = (struct muon_matrix){.weights = o->weights + at,
                                                              .momentum = o->first + at,
                                                              .gradients = o->gradients + at,
                                                              .rows = p->rows,
                                                              .columns = columns,
                                                              .stride = p->columns};
    }
    if (p->rows * columns > o->muon.rows * o->muon.columns) {
        o->muon.rows = p->rows;
        o->muon.columns = columns;
    }
}

void optimizer_use_muon(struct optimizer *o, struct arena *arena, const struct pool *pool, double momentum,
                        enum precision precision)
{
    o->method = OPTIMIZER_MUON;
    o->matrices = ARENA_ARRAY(arena, struct muon_matrix, o->parameters->count * MOST_SPLIT);
    o->muon = (struct muon){.momentum = momentum, .decay = o->decay, .precision = precision};
    for (size_t i = 0; i < o->parameters->count; i++)
        if (in_layer(i) && o->parameters->item[i].columns > 0)
            add_matrices(o, &o->parameters->item[i], split_of(i));
    o->muon.scratch = arena_alloc(arena, muon_scratch(pool, &o->muon));
}

double optimizer_norm(struct pool *pool, const struct optimizer *o)
{
    return sqrt(squares(pool, o->gradients, o->parameters->floats));
}

void optimizer_step(struct pool *pool, struct optimizer *o, double learning_rate, double norm)
{
    struct adamw adamw = {.learning_rate = learning_rate,
                          .beta1 = o->beta1,
                          .beta2 = o->beta2,
                          .epsilon = o->epsilon,
                          .scale = o->clip > 0 && norm > o->clip ? o->clip / norm : 1,
                          .step = ++o->step};
    for (size_t i = 0; i < o->parameters->count; i++) {
        const struct parameter *p = &o->parameters->item[i];
        if (o->method == OPTIMIZER_MUON && in_layer(i) && p->columns > 0)
            continue;
        adamw.decay = p->columns > 0 ? o->decay : 0;
        adamw_update(pool, o->weights + p->at, o->first + p->at, o->second + p->at, o->gradients + p->at, p->count,
                     &adamw);
    }
    if (o->method == OPTIMIZER_MUON) {
        o->muon.learning_rate = learning_rate;
        o->muon.scale = adamw.scale;
        muon_update(pool, o->matrices, o->matrix_count, &o->muon);
    }
}
