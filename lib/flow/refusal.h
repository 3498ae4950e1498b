/*
 * refusal: what it means when a broker says no: a login, a certificate, a protocol or a right that does not fit. Such
 * a thing does not pass by itself, and librdkafka tells it in passing only; what to do stands nowhere in it.
 */
#ifndef LIB_FLOW_REFUSAL_H
#define LIB_FLOW_REFUSAL_H

#include "lib/base/text.h"

/* What a person should do about `heard`, librdkafka's words; NULL where it is no refusal and may pass by itself.
 * The properties are looked at for what is plainly wrong, and never shown. */
const char *refusal_advice(struct arena *arena, const struct pairs *properties, const char *heard);

#endif
