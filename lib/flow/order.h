/*
 * order: the message that there is work: CloudEvents 1.0 JSON in structured mode, under 1 KB. It names a task and its
 * run, never data. The ledger decides; an order is only a hint that may be lost, repeated or late.
 */
#ifndef LIB_FLOW_ORDER_H
#define LIB_FLOW_ORDER_H

#include "lib/base/uuid.h"
#include "lib/ledger/ledger.h"

#define ORDER_CONTENT_TYPE "application/cloudevents+json; charset=UTF-8"

struct order {
    char task[UUID_TEXT];
    char run[UUID_TEXT];
};

/* "<prefix>.work.<stage>.v1"; the stage is the kind up to its dot. */
const char *order_topic(struct arena *arena, const char *prefix, const char *kind);
/* "<prefix>.dead.v1" and "<prefix>.events.v1" */
const char *order_dead_topic(struct arena *arena, const char *prefix);
const char *order_events_topic(struct arena *arena, const char *prefix);

struct order_draft {
    const char *task; /* UUID */
    const char *kind;
};

/* Put the orders of a run's tasks into the outbox, in the caller's transaction; wakes the relay when that commits. */
bool order_enqueue(struct ledger *ledger, struct arena *arena, const char *prefix, const char *run,
                   const struct order_draft *drafts, size_t count, struct err *err) MUST_CHECK;
/* Any message: it is of a task (NULL: of none), has a topic and a key. */
bool order_post(struct ledger *ledger, struct arena *arena, const char *task, const char *topic, const char *key,
                const char *payload, struct err *err) MUST_CHECK;

/* ERR_INPUT says why a message is no order; ERR_DEFINITION that it is one of another version. */
bool order_parse(struct arena *arena, const char *payload, size_t len, struct order *order, struct err *err) MUST_CHECK;

#endif
