/* judge: scores in, verdict out, with differences that are noise and such that are not. */
#include "tests/unit/evaluate/bench.h"

#define DOCUMENTS 40

/* A subject whose documents of 100, 110, ... bytes have `per_byte` bits, more and less by `sway` in turn. */
static void add_score(struct bench *bench, const char *subject, const char *tokenizer, double per_byte, double sway)
{
    json_t *root = json_keep(&bench->arena, json_object()), *list = json_array();
    double bits = 0, bytes = 0, tokens = 0;
    for (int i = 0; i < DOCUMENTS; i++) {
        double size = 100 + 10 * i, own = size * (per_byte + (i % 2 ? sway : -sway) + 0.2 * sin(i));
        json_array_append_new(list, json_pack("{s:s,s:f,s:i,s:i}", "id",
                                              arena_printf(&bench->arena, "%032d", (i * 7) % DOCUMENTS), "bits", own,
                                              "bytes", (int)size, "tokens", (int)size / 4));
        bits += own;
        bytes += size;
        tokens += (int)size / 4;
    }
    double loss = bits * log(2) / tokens;
    json_object_set_new(root, "metrics",
                        json_pack("{s:{s:f},s:{s:f},s:{s:f}}", "bits_per_byte", "value", bits / bytes, "loss", "value",
                                  loss, "perplexity", "value", exp(loss)));
    json_object_set_new(root, "subject", json_string(subject));
    json_object_set_new(root, "tokenizer", json_string(tokenizer));
    json_object_set_new(root, "documents", list);
    const char *text = json_canonical(&bench->arena, root);
    bench_input(bench, "score", (int64_t)bench->task.input_count, text, strlen(text));
}

static void set_gates(struct bench *bench, const char *gates)
{
    ((struct evaluate *)bench->config)->gates = text_split(&bench->arena, gates, ',');
}

static json_t *judge(struct bench *bench)
{
    struct err err;
    bench_spec(bench, "{\"model\":\"lm\"}");
    bench_check(evaluate_judge(&bench->task, bench->config, &err), &err);
    return bench_json(bench, "verdict", 0);
}

static bool passed(const json_t *verdict)
{
    return json_bool_or(verdict, "passed", false);
}

static const char *reason(const struct bench *bench, size_t gate)
{
    return bench->task.verdicts[gate].reason;
}

static void the_ngram_wins_and_the_gate_opens(void)
{
    struct bench bench;
    bench_open(&bench, &evaluate_info, "evaluate.judge");
    add_score(&bench, "lm", "t", 2.0, 0);
    add_score(&bench, "unigram", "t", 2.7, 0.1);
    add_score(&bench, "ngram", "t", 1.4, 0.1);
    json_t *verdict = judge(&bench);
    OK(passed(verdict) && bench.task.verdict_count == 2, "passes both gates that a definition has by default");
    OK(text_starts(reason(&bench, 0), "2.0037 is below 2.7054; the difference -0.7017 (95 %: -0.7") &&
           text_ends(reason(&bench, 0), ") is more than noise"),
       "says how much below the unigram: %s", reason(&bench, 0));
    SAME(reason(&bench, 1), "no version is in production yet, so there is nothing to fall behind",
         "passes with a note");
    OK(isnan(bench.task.verdicts[1].right), "there is no right side");
    SAME(json_text_or(verdict, "best", ""), "ngram", "names the best");
    SAME(json_text_or(verdict, "note", ""), "ngram is better than the model: 1.405 bits per byte against 2.004",
         "says plainly that the n-gram is better");
    const json_t *scores = json_object_get(verdict, "scores");
    SAME(json_text_or(json_array_get(scores, 2), "subject", ""), "unigram", "lists the worst last");
    bench_close(&bench);
}

static void noise_is_called_noise(void)
{
    struct bench bench;
    bench_open(&bench, &evaluate_info, "evaluate.judge");
    add_score(&bench, "lm", "t", 2.0, 0);
    add_score(&bench, "production", "t", 2.001, 0.1);
    set_gates(&bench, "bits_per_byte < production,loss < production,perplexity < production * 2,bits_per_byte < 2.5");
    json_t *verdict = judge(&bench);
    OK(text_ends(reason(&bench, 0), "is within noise"), "a difference smaller than its interval: %s",
       reason(&bench, 0));
    OK(text_ends(reason(&bench, 1), "is within noise"), "in loss too: %s", reason(&bench, 1));
    OK(strstr(reason(&bench, 2), "difference") == NULL, "perplexity has no paired difference");
    OK(text_ends(reason(&bench, 3), "is more than noise"), "against a number: %s", reason(&bench, 3));
    const json_t *gate = json_array_get(json_object_get(verdict, "gates"), 0);
    OK(json_bool_or(gate, "within_noise", false), "in the artifact too");
    OK(strstr(json_text_or(verdict, "note", ""), "the difference is within noise") != NULL, "and in the note");
    bench_close(&bench);
}

static void a_worse_model_is_refused(void)
{
    struct bench bench;
    bench_open(&bench, &evaluate_info, "evaluate.judge");
    add_score(&bench, "lm", "t", 2.2, 0);
    add_score(&bench, "production", "other", 2.0, 0);
    set_gates(&bench, "bits_per_byte < production * 1.01,loss < production");
    OK(!passed(judge(&bench)), "is refused");
    OK(!bench.task.verdicts[0].passed && text_starts(reason(&bench, 0), "2.2037 is not below 2.0237; the difference"),
       "by more than 1 %%: %s", reason(&bench, 0));
    SAME(reason(&bench, 1),
         "loss counts tokens, and production has another tokenizer; use bits_per_byte, which compares",
         "loss does not compare over tokenizers");
    bench_close(&bench);
}

static void faults_are_told(void)
{
    struct bench bench;
    struct err err;
    bench_open(&bench, &evaluate_info, "evaluate.judge");
    bench_spec(&bench, "{\"model\":\"lm\"}");
    OK(!evaluate_judge(&bench.task, bench.config, &err), "no score");
    SAME(err.text, "evaluate.judge was given no score", "is told");
    add_score(&bench, "lm", "t", 2.2, 0);
    OK(!evaluate_judge(&bench.task, bench.config, &err) && err.code == ERR_INPUT, "a baseline that is missing");
    SAME(err.text, "gate \"bits_per_byte < unigram\": unigram was not scored; add it to evaluate.baselines",
         "is named");
    bench_input(&bench, "score", 1, "{\"subject\"", 10);
    OK(!evaluate_judge(&bench.task, bench.config, &err) && err.code == ERR_INPUT, "a score that is no JSON");
    OK(text_starts(err.text, "score ") && strstr(err.text, "invalid JSON") != NULL, "is named: %s", err.text);
    bench_close(&bench);
}

int main(void)
{
    the_ngram_wins_and_the_gate_opens();
    noise_is_called_noise();
    a_worse_model_is_refused();
    faults_are_told();
    return DONE();
}
