/*
 * store: see store.h. <root>/<aa>/<62 digits> are artifacts, <root>/new/ holds files under construction,
 * <root>/damaged/ what did not match its name.
 */
#include "lib/store/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LEFTOVER_SECONDS = 24 * 60 * 60 };

struct store_file {
    const struct store *store;
    struct arena *arena;
    char *name; /* NULL once it is kept */
    int fd;
    int64_t bytes;
    struct digest_stream digest;
};

/* What a killed process left under construction; a file of today may be a living one's. */
static void remove_leftovers(struct arena *arena, const char *folder)
{
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return;
    time_t old = time(NULL) - LEFTOVER_SECONDS;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        struct stat info;
        char *path = path_join(arena, folder, entry->d_name);
        if (lstat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_mtime < old)
            unlink(path);
    }
    closedir(dir);
}

bool store_prepare(const struct store *store, struct err *err)
{
    struct arena arena;
    arena_init(&arena);
    const char *fresh = path_join(&arena, store->root, "new");
    bool good = (folder_make(fresh, err) && folder_make(path_join(&arena, store->root, "damaged"), err)) ||
                err_wrap(err, "store %s", store->root);
    if (good)
        remove_leftovers(&arena, fresh);
    arena_release(&arena);
    return good;
}

bool store_open(struct store *store, struct arena *arena, const char *root, struct err *err)
{
    *store = (struct store){.root = arena_strdup(arena, root)};
    return store_prepare(store, err);
}

bool store_check(const struct store *store, struct err *err)
{
    return *store->id == '\0' || mark_check(store->root, store->id, err);
}

char *store_path(const struct store *store, struct arena *arena, const struct digest *digest)
{
    char hex[DIGEST_HEX];
    digest_hex(digest, hex);
    return arena_printf(arena, "%s/%.2s/%s", store->root, hex, hex + 2);
}

static void discard(void *ptr)
{
    struct store_file *file = ptr;
    if (file->digest.state != NULL)
        digest_end(&file->digest);
    if (file->fd >= 0)
        close(file->fd);
    if (file->name != NULL)
        unlink(file->name);
}

struct store_file *store_create(const struct store *store, struct arena *arena, struct err *err)
{
    char *name = arena_printf(arena, "%s/new/XXXXXX", store->root);
    int fd = mkostemp(name, O_CLOEXEC);
    if (fd < 0) {
        err_errno(err, "store: cannot write in %s/new", store->root);
        return NULL;
    }
    struct store_file *file = ARENA_NEW(arena, struct store_file);
    *file = (struct store_file){.store = store, .arena = arena, .name = name, .fd = fd};
    digest_begin(&file->digest);
    arena_defer(arena, discard, file);
    return file;
}

bool store_write(struct store_file *file, const void *data, size_t len, struct err *err)
{
    digest_add(&file->digest, data, len);
    file->bytes += (int64_t)len;
    return file_put(file->fd, data, len) || err_errno(err, "store: cannot write in %s/new", file->store->root);
}

bool store_works(const struct store *store, struct err *err)
{
    struct arena arena;
    if (!store_check(store, err))
        return false;
    arena_init(&arena);
    struct store_file *file = store_create(store, &arena, err);
    bool good = file != NULL && store_write(file, "works", strlen("works"), err) &&
                (fsync(file->fd) == 0 || err_errno(err, "store: cannot sync %s", file->name));
    arena_release(&arena);
    return good;
}

/* The rename replaces what another process may have put at the same moment: the bytes are the same. Where it went is
 * looked at when it is there, so that nothing is said to be kept that lies in the place of an unmounted store. */
static bool settle(struct store_file *file, const char *path, struct err *err)
{
    const char *folder = path_folder(file->arena, path);
    if (fchmod(file->fd, 0444) != 0 || fsync(file->fd) != 0)
        return err_errno(err, "store: cannot finish %s", file->name);
    if (!folder_make(folder, err))
        return false;
    if (rename(file->name, path) != 0)
        return err_errno(err, "store: cannot rename %s to %s", file->name, path);
    file->name = NULL;
    if (!folder_sync(folder))
        return err_errno(err, "store: cannot sync %s", folder);
    if (store_check(file->store, err))
        return true;
    unlink(path);
    return false;
}

bool store_keep(struct store_file *file, struct digest *digest, int64_t *bytes, struct err *err)
{
    *digest = digest_end(&file->digest);
    if (bytes != NULL)
        *bytes = file->bytes;
    bool good = settle(file, store_path(file->store, file->arena, digest), err);
    close(file->fd);
    file->fd = -1;
    return good;
}

