/*
 * The transformer and its optimizer against PyTorch: logits and the losses of ten steps, recorded by
 * tests/parity/nn/record.py; gradients of the whole, with dropout, against finite differences; one answer for any
 * thread count.
 */
#include "lib/base/mapping.h"
#include "lib/nn/optimizer.h"
#include "lib/nn/transformer.h"
#include "tests/unit/nn/difference.h"

#include <stdlib.h>

#define WITHIN 1e-4 /* relative */

struct fixture {
    struct arena arena;
    struct transformer *transformer;
    struct optimizer optimizer;
    json_t *recorded;
};

static void or_end(bool ok, const struct err *err)
{
    if (ok)
        return;
    printf("Bail out! %s\n", err->text);
    exit(1);
}

static float *block(struct fixture *f)
{
    return ARENA_ARRAY(&f->arena, float, f->transformer->parameters.floats);
}

/* The recorded model, ready for a step. */
static void set_up(struct fixture *f, struct pool *pool)
{
    struct err err = {0};
    struct buf config, steps;
    struct map weights;
    struct safetensors file;
    struct shape shape;
    arena_init(&f->arena);
    buf_init(&config, &f->arena);
    buf_init(&steps, &f->arena);
    or_end(file_read(&f->arena, "tests/data/nn/gpt2.json", &config, &err) &&
               file_read(&f->arena, "tests/data/nn/steps.json", &steps, &err) &&
               file_map(&f->arena, "tests/data/nn/gpt2.safetensors", &weights, &err) &&
               safetensors_read(&f->arena, weights.data, weights.size, &file, &err) &&
               config_read(&f->arena, config.data, config.len, &shape, &err),
           &err);
    f->recorded = json_read(&f->arena, steps.data, steps.len, &err);
    or_end(f->recorded != NULL, &err);
    f->transformer = transformer_new(&f->arena, &shape, pool, 3 * 12, true, PRECISION_FLOAT32);
    f->optimizer = (struct optimizer){.parameters = &f->transformer->parameters,
                                      .weights = block(f),
                                      .gradients = block(f),
                                      .first = block(f),
                                      .second = block(f),
                                      .beta1 = 0.9,
                                      .beta2 = 0.95,
                                      .epsilon = 1e-8,
                                      .decay = json_real_or(f->recorded, "decay", 0),
                                      .clip = json_real_or(f->recorded, "clip", 0)};
    f->transformer->weights = f->optimizer.weights;
    f->transformer->gradients = f->optimizer.gradients;
    or_end(parameters_load(&f->transformer->parameters, f->optimizer.weights, &file, "", &err), &err);
}

static double number(const struct fixture *f, const char *key, size_t i)
{
    return json_number_value(json_array_get(json_object_get(f->recorded, key), i));
}

#define ROWS   3
#define LENGTH 12
#define VOCAB  61

static void load_batch(const struct fixture *f, size_t step, int32_t *tokens, int32_t *targets)
{
    for (size_t row = 0; row < ROWS; row++) {
        for (size_t i = 0; i < LENGTH; i++) {
            size_t at = (step * ROWS + row) * (LENGTH + 1) + i;
            tokens[row * LENGTH + i] = (int32_t)number(f, "tokens", at);
            targets[row * LENGTH + i] = (int32_t)number(f, "tokens", at + 1);
        }
    }
}

static void check_logits(struct fixture *f, const char *key)
{
    int32_t tokens[ROWS * LENGTH], targets[ROWS * LENGTH];
    float logits[LENGTH * VOCAB];
    double worst = 0, largest = 0;
    load_batch(f, 0, tokens, targets);
    transformer_logits(f->transformer, &(struct batch){.tokens = tokens, .batch = 1, .length = LENGTH}, logits);
    for (size_t i = 0; i < LENGTH * VOCAB; i++) {
        double want = number(f, key, i);
        worst = fmax(worst, fabs((double)logits[i] - want));
        largest = fmax(largest, fabs(want));
    }
    OK(worst < WITHIN * largest, "%s agree with PyTorch's: %.1e of %.1f", key, worst, largest);
}

/* The recording script's schedule. */
static double rate(const struct fixture *f, int step)
{
    double highest = json_real_or(f->recorded, "rate", 0), last = json_real_or(f->recorded, "final", 0);
    double warmup = json_real_or(f->recorded, "warmup", 0), steps = json_real_or(f->recorded, "steps", 0);
    if (step < warmup)
        return highest * (step + 1) / warmup;
    return highest * last + highest * (1 - last) * 0.5 * (1 + cos(M_PI * (step - warmup) / (steps - warmup)));
}

