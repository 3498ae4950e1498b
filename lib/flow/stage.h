/*
 * stage: what a stage executable is, in two parts.
 *
 * `struct stage_info` is what others may know without linking the stage's code: its kinds of task, their revisions and
 * options. It stands in <room>/options.c. `struct stage` adds the functions and stands in <room>/main.c, which is two
 * tables and one line: return stage_main(&stage, argc, argv).
 */
#ifndef LIB_FLOW_STAGE_H
#define LIB_FLOW_STAGE_H

#include "lib/base/option.h"
#include "lib/flow/task.h"

/* A kind of task. Its revision is raised when the same input and settings would give other output. */
struct kind {
    const char *name; /* "clean.shard" */
    int revision;
    const struct section *section; /* whose options matter to it; NULL: none */
    const char *facts;             /* library facts that change its output: "unicode 15.0"; NULL: none */
    bool checkpoints;              /* it leaves some while it works (task.h) */
};

struct stage_info {
    const char *name; /* "clean" */
    const char *summary;
    const struct kind *kinds;              /* ends with a NULL name */
    const struct section *const *sections; /* all sections of this room, ends with NULL */
};

struct work {
    const char *kind;
    /* Does one task. `config` is the kind's section, filled from the run's definition. Leaves outputs and records in
     * the task; must depend on nothing but config, spec and inputs. On failure err says why: ERR_INPUT is final, a code
     * whose action is RETRY is tried again. */
    bool (*run)(struct task *task, const void *config, struct err *err);
};

struct stage {
    const struct stage_info *info;
    const struct work *works; /* ends with a NULL kind */
};

int stage_main(const struct stage *stage, int argc, char **argv);

#endif
