/* interpose, memory: what our own code asks for, known by its address. */
#include "tests/call/interpose.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

enum { OWNED = 1 << 16 };

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *ptr, size_t bytes);
void __libc_free(void *ptr);

static void *owned[OWNED];
static pthread_mutex_t owned_lock = PTHREAD_MUTEX_INITIALIZER;

static void own(void *ptr)
{
    pthread_mutex_lock(&owned_lock);
    for (size_t i = ((uintptr_t)ptr >> 4) % OWNED, tries = 0; tries < OWNED; i = (i + 1) % OWNED, tries++)
        if (owned[i] == NULL || owned[i] == ptr) {
            held_more(KIND_MEMORY, owned[i] == NULL);
            owned[i] = ptr;
            break;
        }
    pthread_mutex_unlock(&owned_lock);
}

/* What follows in the same row is moved up, so that it is found. */
static void disown(void *ptr)
{
    pthread_mutex_lock(&owned_lock);
    size_t i = ((uintptr_t)ptr >> 4) % OWNED;
    while (owned[i] != NULL && owned[i] != ptr)
        i = (i + 1) % OWNED;
    if (owned[i] == ptr) {
        owned[i] = NULL;
        held_more(KIND_MEMORY, -1);
        for (i = (i + 1) % OWNED; owned[i] != NULL; i = (i + 1) % OWNED) {
            void *moved = owned[i];
            size_t to = ((uintptr_t)moved >> 4) % OWNED;
            owned[i] = NULL;
            while (owned[to] != NULL)
                to = (to + 1) % OWNED;
            owned[to] = moved;
        }
    }
    pthread_mutex_unlock(&owned_lock);
}

void *malloc(size_t bytes)
{
    if (DUE(malloc))
        return NULL;
    void *ptr = __libc_malloc(bytes);
    if (ptr != NULL && is_ours(PLACE))
        own(ptr);
    return ptr;
}

void *calloc(size_t count, size_t bytes)
{
    if (DUE(calloc))
        return NULL;
    void *ptr = __libc_calloc(count, bytes);
    if (ptr != NULL && is_ours(PLACE))
        own(ptr);
    return ptr;
}

void *realloc(void *old, size_t bytes)
{
    if (DUE(realloc))
        return NULL;
    bool ours = is_ours(PLACE);
    if (ours && old != NULL)
        disown(old);
    void *ptr = __libc_realloc(old, bytes);
    if (ours && ptr != NULL)
        own(ptr);
    return ptr;
}

void free(void *ptr)
{
    if (ptr != NULL)
        disown(ptr); /* whoever gives it back: a library, or one of our functions that ends with this call */
    __libc_free(ptr);
}
