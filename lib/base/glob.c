/* glob: see glob.h. A folder's names are read before its subfolders are entered, so one folder is open at a time. */
#include "lib/base/glob.h"

#include "lib/base/buf.h"
#include "lib/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct walk {
    struct arena *arena;
    struct glob_files files;
    size_t capacity;
    size_t base; /* bytes of a path before its uri */
    bool fixed;  /* the pattern has no wildcards: what it names is to be there */
    atomic_ullong *moves;
};

static void looked(struct walk *walk)
{
    if (walk->moves != NULL)
        atomic_fetch_add_explicit(walk->moves, 1, memory_order_relaxed);
}

static bool is_wild(const char *part)
{
    return strpbrk(part, "*?[") != NULL;
}

static bool is_deep(const char *part)
{
    return strcmp(part, "**") == 0;
}

static bool match_parts(const char *pattern, const char *path)
{
    for (;;) {
        size_t want = strcspn(pattern, "/"), have = strcspn(path, "/");
        if (want == 2 && strncmp(pattern, "**", 2) == 0) {
            if (pattern[want] == '\0')
                return true;
            for (const char *rest = path;; rest++) {
                if (match_parts(pattern + 3, rest))
                    return true;
                rest += strcspn(rest, "/");
                if (*rest == '\0')
                    return false;
            }
        }
        char part[256], name[256];
        if (want >= sizeof part || have >= sizeof name)
            return false;
        memcpy(part, pattern, want);
        part[want] = '\0';
        memcpy(name, path, have);
        name[have] = '\0';
        if (fnmatch(part, name, FNM_PERIOD) != 0)
            return false;
        if (pattern[want] == '\0' || path[have] == '\0')
            return pattern[want] == path[have];
        pattern += want + 1;
        path += have + 1;
    }
}

bool glob_match(const char *pattern, const char *path)
{
    return match_parts(pattern, path);
}

static void add(struct walk *walk, const char *path, const struct stat *info, const char *problem)
{
    struct glob_files *files = &walk->files;
    ARENA_PUSH(walk->arena, files->item, files->count, walk->capacity);
    struct glob_file *file = &files->item[files->count++];
    *file = (struct glob_file){
        .path = path, .uri = path[walk->base] == '\0' ? path : path + walk->base, .problem = problem};
    if (info != NULL) {
        file->size = info->st_size;
        file->mtime_us = (int64_t)info->st_mtim.tv_sec * 1000000 + info->st_mtim.tv_nsec / 1000;
    }
}

static const char *kind_problem(mode_t mode)
{
    if (S_ISREG(mode))
        return NULL;
    return S_ISFIFO(mode)                   ? "is a FIFO, not a file"
           : S_ISSOCK(mode)                 ? "is a socket, not a file"
           : S_ISCHR(mode) || S_ISBLK(mode) ? "is a device, not a file"
                                            : "is not a file";
}

/* What errno says of a path that could not be looked at. */
static void add_fault(struct walk *walk, const char *path, int why, const char *what)
{
    add(walk, path, NULL, arena_printf(walk->arena, "%s%s", what, strerror(why)));
    walk->files.item[walk->files.count - 1].passing = !file_fault_lasts(why);
}

/* A path that the whole pattern matches; folders are passed over, and so is what need not be there. */
static void found(struct walk *walk, const char *path, bool wanted)
{
    struct stat info;
    looked(walk);
    if (stat(path, &info) == 0) {
        if (!S_ISDIR(info.st_mode))
            add(walk, path, &info, kind_problem(info.st_mode));
    } else if (wanted || (errno != ENOENT && errno != ENOTDIR)) {
        add_fault(walk, path, errno, "");
    }
}

