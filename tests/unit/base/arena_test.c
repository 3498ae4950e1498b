#include "lib/base/arena.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

static char order[8];

static void note(void *ptr)
{
    size_t len = strlen(order);
    order[len] = *(const char *)ptr;
}

static void test_deferred(void)
{
    struct arena arena;
    arena_init(&arena);
    arena_defer(&arena, note, arena_strdup(&arena, "1"));
    arena_defer(&arena, note, arena_strdup(&arena, "2"));
    arena_clear(&arena);
    arena_defer(&arena, note, arena_strdup(&arena, "3"));
    arena_release(&arena);
    SAME(order, "213", "what was deferred runs once, newest first, before its memory goes");
}

static void test_large(struct arena *arena)
{
    size_t bytes = 100000;
    unsigned char *data = arena_alloc(arena, bytes);
    bool aligned = true, kept = true, zeroed = true;
    for (int i = 0; i < 12; i++) {
        memset(data, i + 1, bytes);
        data = arena_grow(arena, data, bytes, bytes * 2);
        aligned &= (uintptr_t)data % 64 == 0;
        kept &= data[0] == i + 1 && data[bytes - 1] == i + 1;
        zeroed &= data[bytes] == 0 && data[2 * bytes - 1] == 0;
        bytes *= 2;
    }
    OK(aligned, "a large block stays aligned to 64 bytes as it grows");
    OK(kept, "and keeps its bytes");
    OK(zeroed, "and what is added is zero");
}

static void test_small(struct arena *arena)
{
    int *numbers = NULL;
    size_t count = 0, capacity = 0;
    long sum = 0;
    while (count < 5000) {
        ARENA_PUSH(arena, numbers, count, capacity);
        numbers[count] = (int)count;
        count++;
    }
    for (size_t i = 0; i < count; i++)
        sum += numbers[i];
    OK(sum == 4999L * 5000 / 2, "an array grows element by element");
    SAME(arena_printf(arena, "%s-%d", "a", 7), "a-7", "texts are formatted");
    SAME(arena_strndup(arena, "abcdef", 3), "abc", "and cut");
    OK(arena_strdup(arena, NULL) == NULL, "no text stays none");
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* they have a malloc of their own */
static long resident_kb(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%*d %ld", &pages) != 1)
        pages = 0;
    if (file != NULL)
        fclose(file);
    return pages * 4;
}

/* What a task leaves: much that is free, and at its end a little that is not. */
static void test_given_back(void)
{
    enum { PIECES = 1000, BYTES = 60000, PEAK_KB = PIECES * (BYTES / 1000) };
    struct arena task, rest;
    arena_init(&task);
    arena_init(&rest);
    for (int i = 0; i < PIECES; i++)
        memset(arena_alloc(&task, BYTES), i, BYTES);
    arena_strdup(&rest, "stays");
    long before = resident_kb();
    arena_release(&task);
    arena_give_back();
    OK(before - resident_kb() > PEAK_KB / 2, "what was freed goes back to the system: %ld kB of %d",
       before - resident_kb(), PEAK_KB);
    arena_release(&rest);
}
#else
static void test_given_back(void)
{
}
#endif

int main(void)
{
    struct arena arena;
    arena_init(&arena);
    test_deferred();
    test_large(&arena);
    test_small(&arena);
    test_given_back();
    arena_release(&arena);
    return DONE();
}
