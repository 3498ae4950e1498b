/* Loading against faulty files, losses against logits, generation against the whole forward pass. */
#include "lib/base/mapping.h"
#include "lib/nn/model.h"
#include "lib/nn/parameters.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

#define VOCAB   61
#define CONTEXT 16

struct files {
    struct arena arena;
    struct buf config;
    struct map weights;
};

static void open_files(struct files *f)
{
    struct err err = {0};
    arena_init(&f->arena);
    buf_init(&f->config, &f->arena);
    if (!file_read(&f->arena, "tests/data/nn/gpt2.json", &f->config, &err) ||
        !file_map(&f->arena, "tests/data/nn/gpt2.safetensors", &f->weights, &err)) {
        printf("Bail out! %s\n", err.text);
        exit(1);
    }
}

static struct model *open_model(struct files *f)
{
    struct err err = {0};
    open_files(f);
    struct model *model = model_load(&f->arena, f->config.data, f->config.len, &f->weights, NULL, &err);
    if (!OK(model != NULL, "a model that transformers saved is loaded"))
        exit((printf("# %s\n", err.text), 1));
    return model;
}

static void test_losses(struct model *model)
{
    int32_t tokens[2 * 10];
    float losses[2 * 9], logits[9 * VOCAB];
    double total = 0;
    struct err err = {0};
    for (int i = 0; i < 20; i++)
        tokens[i] = i * 7 % VOCAB;
    OK(model_losses(model, tokens, 2, 9, losses, &err) && model_logits(model, tokens + 10, 9, logits, &err),
       "losses and logits are computed");
    for (size_t i = 0; i < VOCAB; i++)
        total += exp((double)logits[4 * VOCAB + i]);
    NEAR((double)losses[9 + 4], log(total) - (double)logits[4 * VOCAB + (size_t)tokens[15]], 1e-5,
         "a loss is -log softmax of the logits");
    OK(model_parameters(model) == 14776, "parameters are counted, the shared table once");
}

static void test_greedy(struct model *model)
{
    int32_t tokens[CONTEXT] = {3, 14, 15, 9}, out[8];
    float logits[CONTEXT * VOCAB];
    size_t written;
    struct err err = {0};
    OK(model_generate(model, tokens, 4, &(struct sampler){.temperature = 0}, -1, out, 8, &written, &err) &&
           written == 8,
       "eight tokens are generated");
    int wrong = 0;
    for (size_t i = 0; i < 8; i++) {
        size_t best = 0;
        wrong += !model_logits(model, tokens, 4 + i, logits, &err);
        const float *last = logits + (3 + i) * VOCAB;
        for (size_t j = 1; j < VOCAB; j++)
            best = last[j] > last[best] ? j : best;
        wrong += out[i] != (int32_t)best;
        tokens[4 + i] = out[i];
    }
    OK(wrong == 0, "the likeliest tokens with a cache are those without");
}

static void test_sampling(struct model *model)
{
    int32_t prompt[1] = {5}, a[60], b[60];
    size_t wrote_a = 0, wrote_b = 0;
    struct err err = {0};
    struct sampler sampler = {.temperature = 0.9, .top_k = 20, .seed = 4};
    OK(model_generate(model, prompt, 1, &sampler, -1, a, 60, &wrote_a, &err) &&
           model_generate(model, prompt, 1, &sampler, -1, b, 60, &wrote_b, &err) && wrote_a == 60,
       "generation goes on past the context");
    OK(wrote_a == wrote_b && memcmp(a, b, sizeof a) == 0, "the same seed gives the same tokens");
    OK(model_generate(model, prompt, 1, &sampler, a[3], b, 60, &wrote_b, &err) && wrote_b <= 3,
       "it ends at the stop token, which is not written");
    OK(!model_generate(model, prompt, 0, &sampler, -1, b, 60, &wrote_b, &err), "an empty prompt is refused");
    SAME(err.text, "a prompt needs at least one token", "and says so");
}

static void test_refuses(struct model *model)
{
    int32_t tokens[CONTEXT + 2] = {0};
    float losses[CONTEXT + 2];
    struct err err = {0};
    OK(!model_losses(model, tokens, 1, CONTEXT + 1, losses, &err), "a sequence past the context is refused");
    SAME(err.text, "a sequence of 17 tokens; the model takes 1 to 16", "and says so");
    tokens[2] = VOCAB;
    OK(!model_losses(model, tokens, 1, 4, losses, &err), "an unknown token is refused");
    SAME(err.text, "token 2 is 61; the model's vocabulary has ids from 0 to 60", "and says so");
}

static void refuse(const char *config, const struct map *weights, const char *want, const char *name)
{
    struct arena arena;
    struct err err = {0};
    arena_init(&arena);
    OK(model_load(&arena, config, strlen(config), weights, NULL, &err) == NULL && err.code == ERR_INPUT, "%s", name);
    SAME(err.text, want, "and says so");
    arena_release(&arena);
}

static void test_faulty(struct files *f)
{
    struct map none = {"", 0}, cut = {f->weights.data, f->weights.size - 4};
    const char *small = "{\"model_type\":\"gpt2\",\"n_layer\":1,\"n_head\":3,\"n_embd\":24,\"n_inner\":80,"
                        "\"n_positions\":16,\"vocab_size\":61}";
    const char *wide = "{\"model_type\":\"gpt2\",\"n_layer\":1,\"n_head\":3,\"n_embd\":24,\"n_inner\":81,"
                       "\"n_positions\":16,\"vocab_size\":61}";
    refuse(f->config.data, &none, "weights: safetensors: 0 bytes are too few for a header", "an empty file is refused");
    refuse(f->config.data, &cut,
           "weights: safetensors: transformer.wte.weight: data_offsets [53248, 59104] lie outside the 59100 bytes of "
           "data",
           "a cut file is refused");
    refuse(small, &f->weights, "weights: transformer.h.1.attn.c_attn.bias has no place in a model of this config.json",
           "superfluous tensors are refused");
    refuse(wide, &f->weights,
           "weights: transformer.h.0.mlp.c_fc.weight has another shape than config.json says: [24, 81] is wanted",
           "a wrong shape is refused");
    refuse("{\"model_type\":\"gpt2\",\"n_layer\":900,\"n_head\":3,\"n_embd\":24,\"n_positions\":16,\"vocab_size\":61}",
           &f->weights, "weights: 61672 bytes are too few for the 6503496 parameters that config.json asks for",
           "a config that asks for far more than the file holds is refused before memory is taken");
}

int main(void)
{
    struct files f;
    struct model *model = open_model(&f);
    test_losses(model);
    test_greedy(model);
    test_sampling(model);
    test_refuses(model);
    test_faulty(&f);
    arena_release(&f.arena);
    return DONE();
}
