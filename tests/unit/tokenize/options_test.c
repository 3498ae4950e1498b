/* options: defaults, and what a definition may not say. */
#include "tests/unit/tap.h"
#include "tokenize/tokenize.h"

static void sets(struct arena *arena, struct learn *config, const char *path, const char *value, const char *message)
{
    struct err err = {.text = ""};
    bool good = option_set(option_find(tokenize_info.sections[0], path), arena, config, value, &err);
    OK(good == (message == NULL), "%s: %s", path, value);
    if (message != NULL)
        SAME(err.text, message, "says why not");
}

int main(void)
{
    struct arena arena;
    struct learn config;
    arena_init(&arena);
    option_defaults(tokenize_info.sections[0], &arena, &config);
    OK(config.vocabulary == 8000 && config.min_frequency == 2 && config.max_token_length == 0, "as documented");
    sets(&arena, &config, "vocabulary", "32k", NULL);
    OK(config.vocabulary == 32000, "is read");
    sets(&arena, &config, "vocabulary", "257", "257 is too small; the least is 258");
    sets(&arena, &config, "vocabulary", "2M", "2M is too large; the most is 1000000");
    sets(&arena, &config, "type", "bpe", NULL);
    sets(&arena, &config, "type", "bep", "\"bep\" is not a choice; did you mean \"bpe\"?");
    sets(&arena, &config, "min_frequency", "0", "0 is too small; the least is 1");
    OK(strstr(tokenize_info.kinds[0].facts, "unicode ") != NULL &&
           strstr(tokenize_info.kinds[1].facts, "unicode ") != NULL,
       "keys of tasks name the version of Unicode");
    arena_release(&arena);
    return DONE();
}
