/*
 * registry: model versions: releasing one as the last task of a run, and what users ask about them.
 *
 * release.c and provenance.c are the task; command.c is the door of the user's commands, each of which has its own
 * file.
 */
#ifndef REGISTRY_REGISTRY_H
#define REGISTRY_REGISTRY_H

#include "lib/base/mapping.h"
#include "lib/flow/stage.h"

struct release {       /* section "registry.release" */
    const char *model; /* NULL: every model of the definition */
    const char *alias;
};

extern const struct stage_info registry_info;

/* Whether an alias may be called so. */
bool alias_check(const char *value, struct err *err) MUST_CHECK;

bool registry_release(struct task *task, const void *config, struct err *err);

/* The in-toto statement of a model, canonical JSON; a pure function of settings, spec and inputs, as every artifact is.
 */
char *provenance_write(const struct task *task, const struct release *release, const json_t *verdict);

/* Elements of all tensors of a safetensors file. */
bool count_parameters(struct arena *arena, const struct map *weights, int64_t *parameters, struct err *err) MUST_CHECK;

/* Runs a user's command where argv[1] is one; *status is the exit status then. */
bool registry_command(int argc, char **argv, int *status);

#endif
