/* tidemill-evaluate: the stage's tasks, and two commands on an exported model. */
#include "evaluate/evaluate.h"

static const struct work works[] = {
    {"evaluate.baseline", evaluate_baseline},
    {"evaluate.score", evaluate_score},
    {"evaluate.judge", evaluate_judge},
    {NULL, NULL},
};

static const struct stage stage = {.info = &evaluate_info, .works = works};

int main(int argc, char **argv)
{
    int status;
    if (evaluate_command(argc, argv, &status))
        return status;
    return stage_main(&stage, argc, argv);
}
