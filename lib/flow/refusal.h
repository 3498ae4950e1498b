/*
 * refusal: what it means when a broker says no: a login, a certificate, a protocol or a right that does not fit. Such
 * a thing does not pass by itself, and librdkafka tells it in passing only; what to do stands nowhere in it.
 */
#ifndef LIB_FLOW_REFUSAL_H
#define LIB_FLOW_REFUSAL_H

#include "lib/base/text.h"

struct refusal {
    const char *advice; /* what a person should do; NULL where nothing is known */
    bool passes;        /* by itself: what is away may come back */
};

/* Of `heard`, librdkafka's words. The properties are looked at for what is plainly wrong, and never shown. */
struct refusal refusal_of(struct arena *arena, const struct pairs *properties, const char *heard);

#endif
