/*
 * topics: those of a site in a Kafka cluster: how many partitions and copies, and how long a message is kept.
 */
#ifndef LIB_FLOW_TOPICS_H
#define LIB_FLOW_TOPICS_H

#include "lib/flow/bus.h"
#include "lib/flow/site.h"

/* "<prefix>.work.<stage>.v1" of every stage, "<prefix>.events.v1", "<prefix>.dead.v1" */
struct texts topics_of_site(const struct site *site, struct arena *arena);

/* Make those that do not exist; what exists is left as it is. */
bool topics_make(const struct site *site, struct arena *arena, struct bus *bus, struct err *err) MUST_CHECK;

#endif
