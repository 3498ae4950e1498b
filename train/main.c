/* tidemill-train: trains one model per task. */
#include "train/train.h"

static const struct work works[] = {
    {"train.fit", train_fit},
    {NULL, NULL},
};

static const struct stage stage = {.info = &train_info, .works = works};

int main(int argc, char **argv)
{
    return stage_main(&stage, argc, argv);
}
