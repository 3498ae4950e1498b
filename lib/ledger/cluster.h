/*
 * cluster: a private PostgreSQL in the state folder, for `postgres: embedded`.
 *
 * The distribution's own server binaries, a data folder at <state>/postgres/data, no network: a Unix socket that lets
 * in only the user who started it, root, and the user it runs as. Where we are root it runs as user postgres
 * (PostgreSQL refuses root), so the state folder must be reachable for that user. It outlives the program that started
 * it and is found again; what a killed server left behind is put right at the next start. Errors are ERR_SERVICE.
 */
#ifndef LIB_LEDGER_CLUSTER_H
#define LIB_LEDGER_CLUSTER_H

#include "lib/base/arena.h"

/* Makes the state folder and its parents. Where we are root others may pass through those that it makes, and read them
 * only if the umask says so: a umask of 077 would else close them to user postgres. */
bool cluster_folder(const char *state, struct err *err) MUST_CHECK;

/* Starts it where it does not run (making it first where there is none); *conninfo is how to reach database "tidemill".
 */
bool cluster_start(struct arena *arena, const char *state, const char **conninfo, struct err *err) MUST_CHECK;

/* Whether one was made there. ERR_SYSTEM where that cannot be seen, as the folder is another user's, who is named. */
bool cluster_made(const char *state, bool *made, struct err *err) MUST_CHECK;

/* cluster_start() for those who ask one that was made before: that there is none is an error which says so. */
bool cluster_again(struct arena *arena, const char *state, const char **conninfo, struct err *err) MUST_CHECK;

/* Stops it, breaking off open transactions; nothing to stop is no error. */
bool cluster_stop(const char *state, struct err *err) MUST_CHECK;

/* Whether one can be made and run there: its programs are installed, and the user who runs it can enter. Changes
 * nothing. */
bool cluster_possible(const char *state, struct err *err) MUST_CHECK;

/* How to reach it where it runs, else NULL. */
const char *cluster_running(struct arena *arena, const char *state);

#endif