static double one_step(struct fixture *f, int step, double *norm)
{
    int32_t tokens[ROWS * LENGTH], targets[ROWS * LENGTH];
    float losses[ROWS * LENGTH];
    double sum = 0;
    load_batch(f, (size_t)step, tokens, targets);
    memset(f->optimizer.gradients, 0, f->optimizer.parameters->floats * sizeof(float));
    transformer_train(f->transformer,
                      &(struct batch){.tokens = tokens, .targets = targets, .batch = ROWS, .length = LENGTH},
                      1.0 / (ROWS * LENGTH), losses);
    *norm = optimizer_norm(f->transformer->pool, &f->optimizer);
    optimizer_step(f->transformer->pool, &f->optimizer, rate(f, step), *norm);
    for (size_t i = 0; i < ROWS * LENGTH; i++)
        sum += (double)losses[i];
    return sum / (ROWS * LENGTH);
}

static void test_recorded(void)
{
    struct fixture f;
    set_up(&f, NULL);
    printf("# recorded by %s\n", json_text_or(f.recorded, "by", "?"));
    check_logits(&f, "logits_before");
    for (int step = 0; step < 10; step++) {
        double norm, loss = one_step(&f, step, &norm);
        double want = number(&f, "losses", (size_t)step), want_norm = number(&f, "norms", (size_t)step);
        OK(fabs(loss - want) < WITHIN * want, "loss of step %d: %.7f, PyTorch %.7f", step, loss, want);
        OK(fabs(norm - want_norm) < WITHIN * want_norm, "gradient norm: %.6f, PyTorch %.6f", norm, want_norm);
    }
    check_logits(&f, "logits_after");
    arena_release(&f.arena);
}

static void test_threads(void)
{
    struct fixture f[2];
    double norm;
    for (int i = 0; i < 2; i++) {
        struct pool *pool = pool_new(i == 0 ? 1 : 3);
        set_up(&f[i], pool);
        for (int step = 0; step < 3; step++)
            one_step(&f[i], step, &norm);
        pool_free(pool);
    }
    OK(memcmp(f[0].optimizer.weights, f[1].optimizer.weights, f[0].optimizer.parameters->floats * sizeof(float)) == 0,
       "three threads give the weights of one, to the bit");
    arena_release(&f[0].arena);
    arena_release(&f[1].arena);
}

struct whole {
    struct fixture *fixture;
    struct batch batch;
};

static double whole_loss(void *ctx)
{
    struct whole *w = ctx;
    float losses[ROWS * LENGTH];
    double sum = 0;
    transformer_losses(w->fixture->transformer, &w->batch, losses);
    for (size_t i = 0; i < ROWS * LENGTH; i++)
        sum += (double)losses[i];
    return sum;
}

/* A few gradients of every tensor. */
static void test_gradients(double dropout, const char *name)
{
    struct fixture f;
    int32_t tokens[ROWS * LENGTH], targets[ROWS * LENGTH];
    float losses[ROWS * LENGTH];
    double worst = 0;
    size_t checked = 0;
    set_up(&f, NULL);
    load_batch(&f, 0, tokens, targets);
    struct whole w = {&f, {.tokens = tokens, .targets = targets, .batch = ROWS, .length = LENGTH}};
    w.batch.dropout = (struct dropout){.rate = dropout, .seed = 3, .step = 9};
    transformer_train(f.transformer, &w.batch, 1, losses);
    for (size_t i = 0; i < f.optimizer.parameters->count; i++) {
        const struct parameter *p = &f.optimizer.parameters->item[i];
        for (size_t j = 0; j < p->count; j += p->count / 5 + 1, checked++) {
            double slope = difference_slope(whole_loss, &w, f.optimizer.weights + p->at + j, 0.01f);
            worst = fmax(worst, fabs(slope - (double)f.optimizer.gradients[p->at + j]) / (1 + fabs(slope)));
        }
    }
    OK(checked > 100 && worst < 3e-3, "%s: %zu gradients of all tensors, worst %.1e off", name, checked, worst);
    arena_release(&f.arena);
}

int main(void)
{
    test_recorded();
    test_threads();
    test_gradients(0, "the whole agrees with finite differences");
    test_gradients(0.2, "with dropout it does too");
    return DONE();
}
