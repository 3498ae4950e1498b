/* starve: what a process says, and how it ends, when nothing is left of its memory while it works. */
#ifndef TESTS_UNIT_BASE_STARVE_H
#define TESTS_UNIT_BASE_STARVE_H

#include "lib/base/arena.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Allocators of sanitizers do not take no for an answer. */
#if defined(__SANITIZE_ADDRESS__)
#define STARVE_CANNOT 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define STARVE_CANNOT 1
#endif
#endif
#ifndef STARVE_CANNOT
#define STARVE_CANNOT 0
#endif

static void starve_take_all(void)
{
    const struct rlimit none = {1, 1};
    setrlimit(RLIMIT_DATA, &none);
    for (size_t piece = (size_t)1 << 20; piece >= 16; piece /= 2)
        for (void *taken; (taken = malloc(piece)) != NULL;)
            *(volatile char *)taken = 1;
}

/* -1: it was ended by a signal. `said`: what it wrote to stderr. */
__attribute__((unused)) static int starve(void (*work)(void *context), void *context, char said[256])
{
    int ends[2], status;
    memset(said, 0, 256);
    if (pipe(ends) != 0)
        BUG("no pipe");
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        starve_take_all();
        work(context);
        _exit(0);
    }
    close(ends[1]);
    for (size_t len = 0; len < 255;) {
        ssize_t got = read(ends[0], said + len, 255 - len);
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    close(ends[0]);
    while (waitpid(child, &status, 0) < 0)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#endif
