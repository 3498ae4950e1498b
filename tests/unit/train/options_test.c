/* The options of train.models[]: their defaults, and the checks between them. */
#include "tests/unit/train/fixture.h"

static void refuse(const char *path, const char *value, const char *want)
{
    struct fixture f;
    struct err err = {0};
    set_up(&f);
    set_option(&f, path, value);
    OK(!train_info.sections[0]->check(&f.config, &err) && err.code == ERR_DEFINITION, "%s: %s is refused", path, value);
    SAME(err.text, want, "and says why");
    tear_down(&f);
}

static void test_key(void)
{
    struct fixture f;
    set_up(&f);
    char *before = option_canonical(train_info.sections[0], &f.arena, &f.config);
    set_option(&f, "checkpoint_every", "5s");
    set_option(&f, "report_every", "7");
    SAME(option_canonical(train_info.sections[0], &f.arena, &f.config), before,
         "how often is reported and kept is no part of the key");
    set_option(&f, "seed", "2");
    OK(strcmp(option_canonical(train_info.sections[0], &f.arena, &f.config), before) != 0, "the seed is");
    tear_down(&f);
}

int main(void)
{
    struct fixture f;
    struct err err = {0};
    set_up(&f);
    OK(train_info.sections[0]->check(&f.config, &err), "a small model passes");
    tear_down(&f);
    refuse("shape.heads", "3", "shape.width 16 is not a multiple of shape.heads 3");
    refuse("batch", "100",
           "batch 100 is not a multiple of shape.context 16 times accumulate 1: a batch is whole sequences");
    refuse("tokens", "4M", "tokens, steps and epochs exclude each other: give one of them");
    refuse("steps", "0", "how long to train is not said: give tokens, steps or epochs");
    test_key();
    return DONE();
}
