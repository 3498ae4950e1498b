/* config.json: written and read again; what would change the numbers is refused. */
#include "lib/nn/config.h"
#include "tests/unit/tap.h"

#define SIZES "\"n_layer\":2,\"n_head\":2,\"n_embd\":8,\"n_positions\":16,\"vocab_size\":50"

static void refuse(struct arena *arena, const char *text, const char *want)
{
    struct err err = {0};
    struct shape shape;
    OK(!config_read(arena, text, strlen(text), &shape, &err) && err.code == ERR_INPUT, "refused: %s", want);
    SAME(err.text, want, "and says so");
}

static void test_round_trip(struct arena *arena)
{
    struct err err = {0};
    struct shape shape = {.layers = 3, .heads = 2, .width = 8, .inner = 20, .context = 16, .vocabulary = 50}, again;
    shape.epsilon = 1e-5;
    char *text = config_write(arena, &shape, 0.1, 7);
    OK(config_read(arena, text, strlen(text), &again, &err), "what is written is read");
    OK(again.layers == 3 && again.heads == 2 && again.width == 8 && again.inner == 20 && again.context == 16 &&
           again.vocabulary == 50 && again.epsilon == 1e-5,
       "with the same shape");
    OK(strstr(text, "\"architectures\":[\"GPT2LMHeadModel\"]") != NULL && strstr(text, "\"eos_token_id\":7") != NULL,
       "transformers finds class and end of text");
    const char *bare = "{\"model_type\":\"gpt2\",\"n_inner\":null," SIZES "}";
    OK(config_read(arena, bare, strlen(bare), &again, &err) && again.inner == 32, "n_inner null is four times n_embd");
}

int main(void)
{
    struct arena arena;
    arena_init(&arena);
    test_round_trip(&arena);
    refuse(&arena, "[]", "config.json: not an object");
    refuse(&arena, "{" SIZES "}", "config.json: no model_type");
    refuse(&arena, "{\"model_type\":\"bert\"," SIZES "}",
           "config.json: model_type is \"bert\"; only \"gpt2\" is supported");
    refuse(&arena, "{\"model_type\":\"gpt2\",\"activation_function\":\"relu\"," SIZES "}",
           "config.json: activation_function is \"relu\"; only \"gelu_new\" is supported");
    refuse(&arena, "{\"model_type\":\"gpt2\",\"tie_word_embeddings\":false," SIZES "}",
           "config.json: tie_word_embeddings is false; only true is supported");
    refuse(&arena,
           "{\"model_type\":\"gpt2\",\"n_layer\":2,\"n_head\":3,\"n_embd\":8,\"n_positions\":16,\"vocab_size\":50}",
           "config.json: n_embd 8 is not a multiple of n_head 3");
    refuse(&arena,
           "{\"model_type\":\"gpt2\",\"n_layer\":-1,\"n_head\":2,\"n_embd\":8,\"n_positions\":16,\"vocab_size\":50}",
           "config.json: n_layer is 0; it must be from 1 to 1000");
    refuse(&arena,
           "{\"model_type\":\"gpt2\",\"n_layer\":1,\"n_head\":2,\"n_embd\":8,\"n_positions\":99999999999,"
           "\"vocab_size\":50}",
           "config.json: n_positions is 99999999999; it must be from 1 to 16777216");
    arena_release(&arena);
    return DONE();
}
