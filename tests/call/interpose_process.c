/* interpose, processes: starting, waiting for and ending them; sockets, locks, users, and the streams that ask for
 * them. */
#include "tests/call/interpose.h"

#include <errno.h>
#include <glob.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

FAILS(pid_t, fork, (void), (), -1)
FAILS(int, pipe2, (int ends[2], int flags), (ends, flags), -1)
FAILS(int, socketpair, (int domain, int type, int protocol, int ends[2]), (domain, type, protocol, ends), -1)
FAILS(int, socket, (int domain, int type, int protocol), (domain, type, protocol), -1)
FAILS(int, getsockname, (int fd, __SOCKADDR_ARG address, socklen_t *restrict len), (fd, address, len), -1)
FAILS(int, bind, (int fd, __CONST_SOCKADDR_ARG address, socklen_t len), (fd, address, len), -1)
FAILS(int, execvp, (const char *file, char *const argv[]), (file, argv), -1)

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
