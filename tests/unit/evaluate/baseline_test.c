/* baseline: learned from the training shards, scored on the documents of the split test, and told as a score. */
#include "evaluate/heldout.h"
#include "evaluate/ngram.h"
#include "lib/text/token_shard.h"
#include "tests/unit/evaluate/bench.h"

static const char *const texts[] = {"the tide comes in and the mill turns", "the tide goes out and the mill stands",
                                    "a mill that turns with the tide", "the tide turns",
                                    "the mill stands still, caf\xc3\xa9"};
static const char *const splits[] = {"train", "train", "train", "test", "test"};
#define TEXTS 5

/* Two training shards, of two and of one document. */
static void add_training(struct bench *bench)
{
    struct err err;
    for (int64_t shard = 0; shard < 2; shard++) {
        struct token_writer *writer = token_writer_new(&bench->arena, BENCH_VOCABULARY, &bench->inputs[0].digest);
        for (size_t i = shard == 0 ? 0 : 2; i < (shard == 0 ? 2 : 3); i++) {
            int32_t ids[100];
            size_t count = 0;
            for (const char *at = texts[i]; *at != '\0'; at++)
                ids[count++] = (unsigned char)*at;
            ids[count++] = 256;
            bench_check(token_writer_add(writer, "id", ids, count, &err), &err);
        }
        struct digest bin, idx, sidecar;
        int64_t bytes[3];
        bench_check(token_writer_keep(writer, &bench->store, &bin, &idx, &sidecar, bytes, &err), &err);
        bench_link(bench, "train_bin", shard, &bin);
        bench_link(bench, "train_idx", shard, &idx);
    }
}

/* Bits of one text under a model of the same order that was learned here. */
static double bits_of(struct arena *arena, int order, const char *text)
{
    int32_t tokens[400] = {256};
    size_t count = 1;
    for (size_t i = 0; i < 3; i++) {
        for (const char *at = texts[i]; *at != '\0'; at++)
            tokens[count++] = (unsigned char)*at;
        tokens[count++] = 256;
    }
    struct err err;
    struct ngram *ngram =
        ngram_learn(arena, &(struct ngram_settings){order, BENCH_VOCABULARY, 256, 0, NULL}, tokens, count, &err);
    bench_check(ngram != NULL, &err);
    struct ngram_state state;
    ngram_start(ngram, &state);
    double bits = 0;
    for (const char *at = text; *at != '\0'; at++)
        bits -= log2(ngram_read(ngram, &state, (unsigned char)*at));
    return bits - log2(ngram_read(ngram, &state, 256));
}

static void open_bench(struct bench *bench, const char *spec)
{
    bench_open(bench, &evaluate_info, "evaluate.baseline");
    bench_spec(bench, spec);
    bench_tokenizer(bench);
    bench_texts(bench, texts, splits, TEXTS);
    add_training(bench);
}

static void scores(const char *name, int order)
{
    struct bench bench;
    struct err err;
    open_bench(&bench, name[0] == 'u' ? "{\"baseline\":\"unigram\"}" : "{\"baseline\":\"ngram\"}");
    ((struct evaluate *)bench.config)->ngram.order = 3;
    bench_check(evaluate_baseline(&bench.task, bench.config, &err), &err);
    json_t *score = bench_json(&bench, "score", 0), *documents = json_object_get(score, "documents");
    SAME(json_text_or(score, "subject", ""), name, "the subject");
    OK(json_array_size(documents) == 2, "two documents are held out");
    double first = bits_of(&bench.arena, order, texts[3]), second = bits_of(&bench.arena, order, texts[4]);
    NEAR(json_real_or(json_array_get(documents, 0), "bits", 0), first, 1e-9, "bits of the first");
    NEAR(json_real_or(json_array_get(documents, 1), "bits", 0), second, 1e-9, "bits of the second");
    double bytes = (double)(strlen(texts[3]) + strlen(texts[4]));
    const struct score_record *record = &bench.task.scores[0];
    SAME(record->metric, "bits_per_byte", "the first metric");
    NEAR(record->value, (first + second) / bytes, 1e-12, "is bits of all over bytes of all");
    OK(record->low <= record->value && record->value <= record->high, "with an interval around it");
    NEAR(bench.task.scores[1].value, (first + second) * log(2) / (bytes + 2), 1e-12,
         "loss is nats per token, ends too");
    NEAR(bench.task.scores[2].value, exp(bench.task.scores[1].value), 1e-9, "perplexity is its exponential");
    bench_close(&bench);
}

static void faults_are_told(void)
{
    static const char *const all_train[] = {"train", "train", "train", "train", "validation"};
    struct bench bench;
    struct err err;
    open_bench(&bench, "{\"baseline\":\"trigram\"}");
    OK(!evaluate_baseline(&bench.task, bench.config, &err), "an unknown baseline");
    SAME(err.text, "\"trigram\" is not a baseline", "is named");
    bench_close(&bench);
    bench_open(&bench, &evaluate_info, "evaluate.baseline");
    bench_spec(&bench, "{\"baseline\":\"ngram\"}");
    OK(!evaluate_baseline(&bench.task, bench.config, &err), "no tokenizer");
    SAME(err.text, "evaluate.baseline was given no tokenizer", "is told");
    bench_tokenizer(&bench);
    bench_texts(&bench, texts, all_train, TEXTS);
    OK(!evaluate_baseline(&bench.task, bench.config, &err) && err.code == ERR_INPUT, "nothing is held out");
    SAME(
        err.text,
        "no held-out document: the split \"test\" is empty; raise clean.split.test or give the pipeline more documents",
        "says what to do");
    bench_close(&bench);
    bench_open(&bench, &evaluate_info, "evaluate.baseline");
    bench_spec(&bench, "{\"baseline\":\"ngram\"}");
    bench_tokenizer(&bench);
    bench_texts(&bench, texts, splits, TEXTS);
    OK(!evaluate_baseline(&bench.task, bench.config, &err) && err.code == ERR_INPUT, "nothing to learn from");
    SAME(err.text, "there is no document to learn n-grams from; the training split is empty", "is told");
    bench_close(&bench);
}

int main(void)
{
    scores("unigram", 1);
    scores("ngram", 3);
    faults_are_told();
    return DONE();
}
