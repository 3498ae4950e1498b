/*
 * hold: stands a stage still in the middle of its work, for as long as a scenario wants, however fast the machine is.
 * Loaded before the other libraries (LD_PRELOAD), so that the programs need no hook; hold, standing and let_go in
 * lib.sh speak to it.
 *
 * While the file $HOLD/<stage> is there, a worker of that stage that turns to the store in its work stands still,
 * having made $HOLD/<stage>.<pid>: to read an artifact, to write one, or either, as the file's first letter says (r, w,
 * none); or where it claims tasks (c). It goes on when one of the two files is gone. Its other threads are not held:
 * its lease is renewed.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOOK_MS = 3 };

static int (*real_open)(const char *, int, ...);
static int (*real_mkostemp)(char *, int);
static void *(*real_prepared)(void *, const char *, int, const char *const *, const int *, const int *, int);
static char order[4096], mark[4096];
static pid_t self; /* children that try documents are not held */

__attribute__((constructor)) static void begin(void)
{
    const char *folder = getenv("HOLD"), *stage = strchr(program_invocation_short_name, '-');
    if (folder == NULL || stage == NULL || strncmp(program_invocation_short_name, "tidemill-", 9) != 0)
        return;
    self = getpid();
    snprintf(order, sizeof order, "%s/%s", folder, stage + 1);
    snprintf(mark, sizeof mark, "%s/%s.%d", folder, stage + 1, (int)self);
}

static int is_wanted(char how)
{
    char wanted = 0;
    int fd = self != 0 && getpid() == self ? open(order, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return 0;
    int got = read(fd, &wanted, 1) == 1 && (wanted == how || (wanted == '\n' && how != 'c'));
    close(fd);
    return got;
}

static void stand(char how)
{
    int saved = errno;
    if (is_wanted(how)) {
        close(open(mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
        while (access(order, F_OK) == 0 && access(mark, F_OK) == 0)
            poll(NULL, 0, LOOK_MS);
        unlink(mark);
    }
    errno = saved;
}

/* <store>/<2 digits>/<62 digits> */
static int is_artifact(const char *path)
{
    size_t len = strlen(path);
    const char *name = len > 66 ? path + len - 66 : "";
    return name[0] == '/' && strspn(name + 1, "0123456789abcdef") == 2 && name[3] == '/' &&
           strspn(name + 4, "0123456789abcdef") == 62;
}

int open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
    va_end(args);
    if (real_open == NULL) /* other libraries begin before this one */
        *(void **)&real_open = dlsym(RTLD_NEXT, "open");
    if (is_artifact(path))
        stand('r');
    return real_open(path, flags, mode);
}

int mkostemp(char *template, int flags)
{
    if (real_mkostemp == NULL)
        *(void **)&real_mkostemp = dlsym(RTLD_NEXT, "mkostemp");
    stand('w');
    return real_mkostemp(template, flags);
}

/* libpq's; its types are all pointers and int */
void *PQexecPrepared(void *connection, const char *name, int count, const char *const *values, const int *lengths,
                     const int *formats, int format)
{
    if (real_prepared == NULL)
        *(void **)&real_prepared = dlsym(RTLD_NEXT, "PQexecPrepared");
    if (strncmp(name, "task-claim", 10) == 0)
        stand('c');
    return real_prepared(connection, name, count, values, lengths, formats, format);
}
