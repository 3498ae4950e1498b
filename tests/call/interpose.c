/*
 * interpose: a library to preload that makes one call of one function fail, the way the real one does.
 *
 * Only calls from the main program's own text count: what libraries call inside themselves is left alone. Programs that
 * it executes run without this library. Environment:
 *   CALL_REPORT=FILE    at exit: every call ("call FUNCTION WAY PLACE"), what was acquired and not given back ("held
 *                       KIND COUNT"), and whether the call that was to fail happened ("fired 1")
 *   CALL_FAIL=FUNCTION:WAY:NUMBER:HOW   this call fails; HOW is an errno's number or a word that the function knows,
 *                       with a + behind it where all that follow on this way fail too
 * WAY is a hash of the callers in the program, so that a call in a helper counts once for each way to it, and NUMBER
 * counts the calls on this way: other threads do not change it.
 */
#include "tests/call/interpose.h"

#include <dirent.h>
#include <errno.h>
#include <execinfo.h>
#include <link.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CALLS = 1 << 18, FRAMES = 24, NEAREST = 8 };

struct call {
    char function[48];
    uint32_t way;
    uintptr_t place;
};

/* Shared with forked children, so that their calls are counted too. */
static struct shared {
    atomic_int calls, matched, fired;
    struct call call[CALLS];
} * shared;

static const char *const kind_names[KINDS] = {
    "memory", "folder", "mapping",        "PGresult", "connection", "codec", "digest", "configuration",
    "client", "error",  "partition list", "message",  "metadata",   "topic", "stream", "plan"};
static atomic_int held[KINDS];
static uintptr_t text_begin, text_end, base;
static int open_at_start;
static char fail_function[48], fail_how[32];
static uint32_t fail_way;
static int fail_number;
static bool fail_on;
static _Thread_local bool busy;

static int find_text(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size, (void)data;
    base = info->dlpi_addr;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD && (info->dlpi_phdr[i].p_flags & PF_X)) {
            text_begin = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
            text_end = text_begin + info->dlpi_phdr[i].p_memsz;
        }
    return 1; /* the first is the main program */
}

bool is_ours(const void *place)
{
    return (uintptr_t)place >= text_begin && (uintptr_t)place < text_end;
}

static int open_files(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (folder != NULL && readdir(folder) != NULL)
        count++;
    if (folder != NULL)
        closedir(folder);
    return count;
}

static void read_order(const char *order)
{
    if (sscanf(order, "%47[^:]:%x:%d:%31s", fail_function, &fail_way, &fail_number, fail_how) != 4)
        abort();
    char *on = strchr(fail_how, '+');
    fail_on = on != NULL;
    if (fail_on)
        *on = '\0';
}

__attribute__((constructor)) static void begin(void)
{
    void *frames[FRAMES];
    unsetenv("LD_PRELOAD");
    backtrace(frames, FRAMES); /* the first one loads a library */
    dl_iterate_phdr(find_text, NULL);
    if (getenv("CALL_FAIL") != NULL)
        read_order(getenv("CALL_FAIL"));
    void *memory =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        abort();
    open_at_start = open_files();
    shared = memory;
}

static FILE *open_report(void)
{
    const char *path = getenv("CALL_REPORT");
    return path == NULL ? NULL : fopen(path, "w");
}

/* The program begins anew, without this library: what it holds goes. */
int execv(const char *path, char *const argv[])
{
    REAL(execv);
    FILE *report = is_ours(PLACE) ? open_report() : NULL;
    if (report != NULL) {
        fprintf(report, "fired %d\n", shared->fired);
        fclose(report);
    }
    return real(path, argv);
}

__attribute__((destructor)) static void end(void)
{
    int left = open_files() - open_at_start;
    FILE *report = open_report();
    if (report == NULL)
        return;
    for (int i = 0; i < shared->calls; i++)
        fprintf(report, "call %s %x %lx\n", shared->call[i].function, shared->call[i].way,
                (unsigned long)shared->call[i].place);
    for (int i = 0; i < KINDS; i++)
        if (held[i] != 0)
            fprintf(report, "held %s %d\n", kind_names[i], held[i]);
    if (left != 0)
        fprintf(report, "held descriptor %d\n", left);
    fprintf(report, "fired %d\n", shared->fired);
    fclose(report);
}

/* A hash of the nearest callers in the program. */
static uint32_t way_here(void)
{
    void *frames[FRAMES];
    uint32_t hash = 2166136261u;
    busy = true; /* it may ask for memory */
    int count = backtrace(frames, FRAMES), used = 0;
    busy = false;
    for (int i = 0; i < count && used < NEAREST; i++)
        if (is_ours(frames[i])) {
            hash = (hash ^ (uint32_t)((uintptr_t)frames[i] - base)) * 16777619u;
            used++;
        }
    return hash;
}

static void count_call(const char *function, const void *place)
{
    int at = atomic_fetch_add(&shared->calls, 1);
    if (at >= CALLS)
        abort();
    struct call *call = &shared->call[at];
    call->way = way_here();
    call->place = place == NULL ? 0 : (uintptr_t)place - base;
    strncpy(call->function, function, sizeof call->function - 1);
}

bool due(const char *function, const void *place)
{
    if (shared == NULL || busy || (place != NULL && !is_ours(place)))
        return false;
    if (fail_number == 0) {
        count_call(function, place);
        return false;
    }
    if (strcmp(function, fail_function) != 0 || way_here() != fail_way)
        return false;
    int number = atomic_fetch_add(&shared->matched, 1) + 1;
    if (number < fail_number || (number > fail_number && !fail_on))
        return false;
    shared->fired = 1;
    errno = how_number();
    return true;
}

void leave_alone(bool alone)
{
    busy = alone;
}

bool how(const char *word)
{
    return strcmp(fail_how, word) == 0;
}

int how_number(void)
{
    return (int)strtol(fail_how, NULL, 10);
}

void held_more(enum kind kind, int count)
{
    held[kind] += count;
}

void *hold(enum kind kind, void *ptr, const void *place)
{
    if (ptr != NULL && is_ours(place))
        held[kind]++;
    return ptr;
}

void let_go(enum kind kind, const void *ptr, const void *place)
{
    if (ptr != NULL && is_ours(place))
        held[kind]--;
}
