/*
 * broker: the embedded Kafka, for `kafka: embedded`: a process (`tidemill broker`) that hosts librdkafka's own broker
 * implementation on a loopback port. It keeps its log in memory only; the ledger is the truth, so losing it loses
 * nothing.
 *
 * It outlives the program that started it, is found again, and starts again at the same port. Limits (librdkafka's
 * rdkafka_mock.h): 5 MiB and 100,000 batches per partition, no TLS, no SASL, loopback only.
 */
#ifndef LIB_FLOW_BROKER_H
#define LIB_FLOW_BROKER_H

#include "lib/base/text.h"

/* Starts it where it does not run; `program` is the tidemill executable. *bootstrap is its address. */
bool broker_start(struct arena *arena, const char *state, const char *program, const struct texts *topics,
                  int partitions, const char **bootstrap, struct err *err) MUST_CHECK;
/* Its address where it runs, else NULL. */
const char *broker_address(struct arena *arena, const char *state);
void broker_stop(const char *state);

/* The process itself: serves until SIGTERM or SIGINT; `ready` is a file to write when it does. */
bool broker_serve(int port, const struct texts *topics, int partitions, const char *ready, struct err *err) MUST_CHECK;

#endif
