/* file: see file.h. */
#include "lib/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_all(int fd, struct buf *out)
{
    while (out->len <= FILE_MOST) {
        ssize_t got = read(fd, buf_reserve(out, 64 * 1024), 64 * 1024);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            out->data[out->len] = '\0';
            return got == 0;
        }
        out->len += (size_t)got;
    }
    errno = EFBIG; /* /dev/zero has no end */
    return false;
}

bool file_read(struct arena *arena, const char *path, struct buf *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(err, "%s", path);
    buf_init(out, arena);
    bool done = read_all(fd, out);
    if (!done)
        err_errno(err, "%s", path);
    close(fd);
    return done;
}

bool file_put(int fd, const void *data, size_t len)
{
    const char *rest = data;
    while (len > 0) {
        ssize_t put = write(fd, rest, len);
        if (put < 0 && errno != EINTR)
            return false;
        if (put > 0) {
            rest += put;
            len -= (size_t)put;
        }
    }
    return true;
}

static bool write_whole(const char *path, const void *data, size_t len, mode_t mode, struct err *err)
{
    struct arena arena;
    arena_init(&arena);
    char *temporary = arena_printf(&arena, "%s.XXXXXX", path);
    int fd = mkostemp(temporary, O_CLOEXEC);
    bool good = fd >= 0 && file_put(fd, data, len) && fchmod(fd, mode) == 0 && fsync(fd) == 0;
    if (fd >= 0 && close(fd) != 0)
        good = false;
    if (good && rename(temporary, path) != 0)
        good = false;
    if (!good)
        err_errno(err, "cannot write %s", path);
    if (!good && fd >= 0)
        unlink(temporary);
    arena_release(&arena);
    return good;
}

bool file_write(const char *path, const void *data, size_t len, struct err *err)
{
    return write_whole(path, data, len, 0644, err);
}

bool file_write_private(const char *path, const void *data, size_t len, struct err *err)
{
    return write_whole(path, data, len, 0600, err);
}

static void unlock(void *fd)
{
    close((int)(intptr_t)fd);
}

bool file_lock(struct arena *arena, const char *path, struct err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return err_errno(err, "cannot open %s", path);
    arena_defer(arena, unlock, (void *)(intptr_t)fd);
    while (flock(fd, LOCK_EX) != 0)
        if (errno != EINTR)
            return err_errno(err, "cannot lock %s", path);
    return true;
}

bool file_fault_lasts(int why)
{
    return why == ENOENT || why == EACCES || why == EPERM || why == ELOOP || why == ENOTDIR || why == ENAMETOOLONG ||
           why == EISDIR || why == ENXIO;
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool folder_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0)
        close(fd);
    errno = why;
    return good;
}

static bool make_one(const char *path)
{
    struct stat info;
    if (mkdir(path, 0755) == 0)
        return true;
    return errno == EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool folder_make(const char *path, struct err *err)
{
    struct arena arena;
    bool good = true;
    arena_init(&arena);
    char *part = arena_strdup(&arena, path);
    for (char *slash = part; good && *slash != '\0';) {
        slash = strchrnul(slash + 1, '/');
        char kept = *slash;
        *slash = '\0';
        good = make_one(part) || err_errno(err, "cannot make the folder %s", part);
        *slash = kept;
    }
    arena_release(&arena);
    return good;
}

static int remove_entry(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info, (void)type, (void)walk;
    return remove(path);
}

bool folder_remove(const char *path, struct err *err)
{
    if (nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
        return true;
    return err_errno(err, "cannot remove %s", path);
}

char *path_join(struct arena *arena, const char *folder, const char *name)
{
    size_t len = strlen(folder);
    if (name[0] == '/' || len == 0)
        return arena_strdup(arena, name);
    return arena_printf(arena, folder[len - 1] == '/' ? "%s%s" : "%s/%s", folder, name);
}

char *path_folder(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return arena_strdup(arena, ".");
    return arena_strndup(arena, path, slash == path ? 1 : (size_t)(slash - path));
}

const char *path_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}
