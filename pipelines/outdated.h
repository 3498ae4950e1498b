/*
 * outdated: workers that would be started otherwise now, after an upgrade or a change of the site settings.
 *
 * Whoever looks after the workers next ends those of another program, and those whose settings have changed where it
 * was told the same file, or one with the same site file: what a file says is the business of those alone who were
 * started for it, so that two pipelines that share a mill do not replace each other's workers. Those of another ledger,
 * though, do nothing for this one: where no `tidemill up` asked for them, they are what a killed runner left.
 */
#ifndef PIPELINES_OUTDATED_H
#define PIPELINES_OUTDATED_H

#include "lib/flow/site.h"

struct outdated {
    size_t program;   /* run another program, as after an upgrade */
    size_t changed;   /* run with settings that the file which they were started for no longer has */
    size_t other;     /* were left running by `tidemill up`, with settings of another file than this, which differ */
    size_t elsewhere; /* work for a ledger that is named otherwise, as their file has it still */
    const char *given[3]; /* the file of the first of `changed`, of `other`, of `elsewhere`; "": none */
};

/* Of the workers remembered in the folder, beside those that would be started from `site`, as read for `given`
 * (absolute; "": no file). to_end: the files (worker_files.h) of those that whoever looks after them ends; NULL: not
 * asked. */
struct outdated outdated_find(struct arena *arena, const char *folder, const struct site *site, const char *given,
                              struct texts *to_end);

#endif
