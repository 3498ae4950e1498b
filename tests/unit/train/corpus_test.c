/* The order of windows: every one once an epoch, by seed and place only; reading across shards. */
#include "train/corpus.h"

#include "tests/unit/train/fixture.h"

static void open_corpus(struct fixture *f, struct corpus *corpus)
{
    struct err err = {0};
    set_up(f);
    or_end(corpus_open(corpus, &f->task, "train_bin", "train_idx", 257, &err), &err);
}

static void test_reads(struct fixture *f, const struct corpus *corpus)
{
    int32_t *ids = ARENA_ARRAY(&f->arena, int32_t, (size_t)corpus->tokens);
    int32_t one, wrong = 0;
    corpus_read(corpus, 0, corpus->tokens, ids);
    for (int64_t i = 0; i < corpus->tokens; i++) {
        corpus_read(corpus, i, 1, &one);
        wrong += one != ids[i];
    }
    OK(wrong == 0 && corpus->count == 2, "tokens are the same alone and across shards");
    OK(ids[corpus->starts[1] - 1] == ' ' + 1, "a shard ends where the next begins");
}

static void test_order(struct fixture *f, const struct corpus *corpus)
{
    struct order a, b;
    struct err err = {0};
    or_end(order_init(&a, &f->arena, corpus, 16, 7, &err) && order_init(&b, &f->arena, corpus, 16, 7, &err), &err);
    int64_t wrong = 0, *seen = ARENA_ARRAY(&f->arena, int64_t, (size_t)corpus->tokens), shifted = 0;
    for (int64_t n = 0; n < a.windows; n++) {
        int64_t from = order_window(&a, n);
        wrong += from < 0 || from + 16 >= corpus->tokens || seen[from / 16]++ > 0;
    }
    OK(wrong == 0, "each of %lld windows comes once in an epoch", (long long)a.windows);
    for (int64_t n = 0; n < 5 * a.windows; n++)
        wrong += order_window(&a, n) + 16 >= corpus->tokens;
    OK(wrong == 0, "windows of later epochs lie within too");
    for (int64_t epoch = 1; epoch < 5; epoch++)
        shifted += order_window(&a, epoch * a.windows) % 16 != order_window(&a, 0) % 16;
    OK(shifted > 0, "and start elsewhere");
    OK(order_window(&b, 3 * b.windows + 2) == order_window(&a, 3 * a.windows + 2) &&
           order_window(&b, 1) == order_window(&a, 1),
       "a window depends on its number only");
}

static void test_refuses(struct fixture *f)
{
    struct corpus corpus;
    struct order order;
    struct err err = {0};
    OK(!corpus_open(&corpus, &f->task, "train_bin", "train_idx", 100, &err) && err.code == ERR_INPUT,
       "tokens past the vocabulary are refused");
    OK(strstr(err.text, "train_bin 0: token ") == err.text && strstr(err.text, "ids are below 100") != NULL,
       "and named: %s", err.text);
    struct corpus none = {.tokens = 0};
    OK(!order_init(&order, &f->arena, &none, 16, 7, &err), "an empty split is refused");
    SAME(err.text, "the training split has 0 tokens; a window takes 17: lower shape.context or add sources",
         "and says so");
}

int main(void)
{
    struct fixture f;
    struct corpus corpus;
    open_corpus(&f, &corpus);
    test_reads(&f, &corpus);
    test_order(&f, &corpus);
    test_refuses(&f);
    tear_down(&f);
    return DONE();
}
