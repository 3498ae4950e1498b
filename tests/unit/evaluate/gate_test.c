/* gate: what is a gate, what it means, and what is said of what is none. */
#include "evaluate/gate.h"
#include "tests/unit/tap.h"

struct sound {
    const char *text;
    struct gate gate;
};

static const struct sound sounds[] = {
    {"bits_per_byte < unigram", {METRIC_BITS_PER_BYTE, GATE_LESS, "unigram", 1, 0}},
    {"bits_per_byte < production * 1.01", {METRIC_BITS_PER_BYTE, GATE_LESS, "production", 1.01, 0}},
    {"loss<=ngram+.5", {METRIC_LOSS, GATE_LESS_OR_EQUAL, "ngram", 1, 0.5}},
    {"perplexity < production * 2e0 - 1.5", {METRIC_PERPLEXITY, GATE_LESS, "production", 2, -1.5}},
    {"  perplexity   >= 12 ", {METRIC_PERPLEXITY, GATE_MORE_OR_EQUAL, NULL, 1, 12}},
    {"loss > 1e-3", {METRIC_LOSS, GATE_MORE, NULL, 1, 1e-3}},
};

static void reads_sound_gates(void)
{
    for (size_t i = 0; i < sizeof sounds / sizeof *sounds; i++) {
        struct gate gate;
        struct err err = {.text = ""};
        const struct gate *want = &sounds[i].gate;
        OK(gate_parse(sounds[i].text, &gate, &err), "reads \"%s\" %s", sounds[i].text, err.text);
        OK(gate.metric == want->metric && gate.op == want->op && gate.factor == want->factor &&
               gate.offset == want->offset && (gate.subject == NULL) == (want->subject == NULL),
           "and finds its parts");
        if (want->subject != NULL)
            SAME(gate.subject, want->subject, "and whom it is against");
    }
}

static const struct {
    const char *text, *message;
} faulty[] = {
    {"", "column 1: expected a metric (bits_per_byte, loss, perplexity), but the gate ends here"},
    {"   ", "column 4: expected a metric (bits_per_byte, loss, perplexity), but the gate ends here"},
    {"1.2 < loss", "column 1: expected a metric (bits_per_byte, loss, perplexity), not \"1.2\""},
    {"bit_per_byte < unigram", "column 1: \"bit_per_byte\" is not a metric; did you mean \"bits_per_byte\"?"},
    {"accuracy > 0.9", "column 1: \"accuracy\" is not a metric; choose one of bits_per_byte, loss, perplexity"},
    {"loss", "column 5: expected <, <=, > or >= after the metric, but the gate ends here"},
    {"loss == 2", "column 6: expected <, <=, > or >= after the metric, not \"==\""},
    {"loss below 2", "column 6: expected <, <=, > or >= after the metric, not \"below\""},
    {"loss ≤ 2", "column 6: expected <, <=, > or >= after the metric, not \"≤\""},
    {"loss <", "column 7: expected a number or one of unigram, ngram, production, but the gate ends here"},
    {"loss < -2", "column 8: expected a number or one of unigram, ngram, production, not \"-\""},
    {"loss < unigarm", "column 8: \"unigarm\" is not something to compare with; did you mean \"unigram\"?"},
    {"loss < yesterday",
     "column 8: \"yesterday\" is not something to compare with; choose one of unigram, ngram, production"},
    {"loss < production *", "column 20: expected a number after \"*\", but the gate ends here"},
    {"loss < production * unigram", "column 21: expected a number after \"*\", not \"unigram\""},
    {"loss < production + + 1", "column 21: expected a number after \"+\" or \"-\", not \"+\""},
    {"loss < production * 1 * 2", "column 23: expected \"* number\", \"+ number\" or the end, not \"*\""},
    {"loss < production 1.01", "column 19: expected \"* number\", \"+ number\" or the end, not \"1.01\""},
    {"loss < 2 and perplexity < 9", "column 10: expected nothing after the number, not \"and\""},
    {"loss < 1e999", "column 8: expected a number that a double can hold, not \"1e999\""},
    {"loss < 0x10", "column 9: expected nothing after the number, not \"x10\""},
};

static void says_what_is_wrong(void)
{
    for (size_t i = 0; i < sizeof faulty / sizeof *faulty; i++) {
        struct gate gate;
        struct err err = {.text = ""};
        OK(!gate_parse(faulty[i].text, &gate, &err) && err.code == ERR_DEFINITION, "refuses \"%s\"", faulty[i].text);
        SAME(err.text, faulty[i].message, "says where and why");
    }
}

static void compares(void)
{
    struct gate gate;
    struct err err;
    OK(gate_parse("loss < production * 1.5 + 0.25", &gate, &err), "a gate with all its parts");
    NEAR(gate_right(&gate, 2), 3.25, 0, "its right side");
    OK(gate_holds(&gate, 3.2, 3.25) && !gate_holds(&gate, 3.25, 3.25), "less is less");
    OK(!gate_holds(&gate, NAN, 1) && !gate_holds(&gate, 1, NAN), "what is not a number opens no gate");
    OK(gate_parse("loss <= 2", &gate, &err) && gate_holds(&gate, 2, gate_right(&gate, 9)), "a number alone; or equal");
    OK(gate_parse("loss > 2", &gate, &err) && gate_holds(&gate, 2.1, 2) && !gate_holds(&gate, 2, 2), "more is more");
    OK(gate_parse("loss >= 2", &gate, &err) && gate_holds(&gate, 2, 2), "or equal");
}

int main(void)
{
    reads_sound_gates();
    says_what_is_wrong();
    compares();
    return DONE();
}
