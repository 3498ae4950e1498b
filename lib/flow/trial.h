/*
 * trial: which elements of a batch end the process that works on them.
 *
 * Where an attempt of a task was lost (its worker crashed, hung, ran out of memory), the next one is careful: before
 * the batch is worked on, a child process tries it, element by element, and leaves nothing. Where the child dies, hangs
 * or runs out of memory at an element, that element is tried alone; where it does no harm alone, the elements before it
 * are bisected for the one that does the harm. What is found is set aside with its reason, and the rest is tried again,
 * until a child comes through. The caller then leaves out what was set aside and works as ever: so a careful attempt
 * gives the bytes that any other gives, less what no attempt could have given.
 *
 * It is made by a process that did nothing before (work.h). Children run on one thread, under the worker's own limits.
 * A whole batch that cannot be worked on is not a matter of single elements: ERR_INPUT, which fails the task, with one
 * line that says so.
 */
#ifndef LIB_FLOW_TRIAL_H
#define LIB_FLOW_TRIAL_H

#include "lib/flow/task.h"
#include "lib/text/document.h"

/* Why an element is set aside. */
struct fate {
    const char *rule; /* "crash", "timeout", "memory"; NULL: it is well */
    double value;     /* the signal (or minus the exit status), seconds without a move, peak bytes of the process */
    double limit;     /* of the last two; 0: none was set */
};

typedef void trial_work(void *context, size_t element);

struct trial {
    struct task *task;
    trial_work *work; /* in the child: what it does to memory is gone with the child; must leave nothing outside */
    void *context;
    size_t tried, aside; /* over all batches so far */
    struct trial_board *board;
};

/* fate: [count], all well at once unless the task is careful. False: ERR_INPUT as above; or the lease is lost, the run
 * has ended, the system refuses. */
bool trial_batch(struct trial *trial, size_t count, struct fate *fate, struct err *err) MUST_CHECK;

/* As trial_batch, of documents: what is set aside is recorded in the task, and taken out of the array. */
bool trial_documents(struct trial *trial, struct document *documents, size_t *count, struct err *err) MUST_CHECK;

/* As a phrase: "crashed (signal 11, Segmentation fault)". */
const char *fate_text(struct arena *arena, const struct fate *fate);

#endif
