/* layer: one layer of lib/ at work; the driver runs one by its name. */
#ifndef TESTS_CALL_LAYER_H
#define TESTS_CALL_LAYER_H

#include "lib/base/arena.h"
#include "lib/base/digest.h"

struct layer {
    const char *name;
    /* Works in `folder`, adds what it made to `made`; on a state that it left before it makes the same. */
    bool (*work)(struct arena *arena, const char *folder, struct digest_stream *made, struct err *err);
};

extern const struct layer base_layers[], data_layers[], ledger_layers[], process_layers[], flow_layers[],
    worker_layers[], trial_layers[]; /* each ends with a NULL name */

extern char **driver_arguments; /* with which it may begin anew */

/* Where the interposed library is loaded (tests/call/interpose.h): these calls are the test's own. */
__attribute__((weak)) void leave_alone(bool alone);
void test_begins(void);
void test_ends(void);

#endif
