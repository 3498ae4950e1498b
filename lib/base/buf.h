/*
 * buf: text or bytes that grow, in an arena.
 *
 * Invariant: data is never NULL after buf_init() and data[len] is always NUL, so data can be passed as a C string.
 */
#ifndef LIB_BASE_BUF_H
#define LIB_BASE_BUF_H

#include "lib/base/arena.h"

struct buf {
    char *data;
    size_t len;
    size_t capacity;
    struct arena *arena;
};

void buf_init(struct buf *buf, struct arena *arena);
void buf_clear(struct buf *buf);                  /* empties it, keeps the room */
char *buf_reserve(struct buf *buf, size_t bytes); /* room for so many more; returns where they go */
void buf_add(struct buf *buf, const void *data, size_t len);
void buf_char(struct buf *buf, char c);
void buf_text(struct buf *buf, const char *text);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_vprintf(struct buf *buf, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* A JSON string with its quotes; text is UTF-8 and may hold any byte, NUL too. */
void buf_json(struct buf *buf, const char *text, size_t len);

#endif
