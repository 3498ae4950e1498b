/* stages: the stages as programs: `tidemill clean ...` executes tidemill-clean ..., as git does. */
#ifndef PIPELINES_STAGES_H
#define PIPELINES_STAGES_H

#include "lib/base/arena.h"

bool stage_exists(const char *name);
size_t stage_names(const char **names, size_t room); /* how many were written */
/* The program of a stage: beside our own, or in libexec/tidemill. */
bool stage_program(struct arena *arena, const char *stage, const char **path, struct err *err) MUST_CHECK;
/* Becomes the program of a stage with these arguments (ends with NULL); returns only on failure. */
bool stage_execute(struct arena *arena, const char *stage, char **arguments, struct err *err) MUST_CHECK;

#endif
