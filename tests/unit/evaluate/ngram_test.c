/*
 * ngram: the probabilities agree with KenLM's on the LICENSE, by byte and by word, and add up to one.
 * The record stands in tests/parity/evaluate/kneser_ney.txt, with the script that made it.
 */
#include "evaluate/ngram.h"
#include "tests/unit/tap.h"

#include "lib/base/file.h"
#include "lib/base/text.h"

#include <stdlib.h>

#define RECORD "tests/parity/evaluate/kneser_ney.txt"

struct corpus {
    struct arena *arena;
    struct texts kinds; /* distinct tokens of the training lines, in the order of their first appearance */
    size_t kind_capacity;
    struct texts lines; /* not blank */
    size_t line_capacity;
    int32_t *train;
    size_t count, capacity;
    int32_t end; /* <|endoftext|>; one above it is the token that no training line has */
};

static void push_text(struct arena *arena, struct texts *texts, size_t *capacity, const char *text)
{
    ARENA_PUSH(arena, texts->item, texts->count, *capacity);
    texts->item[texts->count++] = text;
}

static struct texts tokens_of(struct arena *arena, const char *line, bool words)
{
    struct texts tokens = {0};
    size_t capacity = 0;
    for (const char *at = line; *at != '\0';) {
        size_t length = words ? strcspn(at, " ") : 1;
        if (length > 0)
            push_text(arena, &tokens, &capacity, arena_strndup(arena, at, length));
        at += length == 0 ? 1 : length;
    }
    return tokens;
}

static int32_t number_of(const struct corpus *corpus, const char *token)
{
    for (size_t i = 0; i < corpus->kinds.count; i++)
        if (strcmp(corpus->kinds.item[i], token) == 0)
            return (int32_t)i;
    return -1;
}

static void add_token(struct corpus *corpus, int32_t id)
{
    ARENA_PUSH(corpus->arena, corpus->train, corpus->count, corpus->capacity);
    corpus->train[corpus->count++] = id;
}

static void read_corpus(struct corpus *corpus, const char *path, bool words)
{
    struct buf file;
    struct err err;
    buf_init(&file, corpus->arena);
    if (!file_read(corpus->arena, path, &file, &err))
        printf("Bail out! %s\n", err.text), exit(1);
    struct texts all = text_split(corpus->arena, file.data, '\n');
    for (size_t i = 0; i < all.count; i++)
        if (all.item[i][strspn(all.item[i], " ")] != '\0')
            push_text(corpus->arena, &corpus->lines, &corpus->line_capacity, all.item[i]);
    for (int pass = 0; pass < 2; pass++) { /* names first, because the mark's number is above them */
        corpus->end = (int32_t)corpus->kinds.count;
        if (pass == 1)
            add_token(corpus, corpus->end);
        for (size_t i = 0; i < corpus->lines.count; i++) {
            struct texts tokens = tokens_of(corpus->arena, corpus->lines.item[i], words);
            for (size_t t = 0; t < tokens.count && i % 10 != 9; t++) {
                if (pass == 1)
                    add_token(corpus, number_of(corpus, tokens.item[t]));
                else if (number_of(corpus, tokens.item[t]) < 0)
                    push_text(corpus->arena, &corpus->kinds, &corpus->kind_capacity, tokens.item[t]);
            }
            if (pass == 1 && i % 10 != 9)
                add_token(corpus, corpus->end);
        }
    }
}

/* Largest difference of log10 p over one held-out line, whose recorded values follow in `values`. */
static double difference(const struct corpus *corpus, const struct ngram *ngram, const char *line, bool words,
                         const char *values)
{
    struct texts tokens = tokens_of(corpus->arena, line, words);
    struct ngram_state state;
    ngram_start(ngram, &state);
    double largest = 0;
    for (size_t t = 0; t <= tokens.count; t++) {
        int32_t id = t == tokens.count ? corpus->end : number_of(corpus, tokens.item[t]);
        char *end;
        double recorded = strtod(values, &end);
        if (end == values)
            return 1e9;
        values = end;
        double off = fabs(log10(ngram_read(ngram, &state, id < 0 ? corpus->end + 1 : id)) - recorded);
        largest = off > largest ? off : largest;
    }
    return largest;
}

static void agrees_with_kenlm(struct arena *arena, const char *kind, bool words)
{
    struct corpus corpus = {.arena = arena};
    struct err err;
    struct buf record;
    read_corpus(&corpus, "LICENSE", words);
    struct ngram *ngram = ngram_learn(arena, &(struct ngram_settings){5, corpus.end + 2, corpus.end, 0, NULL},
                                      corpus.train, corpus.count, &err);
    buf_init(&record, arena);
    if (!OK(ngram != NULL, "%s: learns", kind) || !OK(file_read(arena, RECORD, &record, &err), "the record is here"))
        return;
    struct texts rows = text_split(arena, record.data, '\n');
    double largest = 0;
    int documents = 0;
    for (size_t i = 0; i < rows.count; i++) {
        if (!text_starts(rows.item[i], kind))
            continue;
        char *values;
        size_t line = strtoul(rows.item[i] + strlen(kind), &values, 10);
        double off = difference(&corpus, ngram, corpus.lines.item[line], words, values);
        largest = off > largest ? off : largest;
        documents++;
    }
    OK(documents == 16, "%s: %d held-out documents were recorded", kind, documents);
    NEAR(largest, 0, 2e-6, arena_printf(arena, "%s: log10 p agrees with KenLM on every token", kind));
}

