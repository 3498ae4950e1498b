/* compare: differences are taken document by document, so what both sides share falls out. */
#include "evaluate/compare.h"
#include "tests/unit/tap.h"

#define COUNT 30

static struct scores make(struct arena *arena, double factor, double offset, size_t count)
{
    struct scores scores = {.documents = ARENA_ARRAY(arena, struct document_score, count), .count = count};
    for (size_t i = 0; i < count; i++) {
        struct document_score *score = &scores.documents[count - 1 - i];
        snprintf(score->id, sizeof score->id, "%032zu", i);
        score->bytes = 50 + (int64_t)(i * i);
        score->tokens = score->bytes / 5;
        score->bits = factor * (double)score->bytes * (2 + sin((double)i)) + offset * (double)score->bytes;
    }
    return scores;
}

int main(void)
{
    struct arena arena;
    struct bootstrap bootstrap = {.resamples = 500, .level = 0.95, .seed = 3};
    struct gate gate = {.metric = METRIC_BITS_PER_BYTE, .subject = "ngram", .factor = 1.5, .offset = -0.25};
    arena_init(&arena);
    struct scores right = make(&arena, 1, 0, COUNT), left = make(&arena, 1.5, 0.125, COUNT);
    struct interval difference = compare_gate(&arena, &bootstrap, &gate, &left, &right);
    NEAR(difference.value, 0.375, 1e-12, "left - (1.5 * right - 0.25)");
    NEAR(difference.high - difference.low, 0, 1e-12, "what both sides share is no noise");
    OK(!within_noise(&difference), "so it is more than noise");

    gate.metric = METRIC_LOSS;
    gate.offset = 0;
    difference = compare_gate(&arena, &bootstrap, &gate, &left, &right);
    NEAR(difference.value, 0.125 * 5 * log(2), 0.02, "loss is in nats per token");

    struct scores fewer = make(&arena, 1, 0, 10);
    gate = (struct gate){.metric = METRIC_BITS_PER_BYTE, .subject = "production", .factor = 1};
    difference = compare_gate(&arena, &bootstrap, &gate, &right, &fewer);
    NEAR(difference.value, 0, 1e-12, "only documents that both have are compared");
    OK(within_noise(&difference), "equal is within noise");

    gate = (struct gate){.metric = METRIC_BITS_PER_BYTE, .factor = 1, .offset = 1};
    difference = compare_gate(&arena, &bootstrap, &gate, &right, NULL);
    OK(difference.low < difference.value && difference.value < difference.high, "a number has no noise, the model has");
    gate.metric = METRIC_PERPLEXITY;
    difference = compare_gate(&arena, &bootstrap, &gate, &right, NULL);
    OK(isnan(difference.value) && !within_noise(&difference), "perplexity is no mean over documents");
    arena_release(&arena);
    return DONE();
}
