/*
 * services: where PostgreSQL and Kafka are, by a site's settings: private ones in the state folder, or real ones.
 */
#ifndef LIB_FLOW_SERVICES_H
#define LIB_FLOW_SERVICES_H

#include "lib/flow/site.h"

/* How to reach PostgreSQL; ERR_SERVICE where a private one does not run. */
bool services_postgres(const struct site *site, struct arena *arena, const char **conninfo, struct err *err) MUST_CHECK;
/* librdkafka's properties; ERR_SERVICE where a private broker does not run. */
bool services_kafka(const struct site *site, struct arena *arena, struct pairs *properties, struct err *err) MUST_CHECK;
/* Start the private broker where it does not run; `program` is the tidemill executable, beside which a build folder's
 * jars are looked for. On real Kafka: nothing. */
bool services_start_kafka(const struct site *site, struct arena *arena, const char *program,
                          struct err *err) MUST_CHECK;
void services_stop_kafka(const struct site *site);

#endif
