/* generate: see generate.h. Nothing can fail. */
#include "lib/nn/generate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One token at a time is too little to share. */
static const struct products alone = {.precision = PRECISION_FLOAT32};

struct generator {
    const struct transformer *transformer;
    float *keys, *values;                                          /* [layers][context][width] */
    float *stream, *norm, *branch, *qkv, *wide, *logits, *scratch; /* of one token */
    struct candidate *candidates;                                  /* [vocabulary] */
    int32_t *window;                                               /* [context]: the tokens that are in the cache */
    size_t length;                                                 /* how many */
};

struct candidate {
    int32_t token;
    float logit;
};

struct generator *generator_new(struct arena *arena, const struct transformer *transformer)
{
    const struct shape *s = &transformer->shape;
    struct generator *g = ARENA_NEW(arena, struct generator);
    g->transformer = transformer;
    g->keys = ARENA_ARRAY(arena, float, s->layers * s->context * s->width);
    g->values = ARENA_ARRAY(arena, float, s->layers * s->context * s->width);
    g->stream = ARENA_ARRAY(arena, float, s->width);
    g->norm = ARENA_ARRAY(arena, float, s->width);
    g->branch = ARENA_ARRAY(arena, float, s->width);
    g->qkv = ARENA_ARRAY(arena, float, 3 * s->width);
    g->wide = ARENA_ARRAY(arena, float, s->inner);
    g->logits = ARENA_ARRAY(arena, float, s->vocabulary);
    g->scratch = ARENA_ARRAY(arena, float, s->context);
    g->candidates = ARENA_ARRAY(arena, struct candidate, s->vocabulary);
    g->window = ARENA_ARRAY(arena, int32_t, s->context);
    return g;
}

static void norm(struct generator *g, const float *w, const float *b)
{
    float mean, rstd;
    const struct shape *s = &g->transformer->shape;
    layernorm_forward(NULL, g->norm, &mean, &rstd, g->stream, w, b, s->epsilon, 1, s->width);
}

static void layer_step(struct generator *g, size_t layer, size_t position)
{
    const struct transformer *t = g->transformer;
    const struct shape *s = &t->shape;
    const struct parameters *p = &t->parameters;
    float *keys = g->keys + layer * s->context * s->width, *cached = g->values + layer * s->context * s->width;
    norm(g, layer_place(p, t->weights, layer, NORM1_WEIGHT), layer_place(p, t->weights, layer, NORM1_BIAS));
    linear_forward(&alone, g->qkv, g->norm, layer_place(p, t->weights, layer, ATTENTION_WEIGHT),
                   layer_place(p, t->weights, layer, ATTENTION_BIAS), 1, s->width, 3 * s->width);
    memcpy(keys + position * s->width, g->qkv + s->width, s->width * sizeof *keys);
    memcpy(cached + position * s->width, g->qkv + 2 * s->width, s->width * sizeof *keys);
    attention_step(g->norm, g->qkv, keys, cached, position + 1, s->heads, s->width, g->scratch);
    linear_forward(&alone, g->branch, g->norm, layer_place(p, t->weights, layer, OUTPUT_WEIGHT),
                   layer_place(p, t->weights, layer, OUTPUT_BIAS), 1, s->width, s->width);
    residual_forward(NULL, g->stream, g->stream, g->branch, s->width);
    norm(g, layer_place(p, t->weights, layer, NORM2_WEIGHT), layer_place(p, t->weights, layer, NORM2_BIAS));
    linear_forward(&alone, g->wide, g->norm, layer_place(p, t->weights, layer, WIDEN_WEIGHT),
                   layer_place(p, t->weights, layer, WIDEN_BIAS), 1, s->width, s->inner);
    gelu_forward(NULL, g->wide, g->wide, s->inner);
    linear_forward(&alone, g->branch, g->wide, layer_place(p, t->weights, layer, NARROW_WEIGHT),
                   layer_place(p, t->weights, layer, NARROW_BIAS), 1, s->inner, s->width);
    residual_forward(NULL, g->stream, g->stream, g->branch, s->width);
}

/* Takes one more token in; its logits only where they are wanted. */
static void feed(struct generator *g, int32_t token, bool want_logits)
{
    const struct transformer *t = g->transformer;
    const struct shape *s = &t->shape;
    const float *table = model_place(&t->parameters, t->weights, TOKEN_TABLE);
    const float *positions = model_place(&t->parameters, t->weights, POSITION_TABLE);
    embedding_forward(NULL, g->stream, &token, table, positions + g->length * s->width, 1, 1, s->width);
    for (size_t layer = 0; layer < s->layers; layer++)
        layer_step(g, layer, g->length);
    g->window[g->length++] = token;
    if (!want_logits)
        return;
    norm(g, model_place(&t->parameters, t->weights, FINAL_WEIGHT), model_place(&t->parameters, t->weights, FINAL_BIAS));
    project_forward(&alone, g->logits, g->norm, table, 1, s->width, s->vocabulary);
}

/* As feed; a full window is first filled again with its newest half. */
static void feed_sliding(struct generator *g, int32_t token, bool want_logits)
{
    size_t context = g->transformer->shape.context;
    if (g->length == context) {
        size_t keep = context / 2, first = context - keep;
        g->length = 0;
        for (size_t i = 0; i < keep; i++)
            feed(g, g->window[first + i], false);
    }
    feed(g, token, want_logits);
}

static int by_logit(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    if (x->logit != y->logit)
        return x->logit > y->logit ? -1 : 1;
    return x->token < y->token ? -1 : 1;
}

static int32_t likeliest(const float *logits, size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (logits[i] > logits[best])
            best = i;
    return (int32_t)best;
}

static int32_t choose(struct generator *g, const struct sampler *sampler, struct random *random)
{
    size_t count = g->transformer->shape.vocabulary;
    struct candidate *c = g->candidates;
    double total = 0, mark;
    if (sampler->temperature <= 0)
        return likeliest(g->logits, count);
    for (size_t i = 0; i < count; i++)
        c[i] = (struct candidate){.token = (int32_t)i, .logit = g->logits[i]};
    qsort(c, count, sizeof *c, by_logit);
    if (sampler->top_k > 0 && (size_t)sampler->top_k < count)
        count = (size_t)sampler->top_k;
    for (size_t i = 0; i < count; i++)
        total += exp((double)(c[i].logit - c[0].logit) / sampler->temperature);
    mark = random_unit(random) * total;
    for (size_t i = 0; i < count; i++) {
        mark -= exp((double)(c[i].logit - c[0].logit) / sampler->temperature);
        if (mark < 0)
            return c[i].token;
    }
    return c[0].token;
}

size_t generator_run(struct generator *g, const int32_t *prompt, size_t count, const struct sampler *sampler,
                     int32_t stop, int32_t *out, size_t most)
{
    size_t context = g->transformer->shape.context, written = 0;
    size_t first = count > context ? count - context : 0;
    struct random random;
    random_init(&random, sampler->seed, RANDOM_SAMPLE, 0);
    g->length = 0;
    for (size_t i = first; i < count; i++)
        feed(g, prompt[i], i + 1 == count);
    while (written < most) {
        int32_t token = choose(g, sampler, &random);
        if (token == stop)
            break;
        out[written++] = token;
        if (written < most)
            feed_sliding(g, token, true);
    }
    return written;
}
