/*
 * worker_files: the files by which workers are remembered, "train-1.pid" in the folder of the workers, or
 * "train-1.beside.pid" of one beside who has that place (workers.h).
 */
#ifndef PIPELINES_WORKER_FILES_H
#define PIPELINES_WORKER_FILES_H

#include "lib/base/text.h"

#include <sys/types.h>

/* Of all workers that were ever started here and not ended: more than the site has now, where it had more then or where
 * they were started for a definition that is not at hand. */
struct texts worker_files(struct arena *arena, const char *folder);
/* The file that stands in the folder where `tidemill up` asked for them to stay. */
const char *worker_files_keep(struct arena *arena, const char *folder);
bool worker_file_beside(const char *file);
const char *worker_file_stage(struct arena *arena, const char *file); /* "train" */
/* Whether the worker runs another program than would be started for its stage now. */
bool worker_other_program(struct arena *arena, pid_t worker, const char *stage);

/* Ends their workers, all at once, so that they need not wait for each other; one whose work leaves checkpoints gets
 * the time for one. */
void worker_files_end(struct arena *arena, const struct texts *files);

#endif
