/* load: a definition read, bound to every section, and checked across sections; the first step of run, check, plan,
 * cron. */
#ifndef PIPELINES_LOAD_H
#define PIPELINES_LOAD_H

#include "lib/flow/definition.h"
#include "lib/flow/pipeline.h"
#include "lib/flow/site.h"

struct loaded {
    struct definition definition;
    struct pipeline pipeline;
    struct schedule schedule;
    struct budget budget;
    struct site site;
    size_t sources, models;
    const char *reference; /* the section in which the first error stands: "train"; "" for none */
};

/* False (ERR_DEFINITION) where there are errors; then *report is every one of them, a line each, and a last line that
 * counts them. `report` is NULL where the file could not be read at all, and err says why. */
bool load_definition(struct loaded *loaded, struct arena *arena, const char *path, const char *state,
                     const char **report, struct err *err) MUST_CHECK;

#endif
