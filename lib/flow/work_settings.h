/*
 * work_settings: what tasks of one kind and run need besides their inputs. A run is started with it and it never
 * changes, so a worker asks for it once, and keeps what it needed last.
 */
#ifndef LIB_FLOW_WORK_SETTINGS_H
#define LIB_FLOW_WORK_SETTINGS_H

#include "lib/flow/claim.h"
#include "lib/flow/stage.h"

struct work_settings {
    struct arena arena; /* of all below */
    bool known;
    char run[UUID_TEXT];
    const char *kind;
    int64_t element;    /* of the definition's list */
    const void *config; /* the kind's section, filled; NULL where it has none */
    const char *definition, *file, *pipeline;
};

void work_settings_init(struct work_settings *settings);
void work_settings_release(struct work_settings *settings);

/* Those of a claim. ERR_VERSION: the run wants another revision of the kind than this program has. */
bool work_settings_take(struct work_settings *settings, struct ledger *ledger, const struct claim *claim,
                        const struct kind *kind, int64_t element, struct err *err) MUST_CHECK;

#endif
