/* interpose, processes: starting, waiting for and ending them; sockets, locks, users, and the streams that ask for
 * them. */
#include "tests/call/interpose.h"

#include <errno.h>
#include <glob.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

FAILS(pid_t, fork, (void), (), -1)
FAILS(int, pipe2, (int ends[2], int flags), (ends, flags), -1)
FAILS(int, socketpair, (int domain, int type, int protocol, int ends[2]), (domain, type, protocol, ends), -1)
FAILS(int, socket, (int domain, int type, int protocol), (domain, type, protocol), -1)
FAILS(int, getsockname, (int fd, __SOCKADDR_ARG address, socklen_t *restrict len), (fd, address, len), -1)

/* A port that the system chooses may be another's before who asked for it listens there. Where CALL_PORTS is set it is
 * one of so many from there on, which are nobody else's. */
int bind(int fd, __CONST_SOCKADDR_ARG address, socklen_t len)
{
    enum { OWN = 200 };
    static atomic_uint next;
    struct sockaddr_in wanted;
    const char *first = getenv("CALL_PORTS");
    REAL(bind);
    if (DUE(bind))
        return -1;
    if (first == NULL || len != sizeof wanted)
        return real(fd, address, len);
    memcpy(&wanted, address.__sockaddr__, sizeof wanted);
    if (wanted.sin_family != AF_INET || wanted.sin_port != 0)
        return real(fd, address, len);
    for (int tries = 0; tries < OWN; tries++) {
        unsigned place = ((unsigned)getpid() + atomic_fetch_add(&next, 1)) % OWN;
        wanted.sin_port = htons((uint16_t)(strtoul(first, NULL, 10) + place));
        if (real(fd, (__CONST_SOCKADDR_ARG){.__sockaddr_in__ = &wanted}, sizeof wanted) == 0)
            return 0;
    }
    return real(fd, address, len);
}

/* PostgreSQL's initdb is dear: where CALL_INITDB is set, that program stands in for it (tests/call/initdb). */
static void replace_initdb(char **argv)
{
    char *instead = getenv("CALL_INITDB");
    for (char **word = argv; instead != NULL && *word != NULL; word++) {
        const char *name = strrchr(*word, '/');
        if (name == NULL || strcmp(name, "/initdb") != 0)
            continue;
        setenv("CALL_INITDB_REAL", *word, 1);
        *word = instead;
        return;
    }
}

int execvp(const char *file, char *const argv[])
{
    enum { WORDS = 64 };
    char *words[WORDS] = {NULL};
    REAL(execvp);
    if (DUE(execvp))
        return -1;
    for (int i = 0; argv[i] != NULL && i < WORDS - 1; i++)
        words[i] = argv[i];
    replace_initdb(words);
    return real(words[0] == argv[0] ? file : words[0], words);
}

/* As where ends of children are passed over: it waits, and then there is none. */
pid_t waitpid(pid_t pid, int *status, int flags)
{
    int lost;
    REAL(waitpid);
    if (!DUE(waitpid))
        return real(pid, status, flags);
    if (how_number() == ECHILD)
        real(pid, &lost, flags);
    errno = how_number();
    return -1;
}

/* As where somebody else has ended and awaited the child. */
pid_t wait4(pid_t pid, int *status, int flags, struct rusage *used)
{
    int lost;
    REAL(wait4);
    if (!DUE(wait4))
        return real(pid, status, flags, used);
    if (how_number() == ECHILD) {
        (kill)(pid, SIGKILL);
        real(pid, &lost, 0, used);
    }
    errno = how_number();
    return -1;
}

FAILS(int, prctl, (int what, ...), (what, SIGKILL), -1) /* the one use of it: a child dies with its parent */
FAILS(int, setrlimit, (__rlimit_resource_t what, const struct rlimit *limit), (what, limit), -1)
FAILS(int, getrlimit, (__rlimit_resource_t what, struct rlimit *limit), (what, limit), -1)
FAILS(int, kill, (pid_t pid, int number), (pid, number), -1)
FAILS(pid_t, setsid, (void), (), -1)
FAILS(int, dup2, (int from, int to), (from, to), -1)
FAILS(ssize_t, send, (int fd, const void *data, size_t len, int flags), (fd, data, len, flags), -1)
FAILS(int, flock, (int fd, int operation), (fd, operation), -1)
FAILS(int, chown, (const char *path, uid_t user, gid_t group), (path, user, group), -1)
FAILS(ssize_t, readlink, (const char *restrict path, char *restrict to, size_t room), (path, to, room), -1)
FAILS(char *, realpath, (const char *restrict path, char *restrict to), (path, to), NULL)
FAILS(struct passwd *, getpwnam, (const char *name), (name), NULL)
FAILS(PGPing, PQping, (const char *conninfo), (conninfo), PQPING_NO_ATTEMPT)
FAILS(int, glob, (const char *restrict pattern, int flags, int (*failed)(const char *, int), glob_t *restrict found),
      (pattern, flags, failed, found), GLOB_NOSPACE)
FAILS(size_t, fread, (void *restrict data, size_t size, size_t count, FILE *restrict file), (data, size, count, file),
      0)
GIVES(KIND_STREAM, FILE *, fopen, (const char *restrict path, const char *restrict mode), (path, mode))
TAKES(KIND_STREAM, int, fclose, (FILE * file), (file), file, return )