/* In contexts that were seen, cut short, and never seen, at every order. */
static void adds_up_to_one(struct arena *arena)
{
    for (int order = 1; order <= 6; order++) {
        struct corpus corpus = {.arena = arena};
        struct err err;
        read_corpus(&corpus, "LICENSE", false);
        int32_t vocabulary = corpus.end + 2;
        struct ngram *ngram = ngram_learn(arena, &(struct ngram_settings){order, vocabulary, corpus.end, 0, NULL},
                                          corpus.train, corpus.count, &err);
        struct ngram_state state;
        double worst = 0;
        ngram_start(ngram, &state);
        for (size_t i = 1; i < 400; i++) {
            double sum = 0;
            for (int32_t id = 0; id < vocabulary; id++) {
                struct ngram_state copy = state;
                sum += ngram_read(ngram, &copy, id);
            }
            worst = fabs(sum - 1) > worst ? fabs(sum - 1) : worst;
            (void)ngram_read(ngram, &state, i % 50 == 49 ? corpus.end + 1 : corpus.train[i]);
            if (corpus.train[i] == corpus.end)
                ngram_start(ngram, &state);
        }
        NEAR(worst, 0, 1e-12, arena_printf(arena, "order %d: probabilities add up to one", order));
    }
}

static const struct ngram_settings small = {.order = 2, .vocabulary = 4, .end_of_text = 3};

/* Two documents, "a b" and "a c" (a 0, b 1, c 2, end 3), order 2, by hand: counts of counts are too few for discounts,
 * so they are 0.5, 1 and 1.5. Adjusted unigram counts: a 1 (after the mark), b 1, c 1, end 2 (after b, c); total 5. */
static void agrees_by_hand(struct arena *arena)
{
    static const int32_t tokens[] = {3, 0, 1, 3, 0, 2, 3};
    struct err err;
    struct ngram *ngram = ngram_learn(arena, &small, tokens, 7, &err);
    struct ngram_state state;
    double left_over = (3 * 0.5 + 1 * 1) / 5;
    double a = 0.5 / 5 + left_over / 4, b = a, end = 1.0 / 5 + left_over / 4;
    ngram_start(ngram, &state);
    NEAR(ngram_read(ngram, &state, 0), (2 - 1) / 2.0 + 1 / 2.0 * a, 1e-15, "p(a | mark), seen twice");
    NEAR(ngram_read(ngram, &state, 1), 0.5 / 2 + 2 * 0.5 / 2 * b, 1e-15, "p(b | a), seen once of two");
    NEAR(ngram_read(ngram, &state, 3), 0.5 + 0.5 * end, 1e-15, "p(end | b), seen once of one");
    OK(ngram_entries(ngram, 1) == 4 && ngram_entries(ngram, 2) == 5, "4 unigrams and 5 bigrams");
    NEAR(ngram_discount(ngram, 2, 7), 1.5, 0, "3 and more share a discount");
}

static void refuses(struct arena *arena)
{
    static const int32_t foreign[] = {3, 0, 9, 3}, open[] = {3, 0, 1}, empty[] = {3};
    struct err err;
    OK(ngram_learn(arena, &small, foreign, 4, &err) == NULL, "an id that is not in the vocabulary");
    SAME(err.text, "token 2 is 9, not in [0, 4); the shard is of another tokenizer", "says where");
    OK(ngram_learn(arena, &small, open, 3, &err) == NULL, "a document without its end");
    SAME(err.text, "a sequence of tokens does not end with <|endoftext|>", "says what");
    OK(ngram_learn(arena, &small, empty, 1, &err) == NULL, "no document");
    SAME(err.text, "there is no document to learn n-grams from; the training split is empty", "says why");
    struct corpus corpus = {.arena = arena};
    read_corpus(&corpus, "LICENSE", false);
    struct ngram_settings tight = {5, corpus.end + 2, corpus.end, 300000, NULL};
    OK(ngram_learn(arena, &tight, corpus.train, corpus.count, &err) == NULL && err.code == ERR_INPUT,
       "too little memory");
    SAME(err.text,
         "the n-grams of 10243 tokens do not fit in 0.3 MB at order 5; lower evaluate.ngram.order to 4, or raise "
         "evaluate.ngram.memory where the machine has it",
         "says at which order, and what to do");
}

int main(void)
{
    struct arena arena;
    arena_init(&arena);
    agrees_by_hand(&arena);
    agrees_with_kenlm(&arena, "byte", false);
    agrees_with_kenlm(&arena, "word", true);
    adds_up_to_one(&arena);
    refuses(&arena);
    arena_release(&arena);
    return DONE();
}
