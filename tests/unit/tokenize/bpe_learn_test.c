/* bpe_learn: the order of merges on words whose counts are known, counts over 32 bits, limits, and giant words. */
#include "tokenize/bpe_learn.h"

#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "tests/unit/tap.h"

static struct arena arena;

/* Merges as "a+b c+d ...", of a text's words, each counted `times` over. */
static const char *merges(const char *text, int64_t times, struct bpe_settings settings)
{
    struct words words;
    struct bpe_learned learned;
    struct buf out;
    struct err err = {.text = ""};
    settings.specials = 1;
    words_init(&words, &arena);
    words_add_text(&words, text, strlen(text));
    for (size_t i = 0; i <= words.mask; i++)
        words.slots[i].count *= times;
    if (!bpe_learn(&arena, &words, &settings, &learned, &err))
        return err.text[0] == '\0' ? NULL : arena_strdup(&arena, err.text);
    buf_init(&out, &arena);
    for (size_t i = 0; i < learned.merge_count; i++) {
        const struct bpe_token *left = &learned.tokens[learned.merges[i].left - 1];
        const struct bpe_token *right = &learned.tokens[learned.merges[i].right - 1];
        buf_printf(&out, "%s%.*s+%.*s", i > 0 ? " " : "", (int)left->len, left->data, (int)right->len, right->data);
    }
    return out.data;
}

static const struct bpe_settings any = {.vocabulary = 1000, .min_frequency = 2};

static void check_order(void)
{
    struct bpe_settings few = any, three = any, pairs = any;
    few.vocabulary = 259;
    three.min_frequency = 3;
    pairs.max_token_length = 2;
    SAME(merges("ab\nab\ncd\ncd\nab", 1, any), "a+b c+d", "the more frequent pair first");
    SAME(merges("cd\nab\ncd\nab", 1, any), "a+b c+d", "of equals the smaller ids");
    SAME(merges("abc\nabc", 1, any), "a+b ab+c", "what a merge makes is merged on");
    SAME(merges("aaaa\naaaa", 1, any), "a+a aa+aa", "a run, from the left");
    SAME(merges("ab\nab\ncd\ncd\nef\nef", 1, few), "a+b c+d", "no more than the vocabulary");
    SAME(merges("ab\nab\nab\ncd\ncd", 1, three), "a+b", "no rarer than min_frequency");
    SAME(merges("abcd\nabcd", 1, pairs), "a+b c+d", "no longer than max_token_length");
    SAME(merges("ab", 1, any), "", "nothing occurs twice");
    SAME(merges("", 1, any), "", "no words");
}

/* 3 * 2^31 and 2^31 would both be nonsense in 32 bits (huggingface/tokenizers issue 437). */
static void check_large_counts(void)
{
    SAME(merges("cd\ncd\ncd\nab", INT64_C(1) << 31, any), "c+d a+b", "counts over 32 bits");
}

static void check_giant(void)
{
    size_t bytes = 4 << 20;
    char *text = arena_alloc(&arena, bytes + 1);
    uint64_t state = 1;
    for (size_t i = 0; i < bytes; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        text[i] = "etaoinshrdlu"[(state >> 33) % 12];
    }
    struct bpe_settings settings = any;
    int64_t start = clock_mono_ns();
    const char *learned = merges(text, 1, settings);
    double seconds = clock_seconds_since(start);
    OK(strlen(learned) > 1000 && seconds < 30, "a word of 4 MB, in %.1f s", seconds);
}

int main(void)
{
    arena_init(&arena);
    check_order();
    check_large_counts();
    check_giant();
    arena_release(&arena);
    return DONE();
}
