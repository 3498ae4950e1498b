/*
 * worker_site: the site settings that a worker is started with, in a file of its own.
 *
 * The file, in the folder of the workers, holds what of the settings matters to a worker of its stage, and which file
 * they were taken from: so a worker is started again as it was, whatever becomes of that file meanwhile, and of one
 * that runs it can be told whether the file says something else now. Its name is the digest of what it holds.
 */
#ifndef PIPELINES_WORKER_SITE_H
#define PIPELINES_WORKER_SITE_H

#include "lib/flow/site.h"

#include <sys/types.h>

/* Writes it where it is not there. given: the definition or site file that the command was told, absolute; "": none. */
bool worker_site_keep(struct arena *arena, const char *folder, const struct site *site, const char *given,
                      const char *stage, const char **file, struct err *err) MUST_CHECK;

/* Removes those files, once no worker runs that was started with one. */
void worker_site_forget(struct arena *arena, const char *folder);

/* How a worker that runs compares with one that would be started from `site`. */
struct worker_site {
    const char *given; /* which file it was started for; "": none; NULL: it has no file of ours, and is left alone */
    bool other;        /* it would be started with other settings */
    bool changed;      /* by that which it was started for, too; where that cannot be read it has not changed */
    bool ours;         /* `site` and what it was started for are the same settings, as they stand now */
    bool elsewhere;    /* it works for a ledger that is named otherwise */
};
void worker_site_look(struct arena *arena, pid_t pid, const struct site *site, const char *given, const char *stage,
                      struct worker_site *look);

#endif
