/*
 * process: child processes and services that outlive their parent.
 *
 * A service writes a file with its pid and the time at which that process started, so that a pid which the system has
 * given to somebody else since is never taken for it.
 */
#ifndef LIB_BASE_PROCESS_H
#define LIB_BASE_PROCESS_H

#include "lib/base/arena.h"

#include <sys/types.h>

/* Runs argv (ends with NULL, argv[0] looked up on PATH) to its end, with output appended to the file `log` (NULL: ours)
 * and no standard input. False (ERR_SYSTEM) where it cannot be started or ends otherwise than with status 0; the
 * message then ends in the last lines of `log`. */
bool process_run(const char *const argv[], const char *log, struct err *err) MUST_CHECK;

/* Starts argv as a service: it leads a session of its own, outlives us, and is remembered in `file`. It becomes argv
 * only once that is written, so that whenever we are killed no service is left that nobody knows of. */
bool process_serve(const char *const argv[], const char *log, const char *file, struct err *err) MUST_CHECK;
/* The process of a service (0: it does not run, or the system does not tell). */
pid_t process_remembered(const char *file);

/* Ends a remembered process: SIGTERM, after `patience_ms` SIGKILL; removes the file. Nothing to end is no error; what
 * may not be ended, as another user's, stays remembered. */
void process_end(const char *file, long patience_ms);

/* The last lines of a file, at most 1,500 bytes of them, for messages; "" where there is none. */
char *process_log_tail(struct arena *arena, const char *file, int lines);

#endif
