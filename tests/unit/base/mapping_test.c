#include "lib/base/mapping.h"

#include "lib/base/file.h"
#include "tests/unit/tap.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BYTES = 1 << 20, THREADS = 4, STATUS = 9 };

static struct arena arena;
static struct err err;
static const char *folder;

static const char *make(const char *name)
{
    char *bytes = arena_alloc(&arena, BYTES), *path = path_join(&arena, folder, name);
    memset(bytes, 'x', BYTES);
    return file_write(path, bytes, BYTES, &err) ? path : NULL;
}

static size_t sum(const struct map *map)
{
    size_t sum = 0;
    for (size_t i = 0; i < map->size; i++)
        sum += map->data[i] == 'x';
    return sum;
}

static bool names(const char *path)
{
    return err.code == ERR_SYSTEM && strncmp(err.text, path, strlen(path)) == 0 && strstr(err.text, "cut short");
}

static void test_map(void)
{
    struct map map, empty;
    const char *path = make("whole"), *none = path_join(&arena, folder, "empty");
    OK(file_map(&arena, path, &map, &err) && map.size == BYTES && sum(&map) == BYTES && mapping_sound(&err),
       "a file is mapped and read");
    OK(file_write(none, "", 0, &err) && file_map(&arena, none, &empty, &err) && empty.size == 0,
       "an empty file maps to nothing");
    OK(!file_map(&arena, path_join(&arena, folder, "none"), &map, &err) && err.code == ERR_SYSTEM, "a missing one not");
}

static void test_cut(void)
{
    struct arena scope;
    struct map map, other;
    const char *path = make("cut"), *second = make("second");
    arena_init(&scope);
    OK(file_map(&scope, path, &map, &err) && file_map(&scope, second, &other, &err) && sum(&map) == BYTES,
       "two that are read");
    OK(truncate(path, BYTES / 2) == 0 && map.data[0] == 'x' && mapping_faultless(&err),
       "one is cut short: not seen yet");
    OK(!mapping_sound(&err) && names(path), "but by who looks for it");
    mapping_forget();
    OK(mapping_sound(&err), "and not again when it was forgotten");
    OK(map.data[BYTES - 1] == '\0' && !mapping_faultless(&err) && names(path), "where it is read, that is remembered");
    OK(sum(&map) == 0 && sum(&other) == BYTES, "all of it is zeros, the other is what it was");
    arena_release(&scope);
    OK(!mapping_sound(&err) && names(path), "when it is released, too");
    mapping_forget();
    OK(mapping_sound(&err), "until it is forgotten");
}

static void *read_it(void *map)
{
    size_t whole = BYTES; /* where all of it was read in time, the zeros are read */
    while (whole == BYTES)
        whole = sum(map);
    return NULL;
}

static void test_threads(void)
{
    struct map map;
    struct arena whole;
    pthread_t threads[THREADS];
    const char *path = make("shared");
    arena_init(&whole);
    OK(file_map(&whole, path, &map, &err), "one that threads read");
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, read_it, &map) != 0)
            return;
    OK(truncate(path, 4096) == 0, "is cut short meanwhile");
    for (int i = 0; i < 1000; i++) {
        struct arena scope;
        struct map more;
        arena_init(&scope);
        if (!file_map(&scope, path, &more, &err))
            break;
        arena_release(&scope);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    OK(!mapping_faultless(&err) && names(path) && sum(&map) == 0, "they go on");
    arena_release(&whole);
    mapping_forget();
}

/* What a page has beyond the end of its file reads as zeros without a signal. */
static void test_page(void)
{
    struct arena scope;
    struct map map;
    const char *path = make("page");
    arena_init(&scope);
    OK(file_map(&scope, path, &map, &err) && truncate(path, BYTES - 1) == 0 && sum(&map) == BYTES - 1, "one byte less");
    OK(mapping_faultless(&err) && !mapping_sound(&err) && names(path), "is seen by the size");
    mapping_forget();
    arena_release(&scope);
    arena_init(&scope);
    OK(file_map(&scope, path, &map, &err) && truncate(path, BYTES - 2) == 0, "another byte less");
    arena_release(&scope);
    OK(!mapping_faultless(&err) && names(path), "is seen when it is released");
    mapping_forget();
    arena_init(&scope);
    path = make("other");
    OK(file_map(&scope, path, &map, &err) && unlink(path) == 0 && sum(&map) == BYTES && mapping_sound(&err),
       "what is removed or put anew can be read");
    arena_release(&scope);
    OK(mapping_sound(&err), "to the end");
}

/* How a child ends that reads past the end of a file. */
static int ends(bool guarded, bool ours, int status)
{
    int how = 0;
    struct map map = {NULL, 0};
    const char *path = make("child");
    if (fork() == 0) {
        const struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        if (!guarded)
            signal(SIGBUS, SIG_DFL);
        if (status != 0)
            mapping_guard_child(status);
        FILE *file = fopen(path, "r");
        if (ours && !file_map(&arena, path, &map, &err))
            _exit(1);
        if (!ours)
            map = (struct map){mmap(NULL, BYTES, PROT_READ, MAP_SHARED, fileno(file), 0), BYTES};
        if (truncate(path, 0) != 0)
            _exit(1);
        _exit(sum(&map) == 0 && !mapping_sound(&err) ? 2 : 3);
    }
    wait(&how);
    return how;
}

int main(void)
{
    char root[] = "/tmp/mapping_test.XXXXXX";
    int how;
    arena_init(&arena);
    if ((folder = mkdtemp(root)) == NULL)
        return 1;
    OK(WIFSIGNALED(how = ends(false, true, 0)) && WTERMSIG(how) == SIGBUS, "without a guard it ends the process");
    mapping_guard();
    test_map();
    test_cut();
    test_threads();
    test_page();
    OK(WIFEXITED(how = ends(true, true, 0)) && WEXITSTATUS(how) == 2, "a guarded process goes on");
    OK(WIFEXITED(how = ends(true, true, STATUS)) && WEXITSTATUS(how) == STATUS, "a child that tries something ends so");
    OK(WIFSIGNALED(how = ends(true, false, 0)) && WTERMSIG(how) == SIGBUS, "what is no mapping of ours is a crash");
    OK(mapping_sound(&err) && folder_remove(root, &err), "the end");
    arena_release(&arena);
    return DONE();
}
