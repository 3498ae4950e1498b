/* sample: continuations of held-out documents, the same for the same seed, and always well-formed text. */
#include "evaluate/sample.h"
#include "tests/unit/evaluate/tiny_model.h"

static const struct {
    const char *bytes, *text;
} texts[] = {
    {"plain", "plain"},
    {"caf\xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x8c\x8a", "caf\xc3\xa9 \xe6\x97\xa5 \xf0\x9f\x8c\x8a"},
    {"cut \xf0\x9f\x8c", "cut \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"\x80 \xc0\xaf", "\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd"},
    {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
};

static const char *const documents[] = {"the tide comes in", "the tide goes out", "the mill turns", "a"};
static const char *const splits[] = {"test", "test", "test", "test"};

static void add_model(struct bench *bench, double scale)
{
    struct map weights = tiny_weights(&bench->arena, scale);
    bench_input(bench, "weights", 0, weights.data, weights.size);
    bench_input(bench, "config", 0, TINY_CONFIG, strlen(TINY_CONFIG));
}

static void writes_text(void)
{
    struct bench bench;
    struct map json;
    struct err err;
    bench_open(&bench, &evaluate_info, "evaluate.score");
    bench_tokenizer(&bench);
    bench_check(store_map(&bench.store, &bench.arena, &bench.inputs[0].digest, &json, &err), &err);
    struct tokenizer *tokenizer = tokenizer_load(&bench.arena, json.data, json.size, &err);
    bench_check(tokenizer != NULL, &err);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int32_t ids[32];
        size_t count = 0;
        for (const char *at = texts[i].bytes; *at != '\0'; at++)
            ids[count++] = (unsigned char)*at;
        SAME(sample_text(&bench.arena, tokenizer, ids, count), texts[i].text, "bytes become text");
    }
    bench_close(&bench);
}

/* The whole task on a model that finds everything equally likely: its bits are known. */
static void scores_a_model(void)
{
    struct bench bench;
    struct err err;
    bench_open(&bench, &evaluate_info, "evaluate.score");
    bench_spec(&bench, "{\"model\":\"lm\",\"version\":null}");
    bench_tokenizer(&bench);
    bench_texts(&bench, documents, splits, 4);
    add_model(&bench, 0);
    bench_check(evaluate_score(&bench.task, bench.config, &err), &err);
    double bytes = 0;
    for (size_t i = 0; i < 4; i++)
        bytes += (double)strlen(documents[i]);
    NEAR(bench.task.scores[0].value, (bytes + 4) * log2(257) / bytes, 1e-4, "bits per byte");
    NEAR(bench.task.scores[1].value, log(257), 1e-5, "loss");
    NEAR(bench.task.scores[2].value, 257, 1e-2, "perplexity");
    json_t *score = bench_json(&bench, "score", 0);
    SAME(json_text_or(score, "subject", ""), "lm", "the candidate goes by its name");
    OK(text_starts(json_text_or(score, "about", ""), "Transformer, 0.01 M parameters, context 8"), "and is described");
    const json_t *samples = json_object_get(score, "samples");
    OK(json_array_size(samples) == 3, "three samples");
    SAME(json_text_or(json_array_get(samples, 0), "prompt", ""), "the", "a prompt leaves half of the context free");
    bench_close(&bench);
}

static void the_seed_decides(void)
{
    const char *text[3];
    struct bench bench[3];
    for (int i = 0; i < 3; i++) {
        struct err err;
        bench_open(&bench[i], &evaluate_info, "evaluate.score");
        bench_spec(&bench[i], "{\"model\":\"lm\",\"version\":4}");
        bench_tokenizer(&bench[i]);
        bench_texts(&bench[i], documents, splits, 4);
        add_model(&bench[i], 0.5);
        ((struct evaluate *)bench[i].config)->seed = i == 2 ? 5 : 4;
        bench_check(evaluate_score(&bench[i].task, bench[i].config, &err), &err);
        json_t *score = bench_json(&bench[i], "score", 0);
        SAME(json_text_or(score, "subject", ""), "production", "a version is the one in production");
        text[i] = json_text_or(json_array_get(json_object_get(score, "samples"), 0), "text", "");
    }
    SAME(text[0], text[1], "the same seed writes the same");
    OK(strcmp(text[0], text[2]) != 0, "another writes something else");
    for (int i = 0; i < 3; i++)
        bench_close(&bench[i]);
}

int main(void)
{
    writes_text();
    scores_a_model();
    the_seed_decides();
    return DONE();
}
