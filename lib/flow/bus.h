/*
 * bus: Kafka through librdkafka: an idempotent producer, a consumer with manual commits, topics.
 *
 * Messages may be lost, repeated or reordered; nothing here needs more. A bus belongs to one thread, but bus_ack() may
 * be called from another. Errors are ERR_SERVICE and carry what the broker said last, or ERR_REFUSED where that says
 * that it will not take us, and what to do (refusal.h). Properties: those of docs/design.md, overridden by the site's
 * own, which are librdkafka's. The end of a bus takes seconds where no broker answers; a consumer that cannot leave its
 * group then is left to the end of the process.
 */
#ifndef LIB_FLOW_BUS_H
#define LIB_FLOW_BUS_H

#include "lib/base/text.h"

#include <stdint.h>

struct bus;

/* What a call here takes by its own limits, and librdkafka's, is less than this: the longest is kinit's, where no KDC
 * answers, during which librdkafka answers nobody. */
enum { BUS_LONGEST_MS = 60000 };

struct bus_message {
    const char *topic, *key, *payload;
    int64_t tag; /* the sender's own */
    bool sent;   /* the broker has it */
    int32_t partition;
    int64_t offset;
};

struct bus_record {
    const char *topic;
    int32_t partition;
    int64_t offset;
    const char *payload; /* not ended by NUL */
    size_t len;
};

/* `properties` has bootstrap.servers; `client` is this client's name. No connection is made yet. */
bool bus_open(struct bus **bus, struct arena *arena, const struct pairs *properties, const char *client,
              struct err *err) MUST_CHECK;

/* Send and wait for the delivery reports, at most timeout_ms; each message says whether it was sent. False where none
 * could be. */
bool bus_send(struct bus *bus, struct bus_message *messages, size_t count, int timeout_ms, struct err *err) MUST_CHECK;

/* Join a group that shares a topic. */
bool bus_listen(struct bus *bus, const char *topic, const char *group, struct err *err) MUST_CHECK;
/* The next record, copied into `arena`; *got is false where none came in time. Call it often, also when busy. */
bool bus_next(struct bus *bus, struct arena *arena, int timeout_ms, struct bus_record *record, bool *got,
              struct err *err) MUST_CHECK;
/* While paused bus_next() keeps the membership alive and gives nothing. Told again each time: it may fail. */
void bus_pause(struct bus *bus, bool pause);
/* The records need not come again. Asynchronous: a lost commit only repeats orders. */
void bus_ack(struct bus *bus, const struct bus_record *records, size_t count);

/* Whether a broker answers, and how many there are (NULL: no matter). ERR_REFUSED: it does, and does not take us; what
 * to do is said. */
bool bus_answers(struct bus *bus, int timeout_ms, int *brokers, struct err *err) MUST_CHECK;
/* Whether a broker answers, and these topics are there and may be seen. */
bool bus_sees(struct bus *bus, const struct texts *topics, int timeout_ms, struct err *err) MUST_CHECK;

/* librdkafka's own client, for what administers topics; NULL and an error where there can be none. */
struct rd_kafka_s *bus_client(struct bus *bus, struct err *err) MUST_CHECK;
/* Always false: the error that librdkafka's words mean, with what to do. */
bool bus_refused(struct bus *bus, const char *what, const char *heard, struct err *err);

#endif
