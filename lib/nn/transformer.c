/* transformer: see transformer.h. Nothing can fail after transformer_new. */
#include "lib/nn/transformer.h"

#include <string.h>

enum dropout_site { SITE_EMBEDDING, SITE_ATTENTION, SITE_OUTPUT, SITE_NARROW, SITES };

static float *values(struct arena *arena, size_t count)
{
    return ARENA_ARRAY(arena, float, count);
}

static void plan_norm(struct layer_values *v, struct arena *arena, size_t rows, size_t width)
{
    v->input = values(arena, rows * width);
    v->norm1 = values(arena, rows * width);
    v->mean1 = values(arena, rows);
    v->rstd1 = values(arena, rows);
}

static void plan_layer(struct layer_values *v, struct arena *arena, const struct shape *s, size_t rows)
{
    plan_norm(v, arena, rows, s->width);
    v->qkv = values(arena, rows * 3 * s->width);
    v->lse = values(arena, rows * s->heads);
    v->attended = values(arena, rows * s->width);
    v->middle = values(arena, rows * s->width);
    v->norm2 = values(arena, rows * s->width);
    v->mean2 = values(arena, rows);
    v->rstd2 = values(arena, rows);
    v->wide = values(arena, rows * s->inner);
    v->active = values(arena, rows * s->inner);
}

