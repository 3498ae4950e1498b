/* buf: see buf.h. */
#include "lib/base/buf.h"

#include "lib/base/json_run.h"

#include <stdio.h>
#include <string.h>

void buf_init(struct buf *buf, struct arena *arena)
{
    buf->arena = arena;
    buf->len = 0;
    buf->capacity = 64;
    buf->data = arena_alloc(arena, buf->capacity);
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->data[0] = '\0';
}

char *buf_reserve(struct buf *buf, size_t bytes)
{
    if (bytes >= buf->capacity - buf->len) {
        size_t capacity = buf->capacity;
        while (bytes >= capacity - buf->len)
            capacity = arena_size(capacity, 2);
        buf->data = arena_grow(buf->arena, buf->data, buf->capacity, capacity);
        buf->capacity = capacity;
    }
    return buf->data + buf->len;
}

void buf_add(struct buf *buf, const void *data, size_t len)
{
    char *end = buf_reserve(buf, len);
    if (len > 0)
        memcpy(end, data, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void buf_char(struct buf *buf, char c)
{
    *buf_reserve(buf, 1) = c;
    buf->data[++buf->len] = '\0';
}

void buf_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_vprintf(struct buf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len < 0)
        BUG("format \"%s\" is invalid", format);
    vsnprintf(buf_reserve(buf, (size_t)len), (size_t)len + 1, format, again);
    va_end(again);
    buf->len += (size_t)len;
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vprintf(buf, format, args);
    va_end(args);
}

static void json_escape(struct buf *buf, unsigned char c)
{
    switch (c) {
    case '"':
        buf_add(buf, "\\\"", 2);
        break;
    case '\\':
        buf_add(buf, "\\\\", 2);
        break;
    case '\n':
        buf_add(buf, "\\n", 2);
        break;
    case '\r':
        buf_add(buf, "\\r", 2);
        break;
    case '\t':
        buf_add(buf, "\\t", 2);
        break;
    default:
        buf_printf(buf, "\\u%04x", c);
    }
}

void buf_json(struct buf *buf, const char *text, size_t len)
{
    buf_char(buf, '"');
    for (size_t i = 0; i < len; i++) {
        size_t run = json_run(text + i, len - i);
        buf_add(buf, text + i, run);
        i += run;
        if (i < len)
            json_escape(buf, (unsigned char)text[i]);
    }
    buf_char(buf, '"');
}
