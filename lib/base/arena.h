/*
 * arena: memory by lifetime (process, task, document), released all at once.
 *
 * Allocation never fails for the caller: out of memory ends the process, and the lease protocol is the recovery.
 * What is not memory (a PGresult, a file, a message) is tied to the arena with arena_defer(), so that a function
 * has one way out. Not thread-safe: one arena belongs to one thread at a time.
 */
#ifndef LIB_BASE_ARENA_H
#define LIB_BASE_ARENA_H

#include "lib/base/err.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct arena_block;
struct arena_large;
struct arena_deferred;

struct arena {
    struct arena_block *block;       /* the newest; older ones are linked from it */
    struct arena_large *large;       /* allocations of over 64 KiB, each its own */
    struct arena_deferred *deferred; /* run in reverse order */
};

/* How a process ends that ran out of memory, wherever it did: one line, and an exit status of its own. */
enum { ARENA_EXHAUSTED = 75 };
__attribute__((noreturn)) void arena_exhausted(const char *what);

/* malloc and free for a library that wants an allocator and has no answer to a lack of memory. */
void *arena_library_alloc(size_t bytes);
void arena_library_free(void *ptr);
/* What was freed, and the C library keeps, goes back to the system; for a process that has nothing to do. */
void arena_give_back(void);

void arena_init(struct arena *arena);
void arena_release(struct arena *arena); /* runs what was deferred, frees everything */
void arena_clear(struct arena *arena);   /* as release, but keeps one block for the next use */

/* Zeroed, aligned to 64 bytes when large and to 16 otherwise; bytes may be 0. */
void *arena_alloc(struct arena *arena, size_t bytes);
/* A larger copy of `old` (may be NULL, of old_bytes); large blocks grow in place where the C library can. */
void *arena_grow(struct arena *arena, void *old, size_t old_bytes, size_t new_bytes);
void *arena_copy(struct arena *arena, const void *data, size_t bytes);
char *arena_strdup(struct arena *arena, const char *text); /* NULL gives NULL */
char *arena_strndup(struct arena *arena, const char *text, size_t len);
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

/* Call fn(ptr) when the arena is cleared or released. */
void arena_defer(struct arena *arena, void (*fn)(void *), void *ptr);

#define ARENA_NEW(arena, type)          ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc((arena), arena_size(sizeof(type), (count))))

/* size * count; ends the process where that does not fit. */
size_t arena_size(size_t size, size_t count);

/* Room for one more element in a growing array of an arena: doubles the capacity as needed. */
#define ARENA_PUSH(arena, array, count, capacity)                                                                      \
    ((count) < (capacity) ? (void)0                                                                                    \
                          : (void)((array) = arena_more((arena), (array), sizeof *(array), (count), &(capacity))))
void *arena_more(struct arena *arena, void *array, size_t size, size_t count, size_t *capacity);

#endif
