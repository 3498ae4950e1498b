/*
 * workers: the processes tidemill-<stage> of this machine.
 *
 * Of all runners on one state folder, the one that holds the lock file looks after the workers: starts those that are
 * missing, and again those that die. Workers are remembered in files, so that those of a killed runner are found and go
 * on working. They end with the last run, unless `tidemill up` asked for them to stay.
 *
 * A runner of before an upgrade goes on with the workers that it has, which cannot do what is new. Who comes after it
 * starts workers of the new program beside them, of those stages, under a second lock; they take the others' places
 * once the first lock is free.
 */
#ifndef PIPELINES_WORKERS_H
#define PIPELINES_WORKERS_H

#include "lib/flow/site.h"

struct ledger;
struct worker;

struct workers {
    struct arena *arena;
    const struct site *site;
    const char *given;  /* which file the settings were read for; "": none */
    const char *folder; /* of the lock, the pids and the settings */
    int lock;           /* -1: somebody else looks after them */
    int beside;         /* the second lock; -1: none of ours are beside theirs */
    bool told;          /* that those who have the lock work for another ledger */
    struct worker *list;
    size_t count;
};

/* file: the definition or site file that the command was told; NULL: none. */
bool workers_open(struct workers *workers, struct arena *arena, const struct site *site, const char *file,
                  struct err *err) MUST_CHECK;
/* False (ERR_USAGE) where workers that `tidemill up` left running here work for another ledger than this one, and
 * none for this one, be it elsewhere: whoever waits for them would wait for ever. */
bool workers_serve(const struct workers *workers, struct ledger *ledger, struct err *err) MUST_CHECK;
/* Start what is missing, where we hold a lock or can get it (those that are outdated end with the first), and free what
 * dead workers held (with a ledger; may be NULL). Call about once a second. */
bool workers_tend(struct workers *workers, struct ledger *ledger, struct err *err) MUST_CHECK;
/* Let go; the workers end, unless `others` (another run needs them) or `tidemill up` asked for them. */
void workers_close(struct workers *workers, bool others);

/* Keep others from looking after them until the program ends, or workers_close(): nothing that is ended meanwhile is
 * started again. ERR_SLOT names the runner that does, and what to do. */
bool workers_take_over(struct workers *workers, struct err *err) MUST_CHECK;

bool workers_keep(struct workers *workers, struct err *err) MUST_CHECK; /* what `tidemill up` asks for */
void workers_end_all(struct workers *workers);                          /* what `tidemill down` does */
size_t workers_alive(const struct workers *workers);
/* How many of those that the site wants, and `tidemill up` was asked to leave running, do not run. */
size_t workers_missing(const struct workers *workers);

#endif
