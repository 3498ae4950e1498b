/*
 * arena: see arena.h. Small allocations are cut from blocks; large ones are blocks of their own in a doubly linked
 * list, so that they can grow by realloc. This file and the edges of libraries are the only users of malloc.
 */
#include "lib/base/arena.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_BYTES = 64 * 1024, LARGE_BYTES = BLOCK_BYTES / 4, ALIGN = 16, LARGE_ALIGN = 64 };

struct arena_block {
    struct arena_block *older;
    size_t used;
    _Alignas(ALIGN) char data[];
};

/* The header of a large allocation stands in the 64 bytes before it. */
struct arena_large {
    struct arena_large *next, *previous;
    void *start;   /* what malloc gave */
    size_t offset; /* of the data from it */
    size_t bytes;
};

struct arena_deferred {
    struct arena_deferred *older;
    void (*fn)(void *);
    void *ptr;
};

void arena_exhausted(const char *what)
{
    fprintf(stderr, "out of memory: %s\n", what);
    _exit(ARENA_EXHAUSTED);
}

static void *must(void *ptr, size_t bytes)
{
    char what[64];
    if (ptr != NULL)
        return ptr;
    snprintf(what, sizeof what, "%zu bytes were refused", bytes);
    arena_exhausted(what);
}

void *arena_library_alloc(size_t bytes)
{
    return must(malloc(bytes > 0 ? bytes : 1), bytes);
}

void arena_library_free(void *ptr)
{
    free(ptr);
}

/* glibc keeps what was freed: it takes ever larger pieces from the heap where such pieces were freed before, and gives
 * back only what is free at the heap's end. */
void arena_give_back(void)
{
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

void arena_init(struct arena *arena)
{
    memset(arena, 0, sizeof *arena);
}

static void run_deferred(struct arena *arena)
{
    while (arena->deferred != NULL) {
        struct arena_deferred *deferred = arena->deferred;
        arena->deferred = deferred->older;
        deferred->fn(deferred->ptr);
    }
}

static void free_large(struct arena *arena)
{
    while (arena->large != NULL) {
        struct arena_large *large = arena->large;
        arena->large = large->next;
        free(large->start);
    }
}

void arena_release(struct arena *arena)
{
    run_deferred(arena);
    free_large(arena);
    while (arena->block != NULL) {
        struct arena_block *block = arena->block;
        arena->block = block->older;
        free(block);
    }
}

void arena_clear(struct arena *arena)
{
    run_deferred(arena);
    free_large(arena);
    while (arena->block != NULL && arena->block->older != NULL) {
        struct arena_block *block = arena->block;
        arena->block = block->older;
        free(block);
    }
    if (arena->block != NULL)
        arena->block->used = 0;
}

/* The header's place: the multiple of 64 at least one header after `start`, less one header. */
static struct arena_large *large_place(void *start)
{
    uintptr_t data = ((uintptr_t)start + sizeof(struct arena_large) + LARGE_ALIGN - 1) & ~(uintptr_t)(LARGE_ALIGN - 1);
    return (struct arena_large *)(data - sizeof(struct arena_large));
}

static void *large_data(struct arena_large *large)
{
    return (char *)large + sizeof *large;
}

static void large_link(struct arena *arena, struct arena_large *large)
{
    large->previous = NULL;
    large->next = arena->large;
    if (large->next != NULL)
        large->next->previous = large;
    arena->large = large;
}

static void large_unlink(struct arena *arena, struct arena_large *large)
{
    if (large->next != NULL)
        large->next->previous = large->previous;
    if (large->previous != NULL)
        large->previous->next = large->next;
    else
        arena->large = large->next;
}

static size_t large_room(size_t bytes)
{
    size_t room = bytes + sizeof(struct arena_large) + LARGE_ALIGN;
    if (room < bytes)
        must(NULL, bytes);
    return room;
}

static void *large_take(struct arena *arena, char *start, size_t bytes)
{
    struct arena_large *large = large_place(start);
    large->start = start;
    large->offset = (size_t)((char *)large_data(large) - start);
    large->bytes = bytes;
    large_link(arena, large);
    return large_data(large);
}

static void *large_alloc(struct arena *arena, size_t bytes)
{
    return large_take(arena, must(calloc(1, large_room(bytes)), bytes), bytes);
}

/* realloc keeps the bytes but may change the start's alignment: then the data are moved to their place. */
static void *large_grow(struct arena *arena, void *old, size_t bytes)
{
    struct arena_large *large = (struct arena_large *)((char *)old - sizeof *large);
    size_t old_bytes = large->bytes, offset = large->offset;
    large_unlink(arena, large);
    char *start = must(realloc(large->start, large_room(bytes)), bytes);
    char *data = large_data(large_place(start));
    memmove(data, start + offset, old_bytes);
    memset(data + old_bytes, 0, bytes - old_bytes);
    return large_take(arena, start, bytes);
}

void *arena_alloc(struct arena *arena, size_t bytes)
{
    if (bytes > LARGE_BYTES)
        return large_alloc(arena, bytes);
    size_t need = (bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    struct arena_block *block = arena->block;
    if (block == NULL || BLOCK_BYTES - block->used < need) {
        block = must(malloc(sizeof *block + BLOCK_BYTES), BLOCK_BYTES);
        block->older = arena->block;
        block->used = 0;
        arena->block = block;
    }
    void *data = block->data + block->used;
    block->used += need;
    memset(data, 0, need);
    return data;
}

void *arena_grow(struct arena *arena, void *old, size_t old_bytes, size_t new_bytes)
{
    if (new_bytes <= old_bytes)
        return old;
    if (old != NULL && old_bytes > LARGE_BYTES)
        return large_grow(arena, old, new_bytes);
    void *data = arena_alloc(arena, new_bytes);
    if (old_bytes > 0)
        memcpy(data, old, old_bytes);
    return data;
}

void *arena_copy(struct arena *arena, const void *data, size_t bytes)
{
    void *copy = arena_alloc(arena, bytes);
    if (bytes > 0)
        memcpy(copy, data, bytes);
    return copy;
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
    char *copy = arena_alloc(arena, len + 1);
    memcpy(copy, text, len);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return text == NULL ? NULL : arena_strndup(arena, text, strlen(text));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0)
        BUG("format \"%s\" is invalid", format);
    char *text = arena_alloc(arena, (size_t)len + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return text;
}

void arena_defer(struct arena *arena, void (*fn)(void *), void *ptr)
{
    struct arena_deferred *deferred = ARENA_NEW(arena, struct arena_deferred);
    deferred->fn = fn;
    deferred->ptr = ptr;
    deferred->older = arena->deferred;
    arena->deferred = deferred;
}

size_t arena_size(size_t size, size_t count)
{
    if (size != 0 && count > SIZE_MAX / size)
        must(NULL, SIZE_MAX);
    return size * count;
}

void *arena_more(struct arena *arena, void *array, size_t size, size_t count, size_t *capacity)
{
    size_t more = *capacity < 8 ? 8 : *capacity * 2;
    void *grown = arena_grow(arena, array, arena_size(size, count), arena_size(size, more));
    *capacity = more;
    return grown;
}
