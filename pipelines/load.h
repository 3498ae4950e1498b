/* load: a definition read, bound to every section, and checked across sections; the first step of run, check, plan,
 * cron. */
#ifndef PIPELINES_LOAD_H
#define PIPELINES_LOAD_H

#include "lib/flow/definition.h"
#include "lib/flow/pipeline.h"
#include "lib/flow/schedule.h"
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

/* folder: where the definition was, if `path` is a copy of it; else NULL. False (ERR_DEFINITION) where there are
 * errors; then *report is every one of them, a line each, and a last line that counts them. `report` is NULL where the
 * file could not be read at all, and err says why. */
bool load_definition(struct loaded *loaded, struct arena *arena, const char *path, const char *folder,
                     const char *state, const char **report, struct err *err) MUST_CHECK;

/* Values of single options, by their place ("train.models[0]", "shape.layers"), for the few that the runner itself
 * needs; defaults where they are not given; NULL or 0 where there is no such option. */
const char *load_text(struct loaded *loaded, struct arena *arena, const char *place, const char *option);
const struct texts *load_texts(struct loaded *loaded, struct arena *arena, const char *place, const char *option);
double load_number(struct loaded *loaded, struct arena *arena, const char *place, const char *option);

#endif
