/* Orders: topics, what is one, and why a message is none. */
#include "lib/flow/order.h"
#include "tests/unit/tap.h"

#define TASK "01890000-0000-7000-8000-000000000001"
#define RUN  "01890000-0000-7000-8000-000000000002"

static void refused(struct arena *arena, const char *payload, enum err_code code, const char *message)
{
    struct order order;
    struct err err = {0};
    OK(!order_parse(arena, payload, strlen(payload), &order, &err) && err.code == code, "refused as %s",
       err_name(code));
    SAME(err.text, message, "says why");
}

int main(void)
{
    struct arena arena;
    struct order order;
    struct err err = {0};
    arena_init(&arena);
    SAME(order_topic(&arena, "mill", "clean.shard"), "mill.work.clean.v1", "a kind's topic is its stage's");
    SAME(order_dead_topic(&arena, "mill"), "mill.dead.v1", "the topic of bad messages");
    SAME(order_events_topic(&arena, "mill"), "mill.events.v1", "the topic of events");

    const char *good = "{\"specversion\":\"1.0\",\"type\":\"work.clean.v1\",\"more\":[1],\"data\":{\"task\":\"" TASK
                       "\",\"run\":\"" RUN "\"}}";
    OK(order_parse(&arena, good, strlen(good), &order, &err), "an order is read");
    SAME(order.task, TASK, "its task");
    SAME(order.run, RUN, "its run");

    refused(&arena, "[1]", ERR_INPUT, "not a CloudEvent of specversion 1.0");
    refused(&arena, "7", ERR_INPUT, "not a CloudEvent of specversion 1.0");
    refused(&arena, "{\"specversion\":\"0.3\"}", ERR_INPUT, "not a CloudEvent of specversion 1.0");
    refused(&arena, "{\"specversion\":\"1.0\",\"type\":\"work.clean.v2\"}", ERR_DEFINITION,
            "its type is \"work.clean.v2\"; this program understands work.<stage>.v1");
    refused(&arena, "{\"specversion\":\"1.0\",\"type\":\"work.clean.v1\"}", ERR_INPUT, "data.task is no UUID");
    refused(&arena, "{\"specversion\":\"1.0\",\"type\":\"work.clean.v1\",\"data\":{\"task\":\"" TASK "\",\"run\":7}}",
            ERR_INPUT, "data.run is no UUID");
    OK(!order_parse(&arena, "\0\377", 2, &order, &err) && strstr(err.text, "invalid JSON") != NULL, "bytes are none");
    OK(!order_parse(&arena, "", 0, &order, &err) && strstr(err.text, "invalid JSON") != NULL, "nothing is none");
    for (size_t len = 0; len < strlen(good); len++)
        if (order_parse(&arena, good, len, &order, &err))
            OK(false, "cut at %zu it is still read", len);
    arena_release(&arena);
    return DONE();
}