static struct texts names_in(struct walk *walk, const char *folder)
{
    struct texts names = {NULL, 0};
    size_t capacity = 0;
    DIR *dir = opendir(*folder == '\0' ? "." : folder);
    if (dir == NULL) {
        if (errno != ENOENT && errno != ENOTDIR)
            add_fault(walk, folder, errno, "cannot be listed: ");
        return names;
    }
    for (struct dirent *entry; errno = 0, (entry = readdir(dir)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        ARENA_PUSH(walk->arena, names.item, names.count, capacity);
        names.item[names.count++] = arena_strdup(walk->arena, entry->d_name);
        looked(walk);
    }
    if (errno != 0) /* the names after this one are missing */
        add_fault(walk, folder, errno, "cannot be listed to its end: ");
    closedir(dir);
    return names;
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool is_real_folder(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Everything below `folder` that the parts match. `folder` ends with '/' or is empty. */
static void descend(struct walk *walk, const char *folder, const char *const *part, size_t count)
{
    bool last = count == 1;
    if (!is_wild(part[0])) {
        const char *path = arena_printf(walk->arena, "%s%s", folder, part[0]);
        if (last)
            found(walk, path, walk->fixed);
        else
            descend(walk, arena_printf(walk->arena, "%s/", path), part + 1, count - 1);
        return;
    }
    bool deep = is_deep(part[0]);
    if (deep && !last)
        descend(walk, folder, part + 1, count - 1);
    struct texts names = names_in(walk, folder);
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.item[i];
        const char *path = arena_printf(walk->arena, "%s%s", folder, name);
        if (deep ? name[0] == '.' : fnmatch(part[0], name, FNM_PERIOD) != 0)
            continue;
        if (last)
            found(walk, path, true);
        if (deep && is_real_folder(path))
            descend(walk, arena_printf(walk->arena, "%s/", path), part, count);
        else if (!deep && !last && is_folder(path))
            descend(walk, arena_printf(walk->arena, "%s/", path), part + 1, count - 1);
    }
}

/* Bytes of the pattern's folder before the first wildcard, with its '/'. */
static size_t fixed_folder(const char *pattern)
{
    size_t len = strcspn(pattern, "*?[");
    while (len > 0 && pattern[len - 1] != '/')
        len--;
    return len;
}

static size_t shared_folder(const struct texts *patterns)
{
    size_t shared = patterns->count == 0 ? 0 : fixed_folder(patterns->item[0]);
    for (size_t i = 1; i < patterns->count; i++) {
        size_t fixed = fixed_folder(patterns->item[i]), same = 0;
        while (same < shared && same < fixed && patterns->item[i][same] == patterns->item[0][same])
            same++;
        while (same > 0 && patterns->item[0][same - 1] != '/')
            same--;
        shared = same;
    }
    return shared;
}

static int compare_uri(const void *a, const void *b)
{
    return strcmp(((const struct glob_file *)a)->uri, ((const struct glob_file *)b)->uri);
}

static bool excluded(const struct texts *exclude, const char *uri)
{
    for (size_t i = 0; exclude != NULL && i < exclude->count; i++)
        if (glob_match(exclude->item[i], uri))
            return true;
    return false;
}

static void sort_and_sift(struct glob_files *files, const struct texts *exclude)
{
    size_t kept = 0;
    if (files->count > 0)
        qsort(files->item, files->count, sizeof *files->item, compare_uri);
    for (size_t i = 0; i < files->count; i++) {
        bool again = kept > 0 && strcmp(files->item[kept - 1].uri, files->item[i].uri) == 0;
        if (!again && !excluded(exclude, files->item[i].uri))
            files->item[kept++] = files->item[i];
    }
    files->count = kept;
}

/* The pattern without empty parts, and without a "**" after a "**". */
static const char *tidy(struct arena *arena, const char *pattern)
{
    struct buf out;
    buf_init(&out, arena);
    struct texts parts = text_split(arena, pattern, '/');
    const char *before = "";
    for (size_t i = 0; i < parts.count; i++) {
        const char *part = parts.item[i];
        if (*part == '\0' || (is_deep(part) && is_deep(before)))
            continue;
        if (out.len > 0 || pattern[0] == '/')
            buf_char(&out, '/');
        buf_text(&out, part);
        before = part;
    }
    return out.data;
}

struct glob_files glob_expand(struct arena *arena, const struct texts *patterns, const struct texts *exclude,
                              atomic_ullong *moves)
{
    struct texts tidied = {ARENA_ARRAY(arena, const char *, patterns->count), patterns->count};
    for (size_t i = 0; i < tidied.count; i++)
        tidied.item[i] = tidy(arena, patterns->item[i]);
    struct walk walk = {.arena = arena, .base = shared_folder(&tidied), .moves = moves};
    for (size_t i = 0; i < tidied.count; i++) {
        const char *pattern = tidied.item[i];
        bool absolute = pattern[0] == '/';
        walk.fixed = !is_wild(pattern);
        struct texts parts = text_split(arena, pattern + absolute, '/');
        descend(&walk, absolute ? "/" : "", parts.item, parts.count);
    }
    sort_and_sift(&walk.files, exclude);
    return walk.files;
}
