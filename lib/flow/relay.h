/*
 * relay: carries the outbox to Kafka. One at a time over all hosts, by an advisory lock of the ledger; any worker may
 * be it.
 *
 * A message is marked as published only after the broker's report, so it may be sent twice and is never forgotten.
 * Orders that nobody claimed for long are sent again: their message, or their broker, was lost. One that hangs would
 * keep the lock from all others: its watch ends the worker.
 */
#ifndef LIB_FLOW_RELAY_H
#define LIB_FLOW_RELAY_H

#include "lib/base/text.h"
#include "lib/flow/watch.h"

#include <stdatomic.h>

struct relay {
    const char *conninfo;
    const struct pairs *properties; /* of Kafka */
    const char *client;
    int64_t lease_ms;
    struct watch *watch; /* of its thread */
    atomic_bool stop;
    bool any;            /* the relay's own: something was sent */
    atomic_bool refused; /* the broker refuses us and never took a message: `refusal` says why and what to do */
    struct err refusal;
};

/* Runs until `stop`; the argument is a struct relay. For pthread_create. */
void *relay_run(void *relay);

#endif
