/* options: defaults are the sources', and what is wrong is said with the way out. */
#include "tests/unit/clean/recorded.h"

static struct arena arena;
static struct clean config;
static struct err err;

static bool set(const char *path, const char *value)
{
    const struct option *option = option_find(clean_info.sections[0], path);
    err.text[0] = '\0';
    return option != NULL && option_set(option, &arena, &config, value, &err);
}

int main(void)
{
    arena_init(&arena);
    settings(&arena, &config);
    OK(config.rules.count == 1 && strcmp(config.rules.item[0], "gopher") == 0, "gopher judges by default");
    OK(config.gopher.small == 50 && config.gopher.large == 100000, "gopher's words");
    NEAR(config.repetition.top[1], 0.18, 0, "repetition's 3-grams");
    NEAR(config.repetition.repeated[5], 0.1, 0, "repetition's 10-grams");
    NEAR(config.fineweb.line_punctuation, 0.12, 0, "fineweb's lines");
    OK(config.c4.sentences == 5 && config.c4.policy, "c4's sentences");
    NEAR(config.split_test, 0.02, 1e-15, "a fiftieth to test with");
    OK(config.language_keep.count == 0, "any language");

    OK(set("language.keep", "en, zh"), "languages");
    OK(!set("language.keep", "xx"), "no language");
    SAME(err.text, "\"xx\" is not a language code; did you mean \"xh\"?", "says which may have been meant");
    OK(set("rules", "gopher@datatrove-0.10, c4"), "a rule by its profile");
    OK(!set("rules", "gofer"), "no rule");
    SAME(err.text, "\"gofer\" is not a rule; did you mean \"gopher\"?", "says which may have been meant");
    OK(!set("rules", "gopher@datatrove-0.9"), "a profile that there is not");
    OK(set("gopher.short", "20") && config.gopher.small == 20, "a limit has its reason's name");

    OK(set("split.validation", "60%") && set("split.test", "40%"), "shares");
    OK(!clean_info.sections[0]->check(&config, &err), "nothing to train with");
    SAME(err.text, "split.validation and split.test leave nothing to train with: lower them", "and says so");
    arena_release(&arena);
    return DONE();
}
