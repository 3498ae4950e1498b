/* sweep: see sweep.h. */
#include "lib/store/sweep.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FOLDER_DIGITS = 2, DIGITS = 64 };

struct sweep {
    const struct store *store;
    bool (*found)(void *context, const struct store_item *item, struct err *err);
    void *context;
};

static int64_t age_of(const struct stat *info)
{
    return (int64_t)(time(NULL) - info->st_mtime);
}

static char *item_path(const struct store *store, struct arena *arena, const struct store_item *item)
{
    char hex[DIGEST_HEX];
    digest_hex(&item->digest, hex);
    return item->damaged ? arena_printf(arena, "%s/damaged/%s", store->root, hex)
                         : store_path(store, arena, &item->digest);
}

/* The files of one folder whose names are `begin` and the rest of a digest. */
static bool sweep_folder(const struct sweep *sweep, const char *name, const char *begin, bool damaged, struct err *err)
{
    struct arena arena;
    bool good = true;
    arena_init(&arena);
    char *folder = path_join(&arena, sweep->store->root, name);
    DIR *dir = opendir(folder);
    if (dir == NULL && errno != ENOENT)
        good = err_errno(err, "store: cannot read %s", folder);
    for (struct dirent *entry; good && dir != NULL && (entry = readdir(dir)) != NULL;) {
        struct stat info;
        struct store_item item = {.damaged = damaged};
        if (strlen(begin) + strlen(entry->d_name) != DIGITS)
            continue;
        const char *hex = arena_printf(&arena, "%s%s", begin, entry->d_name);
        if (!digest_parse(hex, &item.digest) || lstat(path_join(&arena, folder, entry->d_name), &info) != 0 ||
            !S_ISREG(info.st_mode))
            continue;
        item.bytes = info.st_size;
        item.age_s = age_of(&info);
        good = sweep->found(sweep->context, &item, err);
    }
    if (dir != NULL)
        closedir(dir);
    arena_release(&arena);
    return good;
}

bool store_each(const struct store *store, bool (*found)(void *context, const struct store_item *item, struct err *err),
                void *context, struct err *err)
{
    const struct sweep sweep = {store, found, context};
    for (int i = 0; i < 256; i++) {
        char name[FOLDER_DIGITS + 1];
        snprintf(name, sizeof name, "%02x", (unsigned)i);
        if (!sweep_folder(&sweep, name, name, false, err))
            return false;
    }
    return sweep_folder(&sweep, "damaged", "", true, err);
}

/* Moved away first, then looked at: what was touched meanwhile goes back. A reader in between finds it missing, and is
 * served by its next attempt. */
bool store_free(const struct store *store, const struct store_item *item, int64_t age_s, bool *freed, struct err *err)
{
    struct arena arena;
    struct stat info;
    char hex[DIGEST_HEX];
    bool good = true;
    *freed = false;
    if (!store_check(store, err))
        return false;
    arena_init(&arena);
    digest_hex(&item->digest, hex);
    const char *path = item_path(store, &arena, item);
    const char *away = arena_printf(&arena, "%s/new/freed-%s", store->root, hex);
    if (lstat(path, &info) != 0 || age_of(&info) < age_s) {
        good = true;
    } else if (rename(path, away) != 0) {
        good = errno == ENOENT || err_errno(err, "store: cannot free %s", path);
    } else if (lstat(away, &info) == 0 && age_of(&info) < age_s) {
        good = rename(away, path) == 0 || err_errno(err, "store: cannot put %s back", path);
    } else {
        *freed = good = unlink(away) == 0 || err_errno(err, "store: cannot free %s", path);
        if (!good)
            (void)!rename(away, path); /* so that it is found the next time */
    }
    arena_release(&arena);
    return good;
}
