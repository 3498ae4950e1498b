/*
 * apache: a private Apache Kafka (KRaft, one node) in the state folder, from the jars that `make apache-kafka` brings.
 *
 * For `kafka: apache`: the same service as the embedded broker, with a log on disk and every feature of the real one.
 * It listens on loopback only, is found again when left running, and started again where it is dead.
 */
#ifndef LIB_FLOW_APACHE_H
#define LIB_FLOW_APACHE_H

#include "lib/base/arena.h"

/* Starts it where it does not run; *bootstrap is its address. `jars` is the folder of jars. ERR_SERVICE says why not.
 */
bool apache_start(struct arena *arena, const char *state, const char *jars, const char **bootstrap,
                  struct err *err) MUST_CHECK;
void apache_stop(const char *state);
/* Its address where it runs, else NULL. */
const char *apache_address(struct arena *arena, const char *state);

#endif
