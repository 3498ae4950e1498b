/* glob: see glob.h. */
#include "ingest/glob.h"

#include "lib/base/file.h"

#include <dirent.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct walk {
    struct arena *arena;
    struct texts *files;
    size_t capacity;
};

static void find(struct walk *walk, const char *folder, const char *pattern);

static void found(struct walk *walk, const char *path)
{
    struct stat info;
    if (lstat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return;
    ARENA_PUSH(walk->arena, walk->files->item, walk->files->count, walk->capacity);
    walk->files->item[walk->files->count++] = path;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct texts list(struct arena *arena, const char *folder)
{
    struct texts names = {NULL, 0};
    size_t capacity = 0;
    const struct dirent *entry;
    DIR *dir = opendir(*folder == '\0' ? "." : folder);
    if (dir == NULL)
        return names;
    while ((entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        ARENA_PUSH(arena, names.item, names.count, capacity);
        names.item[names.count++] = arena_strdup(arena, entry->d_name);
    }
    closedir(dir);
    if (names.count > 0)
        qsort(names.item, names.count, sizeof *names.item, by_name);
    return names;
}

static bool is_folder(const char *path, bool follow)
{
    struct stat info;
    return (follow ? stat(path, &info) : lstat(path, &info)) == 0 && S_ISDIR(info.st_mode);
}

/* "**" then the rest: here, and in every folder below. */
static void find_below(struct walk *walk, const char *folder, const char *rest)
{
    find(walk, folder, rest);
    struct texts names = list(walk->arena, folder);
    for (size_t i = 0; i < names.count; i++) {
        const char *path = path_join(walk->arena, folder, names.item[i]);
        if (names.item[i][0] != '.' && is_folder(path, false))
            find_below(walk, path, rest);
    }
}

static void find_here(struct walk *walk, const char *folder, const char *name, const char *rest)
{
    struct texts names = list(walk->arena, folder);
    for (size_t i = 0; i < names.count; i++) {
        if (fnmatch(name, names.item[i], FNM_PERIOD) != 0)
            continue;
        const char *path = path_join(walk->arena, folder, names.item[i]);
        if (rest == NULL)
            found(walk, path);
        else if (is_folder(path, true))
            find(walk, path, rest);
    }
}

static void find(struct walk *walk, const char *folder, const char *pattern)
{
    const char *slash = strchr(pattern, '/');
    const char *rest = slash == NULL ? NULL : slash + 1;
    const char *name = slash == NULL ? pattern : arena_strndup(walk->arena, pattern, (size_t)(slash - pattern));
    if (strcmp(name, "**") == 0)
        find_below(walk, folder, rest == NULL ? "*" : rest);
    else if (*name == '\0')
        find(walk, *folder == '\0' ? "/" : folder, rest == NULL ? "*" : rest);
    else if (strpbrk(name, "*?[") != NULL)
        find_here(walk, folder, name, rest);
    else if (rest != NULL)
        find(walk, path_join(walk->arena, folder, name), rest);
    else if (file_exists(path_join(walk->arena, folder, name)))
        found(walk, path_join(walk->arena, folder, name));
}

static bool left_out(const struct texts *exclude, const char *path)
{
    for (size_t i = 0; i < exclude->count; i++)
        if (fnmatch(exclude->item[i], path, 0) == 0 || fnmatch(exclude->item[i], path_name(path), 0) == 0)
            return true;
    return false;
}

void glob_files(struct arena *arena, const struct texts *patterns, const struct texts *exclude, struct texts *files)
{
    struct texts all = {NULL, 0};
    struct walk walk = {arena, &all, 0};
    for (size_t i = 0; i < patterns->count; i++)
        find(&walk, patterns->item[i][0] == '/' ? "/" : "", patterns->item[i] + (patterns->item[i][0] == '/'));
    if (all.count > 0)
        qsort(all.item, all.count, sizeof *all.item, by_name);
    *files = (struct texts){ARENA_ARRAY(arena, const char *, all.count), 0};
    for (size_t i = 0; i < all.count; i++)
        if ((i == 0 || strcmp(all.item[i], all.item[i - 1]) != 0) && !left_out(exclude, all.item[i]))
            files->item[files->count++] = all.item[i];
}
