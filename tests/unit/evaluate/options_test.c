/* options: defaults that hold, and what a definition may not say. */
#include "evaluate/evaluate.h"
#include "tests/unit/tap.h"

static const struct section *section;

static void sets(struct arena *arena, struct evaluate *config, const char *path, const char *value, const char *message)
{
    struct err err = {.text = ""};
    bool good = option_set(option_find(section, path), arena, config, value, &err);
    OK(good == (message == NULL), "%s: %s", path, value);
    if (message != NULL)
        SAME(err.text, message, "says why not");
}

int main(void)
{
    struct arena arena;
    struct evaluate config;
    struct err err = {.text = ""};
    arena_init(&arena);
    section = evaluate_info.sections[0];
    option_defaults(section, &arena, &config);
    OK(section->check(&config, &err), "the defaults hold together %s", err.text);
    OK(config.ngram.order == 5 && config.baselines.count == 2 && config.gates.count == 2, "they are as documented");
    SAME(config.gates.item[1], "bits_per_byte < production * 1.01", "the gate against production");

    sets(&arena, &config, "ngram.order", "6", NULL);
    sets(&arena, &config, "ngram.order", "9", "9 is too large; the most is 8");
    sets(&arena, &config, "bootstrap.level", "99 %", NULL);
    sets(&arena, &config, "bootstrap.level", "2 %", "2 % is too small; the least is 0.5");
    sets(&arena, &config, "gates", "loss < 3", NULL);
    sets(&arena, &config, "gates", "loss < 3, los < 2", "column 1: \"los\" is not a metric; did you mean \"loss\"?");
    sets(&arena, &config, "baselines", "bigram", "\"bigram\" is not a choice; did you mean \"unigram\"?");
    sets(&arena, &config, "baselines", "unigram", NULL);
    sets(&arena, &config, "gates", "bits_per_byte < ngram", NULL);
    OK(!section->check(&config, &err), "a gate against a baseline that is not made");
    SAME(err.text, "the gate \"bits_per_byte < ngram\" needs the baseline \"ngram\"; add it to baselines",
         "says which");
    sets(&arena, &config, "baselines", "", NULL);
    sets(&arena, &config, "gates", "bits_per_byte < production", NULL);
    OK(section->check(&config, &err), "production needs no baseline");
    arena_release(&arena);
    return DONE();
}
