/*
 * inbox: the orders that came from Kafka and were not looked at yet. A thread of its own always polls, whatever the
 * worker does; when the inbox is full the partitions are paused, so that other workers' orders stay with the broker.
 */
#ifndef LIB_FLOW_INBOX_H
#define LIB_FLOW_INBOX_H

#include "lib/flow/bus.h"
#include "lib/flow/watch.h"

struct inbox;

/* Starts the thread, which is seen by `watch`. `bus` listens already and belongs to the inbox from now on, but for
 * bus_ack(). */
struct inbox *inbox_open(struct arena *arena, struct bus *bus, struct watch *watch);
void inbox_close(struct inbox *inbox);
/* The next record, in `arena`; false where none came in time. */
bool inbox_take(struct inbox *inbox, struct arena *arena, int timeout_ms, struct bus_record *record);
/* At rest the topic is only looked at every few seconds: a broker is not asked fifty times a second for nothing. A
 * record that comes ends the rest. */
void inbox_rest(struct inbox *inbox, bool at_rest);

/* True where the broker refuses us, and never gave a record: then *err says why and what to do. */
bool inbox_refused(struct inbox *inbox, struct err *err);

#endif
