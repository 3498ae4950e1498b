/*
 * item_file: see item_file.h. Files are read, not mapped: one that somebody cuts short meanwhile would end the process.
 * They are opened without waiting, as opening a FIFO would wait for its writer.
 */
#include "ingest/item_file.h"

#include "lib/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK ((size_t)256 * 1024)

static bool fault(struct err *err)
{
    int why = errno;
    return err_set(err, file_fault_lasts(why) ? ERR_INPUT : ERR_SYSTEM, "%s", strerror(why));
}

static bool too_large(int64_t bytes, int64_t most, struct err *err)
{
    return err_set(err, ERR_INPUT, "has %lld bytes, more than max_bytes (%lld)", (long long)bytes, (long long)most);
}

static int open_file(const char *path, int64_t most, int64_t *size, struct err *err)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        fault(err);
        return -1;
    }
    bool good = fstat(fd, &info) == 0 || fault(err);
    if (good && !S_ISREG(info.st_mode))
        good = err_set(err, ERR_INPUT, "is not a regular file");
    if (good && info.st_size > most)
        good = too_large(info.st_size, most, err);
    if (!good) {
        close(fd);
        return -1;
    }
    *size = info.st_size;
    return fd;
}

static bool read_some(int fd, char *data, size_t room, size_t *got, struct err *err)
{
    ssize_t n;
    do
        n = read(fd, data, room);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return fault(err);
    *got = (size_t)n;
    return true;
}

/* Most files are small, and memory is zeroed when it is given out. */
static size_t piece_of(int64_t size)
{
    return size < 4095 ? 4096 : size < (int64_t)CHUNK ? (size_t)size + 1 : CHUNK;
}

bool item_digest(const char *path, int64_t most, struct digest *digest, int64_t *bytes, struct err *err)
{
    struct arena arena;
    struct digest_stream stream;
    size_t got = 1;
    int fd = open_file(path, most, bytes, err);
    if (fd < 0)
        return false;
    arena_init(&arena);
    size_t room = piece_of(*bytes);
    char *chunk = arena_alloc(&arena, room);
    bool good = true;
    digest_begin(&stream);
    for (*bytes = 0; good && got > 0;) {
        good = read_some(fd, chunk, room, &got, err);
        if (!good)
            break;
        digest_add(&stream, chunk, got);
        *bytes += (int64_t)got;
        good = *bytes <= most || too_large(*bytes, most, err);
    }
    *digest = digest_end(&stream);
    close(fd);
    arena_release(&arena);
    return good;
}

bool item_bytes(const char *path, int64_t most, struct buf *out, struct err *err)
{
    int64_t size;
    size_t got = 1;
    int fd = open_file(path, most, &size, err);
    if (fd < 0)
        return false;
    bool good = true;
    buf_reserve(out, (size_t)size + 1); /* the byte more shows the end, or that the file grows */
    while (good && got > 0) {
        size_t room = out->capacity - out->len > 1 ? out->capacity - out->len - 1 : CHUNK;
        good = read_some(fd, buf_reserve(out, room), room, &got, err);
        out->len += good ? got : 0;
        if (good && (int64_t)out->len > most)
            good = too_large((int64_t)out->len, most, err);
    }
    out->data[out->len] = '\0';
    close(fd);
    return good;
}
