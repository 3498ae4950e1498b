/* pipeline: see pipeline.h. */
#include "lib/flow/pipeline.h"

#include <string.h>

static bool check_name(const char *value, struct err *err)
{
    size_t len = strlen(value);
    if (len > 0 && len <= 63 && value[strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-_.")] == '\0' &&
        strchr("-_.", value[0]) == NULL)
        return true;
    return err_set(err, ERR_DEFINITION,
                   "\"%s\" is not a name; use up to 63 lower-case letters, digits, '-', '_' and '.', a letter first",
                   value);
}

static const struct option pipeline_options[] = {
    {.path = "pipeline",
     .type = OPTION_TEXT,
     .offset = offsetof(struct pipeline, name),
     .help = "the pipeline's name in the ledger",
     .check = check_name},
    {.path = "about",
     .type = OPTION_TEXT,
     .offset = offsetof(struct pipeline, about),
     .initial = "",
     .inert = true,
     .help = "what it is for, in a sentence"},
    {.path = "seed",
     .type = OPTION_INT,
     .offset = offsetof(struct pipeline, seed),
     .initial = "0",
     .min = 0,
     .max = 9e15,
     .help = "start of every random choice of a run"},
    {.type = OPTION_END},
};

/* Nothing would be no limit. */
static bool check_limit(const char *value, struct err *err)
{
    struct money limit;
    return !quantity_money(value, &limit) || limit.micros > 0 ||
           err_set(err, ERR_DEFINITION, "\"%s\" would allow nothing; leave it out where there is no limit", value);
}

static const struct option budget_options[] = {
    {.path = "run",
     .type = OPTION_MONEY,
     .offset = offsetof(struct budget, run),
     .initial = "",
     .inert = true,
     .help = "what one run may cost; one whose plan (p90) is dearer is refused",
     .check = check_limit},
    {.path = "month",
     .type = OPTION_MONEY,
     .offset = offsetof(struct budget, month),
     .initial = "",
     .inert = true,
     .help = "what all runs of this pipeline may cost in a calendar month",
     .check = check_limit},
    {.type = OPTION_END},
};

const struct section pipeline_section = {
    .path = "", .help = "the pipeline itself", .size = sizeof(struct pipeline), .options = pipeline_options};
const struct section budget_section = {
    .path = "budget",
    .help = "limits on money; a run that would break one is refused before it starts, one that does is ended",
    .size = sizeof(struct budget),
    .options = budget_options};
