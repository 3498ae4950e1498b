/* batch: see batch.h. */
#include "ingest/batch.h"

#include "lib/base/json.h"

#include <math.h>
#include <string.h>

#define SEED 0x7461696c6d696c6cU /* of the hash that decides about cuts; any number does, as long as it stays */

void batch_add(struct buf *batch, const struct item *item)
{
    char hex[DIGEST_HEX];
    digest_hex(&item->digest, hex);
    buf_printf(batch, "{\"digest\":\"%s\",\"path\":", hex);
    buf_json(batch, item->path, strlen(item->path));
    buf_printf(batch, ",\"size\":%lld,\"uri\":", (long long)item->size);
    buf_json(batch, item->uri, strlen(item->uri));
    buf_text(batch, "}\n");
}

static bool read_item(struct arena *arena, const char *line, size_t len, struct item *item, struct err *err)
{
    const json_t *object = json_read(arena, line, len, err);
    if (object == NULL)
        return false;
    *item = (struct item){.uri = json_text_or(object, "uri", NULL),
                          .path = json_text_or(object, "path", NULL),
                          .size = json_int_or(object, "size", -1)};
    return (item->uri != NULL && item->path != NULL && item->size >= 0 &&
            digest_parse(json_text_or(object, "digest", ""), &item->digest)) ||
           err_set(err, ERR_INPUT, "uri, path, size or digest is missing");
}

bool batch_read(struct arena *arena, const char *data, size_t len, struct items *items, struct err *err)
{
    size_t capacity = 0;
    *items = (struct items){NULL, 0};
    for (const char *at = data, *end = data + len; at < end;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t line = (size_t)((newline == NULL ? end : newline) - at);
        ARENA_PUSH(arena, items->item, items->count, capacity);
        if (!read_item(arena, at, line, &items->item[items->count], err))
            return err_wrap(err, "batch, line %zu", items->count + 1);
        items->count++;
        at += line + 1;
    }
    return true;
}

/* The chance of a cut after b bytes is b / target; sizes within a factor of two count alike (their mean is 3/2 of the
 * lower bound). */
bool cut_after(const void *name, size_t len, int64_t bytes, int64_t target)
{
    double lower = 1;
    while (lower * 2 <= (double)bytes)
        lower *= 2;
    double chance = 1.5 * lower / (double)target;
    return chance >= 1 || (double)(hash64(name, len, SEED) >> 11) < ldexp(chance, 53);
}
