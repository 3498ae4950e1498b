/* options: what a definition may say in its section "evaluate", and the kinds of task that read it. */
#include "evaluate/evaluate.h"
#include "evaluate/gate.h"

#include <string.h>

static bool check_gate(const char *text, struct err *err)
{
    struct gate gate;
    return gate_parse(text, &gate, err);
}

#define FIELD(name) offsetof(struct evaluate, name)

static const struct option options[] = {
    {.path = "baselines",
     .type = OPTION_TEXTS,
     .offset = FIELD(baselines),
     .initial = "unigram, ngram",
     .choices = "unigram|ngram",
     .help = "statistical models of the same training split that stand beside the model"},
    {.path = "ngram.order",
     .type = OPTION_INT,
     .offset = FIELD(ngram.order),
     .initial = "5",
     .min = 2,
     .max = 8,
     .help = "longest n-gram of the interpolated Kneser-Ney baseline, in tokens"},
    {.path = "ngram.memory",
     .type = OPTION_BYTES,
     .offset = FIELD(ngram.memory),
     .initial = "8 GB",
     .min = 1e6,
     .max = 1e15,
     .inert = true,
     .help =
         "most memory for counting n-grams (about 50 bytes for each distinct one); past it the run fails and says so"},
    {.path = "gates",
     .type = OPTION_TEXTS,
     .offset = FIELD(gates),
     .initial = "bits_per_byte < unigram, bits_per_byte < production * 1.01",
     .check = check_gate,
     .help = "what a model must reach to be released: metric, <, number or subject [* factor] [+ number]"},
    {.path = "samples.count",
     .type = OPTION_INT,
     .offset = FIELD(samples.count),
     .initial = "3",
     .max = 100,
     .help = "held-out documents whose beginning the model continues; 0: none"},
    {.path = "samples.prompt",
     .type = OPTION_INT,
     .offset = FIELD(samples.prompt),
     .initial = "24",
     .min = 1,
     .max = 4096,
     .help = "length of a prompt in tokens"},
    {.path = "samples.tokens",
     .type = OPTION_INT,
     .offset = FIELD(samples.tokens),
     .initial = "64",
     .min = 1,
     .max = 4096,
     .help = "most tokens of a continuation"},
    {.path = "samples.temperature",
     .type = OPTION_REAL,
     .offset = FIELD(samples.temperature),
     .initial = "0.8",
     .max = 10,
     .help = "0: always the likeliest token; 1: as the model has it"},
    {.path = "samples.top_k",
     .type = OPTION_INT,
     .offset = FIELD(samples.top_k),
     .initial = "50",
     .max = 1000000,
     .help = "choose among so many of the likeliest tokens; 0: among all"},
    {.path = "stride",
     .type = OPTION_INT,
     .offset = FIELD(stride),
     .initial = "0",
     .max = 1000000,
     .help = "tokens by which the window moves over a long document; 0: half of the model's context"},
    {.path = "bootstrap.resamples",
     .type = OPTION_INT,
     .offset = FIELD(bootstrap.resamples),
     .initial = "1000",
     .min = 100,
     .max = 100000,
     .help = "resamples of the held-out documents behind each interval"},
    {.path = "bootstrap.level",
     .type = OPTION_SHARE,
     .offset = FIELD(bootstrap.level),
     .initial = "95 %",
     .min = 0.5,
     .max = 0.999,
     .help = "share of the resamples that an interval holds"},
    {.path = "seed",
     .type = OPTION_INT,
     .offset = FIELD(seed),
     .initial = "1",
     .max = 4294967295.0,
     .help = "of resamples and samples"},
    {.type = OPTION_END},
};

static bool has_text(const struct texts *texts, const char *text)
{
    for (size_t i = 0; i < texts->count; i++)
        if (text_equal(texts->item[i], text))
            return true;
    return false;
}

/* A gate against a baseline needs that baseline. */
static bool check_section(void *config, struct err *err)
{
    const struct evaluate *evaluate = config;
    for (size_t i = 0; i < evaluate->gates.count; i++) {
        struct gate gate;
        if (!gate_parse(evaluate->gates.item[i], &gate, err))
            return false;
        if (gate.subject == NULL || text_equal(gate.subject, "production"))
            continue;
        if (!has_text(&evaluate->baselines, gate.subject))
            return err_set(err, ERR_DEFINITION, "the gate \"%s\" needs the baseline \"%s\"; add it to baselines",
                           evaluate->gates.item[i], gate.subject);
    }
    return true;
}

static const struct section section = {
    .path = "evaluate",
    .help = "scores on held-out documents, baselines, and the gates before a release",
    .size = sizeof(struct evaluate),
    .options = options,
    .check = check_section,
};

static const struct kind kinds[] = {
    {.name = "evaluate.baseline", .revision = 1, .section = &section},
    {.name = "evaluate.score", .revision = 1, .section = &section},
    {.name = "evaluate.judge", .revision = 1, .section = &section},
    {.name = NULL},
};

static const struct section *const sections[] = {&section, NULL};

const struct stage_info evaluate_info = {
    .name = "evaluate",
    .summary =
        "Scores models on held-out documents beside baselines, and holds them against gates; of an exported model's\n"
        "folder, `logits DIR TEXT` prints logits and `generate DIR PROMPT` a continuation",
    .kinds = kinds,
    .sections = sections,
};
