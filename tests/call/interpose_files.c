/* interpose, files: what the system says of files and folders. */
#include "tests/call/interpose.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

FAILS(int, mkostemp, (char *path, int flags), (path, flags), -1)
FAILS(int, fsync, (int fd), (fd), -1)
FAILS(int, fchmod, (int fd, mode_t mode), (fd, mode), -1)
FAILS(int, chmod, (const char *path, mode_t mode), (path, mode), -1)
FAILS(int, rename, (const char *from, const char *to), (from, to), -1)
FAILS(int, mkdir, (const char *path, mode_t mode), (path, mode), -1)
FAILS(int, unlink, (const char *path), (path), -1)
FAILS(int, remove, (const char *path), (path), -1)
FAILS(int, access, (const char *path, int mode), (path, mode), -1)
FAILS(int, stat, (const char *restrict path, struct stat *restrict info), (path, info), -1)
FAILS(int, lstat, (const char *restrict path, struct stat *restrict info), (path, info), -1)
FAILS(int, fstat, (int fd, struct stat *info), (fd, info), -1)
GIVES(KIND_FOLDER, DIR *, opendir, (const char *path), (path))
TAKES(KIND_FOLDER, int, closedir, (DIR * folder), (folder), folder, return )
FAILS(struct dirent *, readdir, (DIR * folder), (folder), NULL)
TAKES(KIND_MAPPING, int, munmap, (void *data, size_t bytes), (data, bytes), data, return )

int open(const char *path, int flags, ...)
{
    static int (*real)(const char *, int, ...);
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & O_CREAT) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    if (real == NULL)
        *(void **)&real = dlsym(RTLD_NEXT, "open");
    return DUE(open) ? -1 : real(path, flags, mode);
}

void *mmap(void *at, size_t bytes, int protection, int flags, int fd, off_t offset)
{
    REAL(mmap);
    return DUE(mmap) ? MAP_FAILED : hold(KIND_MAPPING, real(at, bytes, protection, flags, fd, offset), PLACE);
}

ssize_t read(int fd, void *data, size_t len)
{
    REAL(read);
    if (!DUE(read))
        return real(fd, data, len);
    return how("short") ? real(fd, data, (len + 7) / 8) : -1;
}

ssize_t write(int fd, const void *data, size_t len)
{
    REAL(write);
    if (!DUE(write))
        return real(fd, data, len);
    return how("short") ? real(fd, data, (len + 7) / 8) : -1;
}

int close(int fd)
{
    REAL(close);
    if (!DUE(close))
        return real(fd);
    int reason = errno;
    real(fd);
    errno = reason;
    return -1;
}
