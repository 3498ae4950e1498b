/*
 * mapping: see mapping.h. The handler finds the mapping by the address that was read. The list of them is held by a
 * spin lock: who holds it touches no mapping, so that the handler, in whatever thread, waits for a few instructions at
 * most.
 */
#include "lib/base/mapping.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct mapping {
    struct mapping *next, **link;
    char *data;
    size_t size;
    const char *path;
    uint64_t age; /* how many times something was forgotten before it was made */
};

/* A handler has no context but the process. */
static struct mapping *mappings;
static uint64_t ages;
static atomic_flag busy = ATOMIC_FLAG_INIT;
static atomic_bool failed;
static char failed_path[PATH_MAX];
static int child_status; /* 0: this is no child */

static void lock(void)
{
    while (atomic_flag_test_and_set(&busy))
        continue;
}

static void unlock(void)
{
    atomic_flag_clear(&busy);
}

static void note(const struct mapping *mapping)
{
    if (atomic_load(&failed))
        return;
    size_t len = strnlen(mapping->path, sizeof failed_path - 1);
    memcpy(failed_path, mapping->path, len);
    failed_path[len] = '\0';
    atomic_store(&failed, true);
}

/* Zeros in place of all of it: what was read before is thrown away with what comes after. */
static bool cover(const char *at)
{
    bool covered = false;
    lock();
    for (const struct mapping *mapping = mappings; mapping != NULL && !covered; mapping = mapping->next) {
        size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (mapping->size + page - 1) / page * page;
        if (at < mapping->data || at >= mapping->data + room)
            continue;
        note(mapping);
        covered = mmap(mapping->data, room, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == mapping->data;
    }
    unlock();
    return covered;
}

/* What is no mapping of ours happens again at once, and ends the process. */
static void on_fault(int number, siginfo_t *info, void *context)
{
    int error = errno;
    (void)context;
    if (!cover(info->si_addr))
        signal(number, SIG_DFL);
    else if (child_status != 0)
        _exit(child_status);
    errno = error;
}

void mapping_guard(void)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, NULL);
}

void mapping_guard_child(int status)
{
    child_status = status;
    mapping_guard();
}

/* What was put anew meanwhile, or removed, is no harm to who has it mapped. */
static void look(const struct mapping *mapping)
{
    struct stat info;
    if (mapping->age == ages && stat(mapping->path, &info) == 0 && info.st_size != (off_t)mapping->size)
        note(mapping);
}

bool mapping_sound(struct err *err)
{
    for (const struct mapping *mapping = mappings; mapping != NULL; mapping = mapping->next)
        look(mapping);
    return mapping_faultless(err);
}

bool mapping_faultless(struct err *err)
{
    return !atomic_load(&failed) ||
           err_set(err, ERR_SYSTEM,
                   "%s could not be read to its end: it was cut short meanwhile, or its file system gives errors",
                   failed_path);
}

void mapping_forget(void)
{
    ages++;
    atomic_store(&failed, false);
}

static void unmap(void *ptr)
{
    struct mapping *mapping = ptr;
    lock();
    *mapping->link = mapping->next;
    if (mapping->next != NULL)
        mapping->next->link = mapping->link;
    unlock();
    look(mapping);
    munmap(mapping->data, mapping->size);
}

static void remember(struct arena *arena, void *data, size_t size, const char *path)
{
    struct mapping *mapping = ARENA_NEW(arena, struct mapping);
    *mapping =
        (struct mapping){.link = &mappings, .data = data, .size = size, .path = arena_strdup(arena, path), .age = ages};
    lock();
    mapping->next = mappings;
    if (mappings != NULL)
        mappings->link = &mapping->next;
    mappings = mapping;
    unlock();
    arena_defer(arena, unmap, mapping);
}

bool file_map(struct arena *arena, const char *path, struct map *map, struct err *err)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(err, "%s", path);
    void *data = (void *)(uintptr_t) "";
    bool good = fstat(fd, &info) == 0;
    if (good && info.st_size > 0) {
        data = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        good = data != MAP_FAILED;
        if (!good && errno == ENOMEM) /* as with memory: this process cannot go on, another may */
            arena_exhausted(arena_printf(arena, "no room for %s", path));
    }
    if (!good)
        err_errno(err, "%s", path);
    close(fd);
    if (!good)
        return false;
    *map = (struct map){.data = data, .size = (size_t)info.st_size};
    if (map->size > 0)
        remember(arena, data, map->size, path);
    return true;
}
