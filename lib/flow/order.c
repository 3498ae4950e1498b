/* order: see order.h. CloudEvents 1.0.2, https://github.com/cloudevents/spec (attributes and JSON format). */
#include "lib/flow/order.h"

#include "lib/base/clock.h"
#include "lib/base/json.h"
#include "lib/base/text.h"

#include <string.h>

static const char *stage_of(struct arena *arena, const char *kind)
{
    return arena_strndup(arena, kind, strcspn(kind, "."));
}

const char *order_topic(struct arena *arena, const char *prefix, const char *kind)
{
    return arena_printf(arena, "%s.work.%s.v1", prefix, stage_of(arena, kind));
}

const char *order_dead_topic(struct arena *arena, const char *prefix)
{
    return arena_printf(arena, "%s.dead.v1", prefix);
}

const char *order_events_topic(struct arena *arena, const char *prefix)
{
    return arena_printf(arena, "%s.events.v1", prefix);
}

static const char *order_text(struct arena *arena, const char *prefix, const char *run, const struct order_draft *draft)
{
    char id[UUID_TEXT], now[CLOCK_TEXT];
    uuid_new(id);
    clock_format(clock_wall_us(), now);
    return arena_printf(arena,
                        "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/"
                        "%s\",\"type\":\"work.%s.v1\",\"subject\":\"run/%s/task/%s\","
                        "\"time\":\"%s\",\"datacontenttype\":\"application/"
                        "json\",\"data\":{\"task\":\"%s\",\"run\":\"%s\",\"kind\":\"%s\"}}",
                        id, prefix, stage_of(arena, draft->kind), run, draft->task, now, draft->task, run, draft->kind);
}

bool order_enqueue(struct ledger *ledger, struct arena *arena, const char *prefix, const char *run,
                   const struct order_draft *drafts, size_t count, struct err *err)
{
    const char **tasks = ARENA_ARRAY(arena, const char *, count), **topics = ARENA_ARRAY(arena, const char *, count);
    const char **payloads = ARENA_ARRAY(arena, const char *, count);
    for (size_t i = 0; i < count; i++) {
        tasks[i] = drafts[i].task;
        topics[i] = order_topic(arena, prefix, drafts[i].kind);
        payloads[i] = order_text(arena, prefix, run, &drafts[i]);
    }
    const char *keys = param_texts(arena, tasks, count);
    return ledger_queue(ledger, STATEMENT_OUTBOX_ADD,
                        PARAMS(keys, param_texts(arena, topics, count), keys, param_texts(arena, payloads, count)),
                        err);
}

bool order_post(struct ledger *ledger, struct arena *arena, const char *task, const char *topic, const char *key,
                const char *payload, struct err *err)
{
    return ledger_queue(ledger, STATEMENT_OUTBOX_ADD,
                        PARAMS(param_texts(arena, &task, 1), param_texts(arena, &topic, 1), param_texts(arena, &key, 1),
                               param_texts(arena, &payload, 1)),
                        err);
}

static bool take_uuid(const json_t *data, const char *key, char uuid[UUID_TEXT], struct err *err)
{
    const char *text = json_text_or(data, key, NULL);
    if (text == NULL || !uuid_valid(text))
        return err_set(err, ERR_INPUT, "data.%s is no UUID", key);
    memcpy(uuid, text, UUID_TEXT);
    return true;
}

bool order_parse(struct arena *arena, const char *payload, size_t len, struct order *order, struct err *err)
{
    json_t *event = json_read(arena, payload, len, err);
    if (event == NULL)
        return false;
    const char *type = json_text_or(event, "type", "");
    const json_t *data = json_object_get(event, "data");
    if (!text_equal(json_text_or(event, "specversion", NULL), "1.0"))
        return err_set(err, ERR_INPUT, "not a CloudEvent of specversion 1.0");
    if (!text_starts(type, "work.") || !text_ends(type, ".v1"))
        return err_set(err, ERR_DEFINITION, "its type is \"%.100s\"; this program understands work.<stage>.v1", type);
    return take_uuid(data, "task", order->task, err) && take_uuid(data, "run", order->run, err);
}