static void plan_gradients(struct transformer *t, struct arena *arena, size_t rows)
{
    t->dstream = values(arena, rows * t->shape.width);
    t->dbranch = values(arena, rows * t->shape.width);
    t->dqkv = values(arena, rows * 3 * t->shape.width);
    t->dwide = values(arena, rows * t->shape.inner);
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* The largest right sides: a batch's gradients over its rows, and the table of tokens. */
static void plan_products(struct transformer *t, struct arena *arena, enum precision precision)
{
    const struct shape *s = &t->shape;
    size_t widest = larger(3 * s->width, s->inner), runs = t->most_rows < LOGIT_ROWS ? t->most_rows : LOGIT_ROWS;
    size_t bytes = products_scratch(t->pool, precision, widest, larger(t->most_rows, widest));
    bytes = larger(bytes, products_scratch(t->pool, precision, s->vocabulary, s->width));
    bytes = larger(bytes, products_scratch(t->pool, precision, s->width, larger(s->vocabulary, runs)));
    t->products = (struct products){.pool = t->pool, .precision = precision, .scratch = arena_alloc(arena, bytes)};
}

struct transformer *transformer_new(struct arena *arena, const struct shape *shape, struct pool *pool, size_t rows,
                                    bool training, enum precision precision)
{
    struct transformer *t = ARENA_NEW(arena, struct transformer);
    ops_init();
    t->shape = *shape;
    t->pool = pool;
    t->training = training;
    t->most_rows = rows;
    parameters_plan(&t->parameters, arena, shape);
    t->layer = ARENA_ARRAY(arena, struct layer_values, shape->layers);
    for (size_t i = 0; i < shape->layers; i++) {
        if (i == 0 || training)
            plan_layer(&t->layer[i], arena, shape, rows);
        else
            t->layer[i] = t->layer[0];
    }
    plan_products(t, arena, precision);
    plan_norm(&t->last, arena, rows, shape->width);
    t->branch = values(arena, rows * shape->width);
    t->logits = values(arena, (rows < LOGIT_ROWS ? rows : LOGIT_ROWS) * shape->vocabulary);
    t->scratch = arena_alloc(arena, attention_scratch(pool, &(struct attention){.length = shape->context,
                                                                                .heads = shape->heads,
                                                                                .width = shape->width,
                                                                                .precision = precision}));
    if (training)
        plan_gradients(t, arena, rows);
    return t;
}

static const float *weight(const struct transformer *t, size_t layer, enum parameter_place place)
{
    return layer_place(&t->parameters, t->weights, layer, place);
}

static float *gradient(const struct transformer *t, size_t layer, enum parameter_place place)
{
    return layer_place(&t->parameters, t->gradients, layer, place);
}

static struct dropout dropout_at(const struct batch *b, size_t layer, enum dropout_site site)
{
    struct dropout dropout = b->dropout;
    dropout.site = (uint32_t)(layer * SITES + (size_t)site);
    return dropout;
}

static struct attention attention_at(const struct transformer *t, const struct batch *b, size_t layer)
{
    return (struct attention){.batch = b->batch,
                              .length = b->length,
                              .heads = t->shape.heads,
                              .width = t->shape.width,
                              .dropout = dropout_at(b, layer, SITE_ATTENTION),
                              .precision = t->products.precision,
                              .scratch = t->scratch};
}

/* stream + dropout(branch) -> out */
static void join(struct transformer *t, float *out, const float *stream, const struct dropout *dropout, size_t rows)
{
    dropout_apply(t->pool, t->branch, t->branch, dropout, rows, t->shape.width);
    residual_forward(t->pool, out, stream, t->branch, rows * t->shape.width);
}

static void attend_forward(struct transformer *t, const struct batch *b, size_t layer)
{
    const struct layer_values *v = &t->layer[layer];
    size_t rows = b->batch * b->length, width = t->shape.width;
    struct attention attention = attention_at(t, b, layer);
    struct dropout dropout = dropout_at(b, layer, SITE_OUTPUT);
    layernorm_forward(t->pool, v->norm1, v->mean1, v->rstd1, v->input, weight(t, layer, NORM1_WEIGHT),
                      weight(t, layer, NORM1_BIAS), t->shape.epsilon, rows, width);
    linear_forward(&t->products, v->qkv, v->norm1, weight(t, layer, ATTENTION_WEIGHT), weight(t, layer, ATTENTION_BIAS),
                   rows, width, 3 * width);
    attention_forward(t->pool, v->attended, v->lse, v->qkv, &attention);
    linear_forward(&t->products, t->branch, v->attended, weight(t, layer, OUTPUT_WEIGHT), weight(t, layer, OUTPUT_BIAS),
                   rows, width, width);
    join(t, v->middle, v->input, &dropout, rows);
}

static void attend_backward(struct transformer *t, const struct batch *b, size_t layer)
{
    const struct layer_values *v = &t->layer[layer];
    size_t rows = b->batch * b->length, width = t->shape.width;
    struct attention attention = attention_at(t, b, layer);
    struct dropout dropout = dropout_at(b, layer, SITE_OUTPUT);
    const float *dout = t->dstream;
    if (dropout.rate > 0) {
        dropout_apply(t->pool, t->branch, t->dstream, &dropout, rows, width);
        dout = t->branch;
    }
    linear_backward(&t->products, t->dbranch, gradient(t, layer, OUTPUT_WEIGHT), gradient(t, layer, OUTPUT_BIAS), dout,
                    v->attended, weight(t, layer, OUTPUT_WEIGHT), rows, width, width);
    attention_backward(t->pool, t->dqkv, t->dbranch, v->qkv, v->lse, &attention);
    linear_backward(&t->products, t->dbranch, gradient(t, layer, ATTENTION_WEIGHT), gradient(t, layer, ATTENTION_BIAS),
                    t->dqkv, v->norm1, weight(t, layer, ATTENTION_WEIGHT), rows, width, 3 * width);
    layernorm_backward(t->pool, t->dstream, gradient(t, layer, NORM1_WEIGHT), gradient(t, layer, NORM1_BIAS),
                       t->dbranch, v->input, weight(t, layer, NORM1_WEIGHT), v->mean1, v->rstd1, rows, width);
}

static void feed_forward(struct transformer *t, const struct batch *b, size_t layer, float *out)
{
    const struct layer_values *v = &t->layer[layer];
    size_t rows = b->batch * b->length, width = t->shape.width, inner = t->shape.inner;
    struct dropout dropout = dropout_at(b, layer, SITE_NARROW);
    layernorm_forward(t->pool, v->norm2, v->mean2, v->rstd2, v->middle, weight(t, layer, NORM2_WEIGHT),
                      weight(t, layer, NORM2_BIAS), t->shape.epsilon, rows, width);
    linear_forward(&t->products, v->wide, v->norm2, weight(t, layer, WIDEN_WEIGHT), weight(t, layer, WIDEN_BIAS), rows,
                   width, inner);
    gelu_forward(t->pool, v->active, v->wide, rows * inner);
    linear_forward(&t->products, t->branch, v->active, weight(t, layer, NARROW_WEIGHT), weight(t, layer, NARROW_BIAS),
                   rows, inner, width);
    join(t, out, v->middle, &dropout, rows);
}

static void feed_backward(struct transformer *t, const struct batch *b, size_t layer)
{
    const struct layer_values *v = &t->layer[layer];
    size_t rows = b->batch * b->length, width = t->shape.width, inner = t->shape.inner;
    struct dropout dropout = dropout_at(b, layer, SITE_NARROW);
    const float *dout = t->dstream;
    if (dropout.rate > 0) {
        dropout_apply(t->pool, t->branch, t->dstream, &dropout, rows, width);
        dout = t->branch;
    }
    linear_backward(&t->products, t->dwide, gradient(t, layer, NARROW_WEIGHT), gradient(t, layer, NARROW_BIAS), dout,
                    v->active, weight(t, layer, NARROW_WEIGHT), rows, inner, width);
    gelu_backward(t->pool, t->dwide, t->dwide, v->wide, rows * inner);
    linear_backward(&t->products, t->dbranch, gradient(t, layer, WIDEN_WEIGHT), gradient(t, layer, WIDEN_BIAS),
                    t->dwide, v->norm2, weight(t, layer, WIDEN_WEIGHT), rows, width, inner);
    layernorm_backward(t->pool, t->dstream, gradient(t, layer, NORM2_WEIGHT), gradient(t, layer, NORM2_BIAS),
                       t->dbranch, v->middle, weight(t, layer, NORM2_WEIGHT), v->mean2, v->rstd2, rows, width);
}

/* Everything up to the final norm. */
static void stream_forward(struct transformer *t, const struct batch *b)
{
    size_t rows = b->batch * b->length, width = t->shape.width, layers = t->shape.layers;
    struct dropout dropout = dropout_at(b, layers, SITE_EMBEDDING);
    embedding_forward(t->pool, t->layer[0].input, b->tokens, model_place(&t->parameters, t->weights, TOKEN_TABLE),
                      model_place(&t->parameters, t->weights, POSITION_TABLE), rows, b->length, width);
    dropout_apply(t->pool, t->layer[0].input, t->layer[0].input, &dropout, rows, width);
    for (size_t layer = 0; layer < layers; layer++) {
        attend_forward(t, b, layer);
        feed_forward(t, b, layer, layer + 1 < layers ? t->layer[layer + 1].input : t->last.input);
    }
    layernorm_forward(t->pool, t->last.norm1, t->last.mean1, t->last.rstd1, t->last.input,
                      model_place(&t->parameters, t->weights, FINAL_WEIGHT),
                      model_place(&t->parameters, t->weights, FINAL_BIAS), t->shape.epsilon, rows, width);
}

static void stream_backward(struct transformer *t, const struct batch *b)
{
    size_t rows = b->batch * b->length, width = t->shape.width;
    struct dropout dropout = dropout_at(b, t->shape.layers, SITE_EMBEDDING);
    memset(t->dstream, 0, rows * width * sizeof *t->dstream);
    layernorm_backward(t->pool, t->dstream, model_place(&t->parameters, t->gradients, FINAL_WEIGHT),
                       model_place(&t->parameters, t->gradients, FINAL_BIAS), t->dbranch, t->last.input,
                       model_place(&t->parameters, t->weights, FINAL_WEIGHT), t->last.mean1, t->last.rstd1, rows,
                       width);
    for (size_t layer = t->shape.layers; layer-- > 0;) {
        feed_backward(t, b, layer);
        attend_backward(t, b, layer);
    }
    dropout_apply(t->pool, t->dstream, t->dstream, &dropout, rows, width);
    embedding_backward(t->pool, model_place(&t->parameters, t->gradients, TOKEN_TABLE),
                       model_place(&t->parameters, t->gradients, POSITION_TABLE), t->dstream, b->tokens, rows,
                       b->length, width);
}

static void head_rows(struct transformer *t, float *logits, size_t first, size_t rows)
{
    project_forward(&t->products, logits, t->last.norm1 + first * t->shape.width,
                    model_place(&t->parameters, t->weights, TOKEN_TABLE), rows, t->shape.width, t->shape.vocabulary);
}

static size_t run_rows(size_t rows, size_t first)
{
    return rows - first < LOGIT_ROWS ? rows - first : LOGIT_ROWS;
}

void transformer_losses(struct transformer *t, const struct batch *b, float *losses)
{
    size_t rows = b->batch * b->length;
    stream_forward(t, b);
    for (size_t first = 0; first < rows; first += LOGIT_ROWS) {
        size_t count = run_rows(rows, first);
        head_rows(t, t->logits, first, count);
        cross_entropy_forward(t->pool, losses + first, t->logits, b->targets + first, count, t->shape.vocabulary);
    }
}

void transformer_train(struct transformer *t, const struct batch *b, double scale, float *losses)
{
    size_t rows = b->batch * b->length, width = t->shape.width, vocabulary = t->shape.vocabulary;
    if (!t->training)
        BUG("a transformer that was made for inference cannot train");
    stream_forward(t, b);
    for (size_t first = 0; first < rows; first += LOGIT_ROWS) {
        size_t count = run_rows(rows, first);
        head_rows(t, t->logits, first, count);
        cross_entropy_backward(t->pool, losses + first, t->logits, b->targets + first, scale, count, vocabulary);
        project_backward(&t->products, t->dbranch + first * width,
                         model_place(&t->parameters, t->gradients, TOKEN_TABLE), t->logits,
                         t->last.norm1 + first * width, model_place(&t->parameters, t->weights, TOKEN_TABLE), count,
                         width, vocabulary);
    }
    stream_backward(t, b);
}

void transformer_logits(struct transformer *t, const struct batch *b, float *logits)
{
    stream_forward(t, b);
    head_rows(t, logits, 0, b->batch * b->length);
}