/* So that it is not freed (sweep.h) before the ledger names it. False where it is gone. */
static bool touch(const struct store *store, const struct digest *digest)
{
    struct arena arena;
    arena_init(&arena);
    bool there = utimensat(AT_FDCWD, store_path(store, &arena, digest), NULL, 0) == 0 || errno != ENOENT;
    arena_release(&arena);
    return there;
}

bool store_put(const struct store *store, const void *data, size_t len, struct digest *digest, struct err *err)
{
    struct arena arena;
    int64_t bytes;
    *digest = digest_of(data, len);
    if (store_has(store, digest, &bytes) && bytes == (int64_t)len && touch(store, digest))
        return store_check(store, err);
    arena_init(&arena);
    struct store_file *file = store_create(store, &arena, err);
    bool good = file != NULL && store_write(file, data, len, err) && store_keep(file, digest, &bytes, err);
    arena_release(&arena);
    return good;
}

bool store_has(const struct store *store, const struct digest *digest, int64_t *bytes)
{
    struct arena arena;
    struct stat info;
    arena_init(&arena);
    bool has = stat(store_path(store, &arena, digest), &info) == 0 && S_ISREG(info.st_mode);
    arena_release(&arena);
    if (has && bytes != NULL)
        *bytes = info.st_size;
    return has;
}

bool store_find(const struct store *store, const struct digest *digest, bool *there, struct err *err)
{
    *there = store_has(store, digest, NULL);
    return *there || store_check(store, err);
}

/* Moved, not removed: a person may want to see what became of it. */
static bool set_aside(const struct store *store, struct arena *arena, const struct digest *digest, const char *path,
                      const char *why, struct err *err)
{
    char hex[DIGEST_HEX];
    digest_hex(digest, hex);
    const char *aside = arena_printf(arena, "%s/damaged/%s", store->root, hex);
    if (rename(path, aside) != 0 && errno != ENOENT)
        return err_errno(err, "store: artifact %s %s and cannot be set aside", hex, why);
    return err_set(err, ERR_DAMAGED, "artifact %s %s; it was moved to %s", hex, why, aside);
}

bool store_map(const struct store *store, struct arena *arena, const struct digest *digest, struct map *map,
               struct err *err)
{
    char hex[DIGEST_HEX];
    const char *path = store_path(store, arena, digest);
    digest_hex(digest, hex);
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return store_check(store, err) &&
               err_set(err, ERR_DAMAGED, "artifact %s is not in the store %s", hex, store->root);
    if (!file_map(arena, path, map, err))
        return err_wrap(err, "artifact %s", hex);
    struct digest found = digest_of(map->data, map->size);
    if (!mapping_faultless(err)) /* not what the file holds: nobody knows that now */
        return err_wrap(err, "artifact %s", hex);
    return digest_equal(&found, digest) || set_aside(store, arena, digest, path, "does not match its digest", err);
}

bool store_verify(const struct store *store, const struct digest *digest, struct err *err)
{
    struct arena arena;
    struct map map;
    arena_init(&arena);
    bool good = store_map(store, &arena, digest, &map, err);
    arena_release(&arena);
    return good;
}

/* By read(2): a mapping that once failed reads as zeros. */
static bool content_fails(const char *path)
{
    char piece[1 << 16];
    ssize_t got = 1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == EIO;
    while (got > 0 || (got < 0 && errno == EINTR))
        got = read(fd, piece, sizeof piece);
    bool fails = got < 0 && errno == EIO;
    close(fd);
    return fails;
}

bool store_readable(const struct store *store, const struct digest *digest, struct err *err)
{
    struct arena arena;
    struct err away;
    arena_init(&arena);
    const char *path = store_path(store, &arena, digest);
    bool good = !content_fails(path) || !store_works(store, &away) || !content_fails(path) ||
                set_aside(store, &arena, digest, path, "cannot be read (its file system gives EIO)", err);
    arena_release(&arena);
    return good;
}

bool store_remove(const struct store *store, const struct digest *digest, struct err *err)
{
    struct arena arena;
    arena_init(&arena);
    const char *path = store_path(store, &arena, digest);
    bool good = unlink(path) == 0 || errno == ENOENT || err_errno(err, "store: cannot remove %s", path);
    arena_release(&arena);
    return good;
}
