#include "ingest/item_file.h"
#include "lib/base/file.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <sys/stat.h>

static struct arena arena;
static struct err err;

static const char *refusal(const char *path, int64_t most)
{
    struct buf out;
    struct digest digest;
    struct err other;
    int64_t bytes;
    buf_init(&out, &arena);
    bool read = item_bytes(path, most, &out, &err), digested = item_digest(path, most, &digest, &bytes, &other);
    if (read || digested || err.code != ERR_INPUT || strcmp(err.text, other.text) != 0)
        return NULL;
    return err.text;
}

static bool reads(const char *folder, size_t len)
{
    struct buf out;
    struct digest digest, want;
    int64_t bytes;
    char *path = path_join(&arena, folder, "file"), *data = arena_alloc(&arena, len + 1);
    for (size_t i = 0; i < len; i++)
        data[i] = (char)(i * 7 % 251);
    want = digest_of(data, len);
    buf_init(&out, &arena);
    return file_write(path, data, len, &err) && item_bytes(path, (int64_t)len, &out, &err) && out.len == len &&
           memcmp(out.data, data, len) == 0 && out.data[len] == '\0' &&
           item_digest(path, (int64_t)len, &digest, &bytes, &err) && bytes == (int64_t)len &&
           digest_equal(&digest, &want);
}

int main(void)
{
    char folder[] = "/tmp/item_file_test.XXXXXX";
    arena_init(&arena);
    if (mkdtemp(folder) == NULL)
        return 1;
    OK(reads(folder, 0) && reads(folder, 1) && reads(folder, 63) && reads(folder, 64), "small files");
    OK(reads(folder, 262143) && reads(folder, 262144) && reads(folder, 1000000), "and large ones, to the limit");
    SAME(refusal(path_join(&arena, folder, "file"), 999999), "has 1000000 bytes, more than max_bytes (999999)",
         "one byte over it");
    SAME(refusal(path_join(&arena, folder, "none"), 10), "No such file or directory", "a missing file");
    SAME(refusal(folder, 10), "is not a regular file", "a folder");
    SAME(refusal("/dev/zero", 10), "is not a regular file", "a device");
    OK(mkfifo(path_join(&arena, folder, "pipe"), 0600) == 0, "a FIFO");
    SAME(refusal(path_join(&arena, folder, "pipe"), 10), "is not a regular file", "is not waited for");
    struct buf out;
    buf_init(&out, &arena);
    OK(item_bytes("/proc/self/status", 1 << 20, &out, &err) && out.len > 100,
       "a file that says it has no bytes, and has");
    OK(!item_bytes("/proc/self/status", 10, &out, &err) && strstr(err.text, "more than max_bytes (10)") != NULL,
       "the limit holds for it too");
    OK(folder_remove(folder, &err), "the end");
    arena_release(&arena);
    return DONE();
}
