#include "tokenize/tokenize.h"

static const struct work works[] = {
    {"tokenize.learn", tokenize_learn},
    {"tokenize.encode", tokenize_encode},
    {NULL, NULL},
};

static const struct stage stage = {&tokenize_info, works};

int main(int argc, char **argv)
{
    return stage_main(&stage, argc, argv);
}
