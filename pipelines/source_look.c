/*
 * source_look: a quick look at the files of a source, for plans: sizes and times only. What really is new is decided by
 * tidemill-ingest, which also reads what looks changed.
 */
#include "pipelines/budget.h"

#include <fnmatch.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct looking {
    const struct rows *items; /* uri, bytes, mtime; in the order of strcmp */
    const char *pattern;
    int flags;
    struct source_files *files;
};

static struct looking *now; /* nftw() has no argument for its caller; one look at a time */

static int find_item(const struct rows *items, const char *uri)
{
    int low = 0, high = items->count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        int order = strcmp(row_text(items, middle, 0), uri);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

static int visit(const char *path, const struct stat *st, int type, struct FTW *place)
{
    (void)place;
    if (type != FTW_F || !S_ISREG(st->st_mode) || fnmatch(now->pattern, path, now->flags) != 0)
        return 0;
    int64_t mtime_us = (int64_t)st->st_mtim.tv_sec * 1000000 + st->st_mtim.tv_nsec / 1000;
    int row = find_item(now->items, path);
    now->files->files++;
    now->files->bytes += (double)st->st_size;
    if (row < 0 || row_int(now->items, row, 1) != st->st_size || row_int(now->items, row, 2) != mtime_us)
        now->files->changed++;
    return 0;
}

/* The folder above the first part that has a wildcard. */
static const char *fixed_part(struct arena *arena, const char *pattern)
{
    size_t wild = strcspn(pattern, "*?[");
    if (pattern[wild] == '\0')
        return pattern;
    while (wild > 0 && pattern[wild - 1] != '/')
        wild--;
    if (wild == 0)
        return ".";
    return wild == 1 ? "/" : arena_strndup(arena, pattern, wild - 1);
}

/* fnmatch() knows no "**"; without FNM_PATHNAME a '*' crosses folders, so "**" and what follows it becomes one. */
static const char *plain_pattern(struct arena *arena, const char *pattern, int *flags)
{
    struct buf out;
    buf_init(&out, arena);
    *flags = strstr(pattern, "**") != NULL ? 0 : FNM_PATHNAME;
    for (const char *p = pattern; *p != '\0'; p++) {
        if (p[0] == '*' && p[1] == '*') {
            buf_char(&out, '*');
            p += p[2] == '/' ? 2 : 1;
        } else {
            buf_char(&out, *p);
        }
    }
    return out.data;
}

bool source_look(struct arena *arena, struct ledger *ledger, const char *source, const struct texts *patterns,
                 struct source_files *files, struct err *err)
{
    struct rows items;
    *files = (struct source_files){0, 0, 0};
    if (!ledger_exec(ledger, arena, STATEMENT_ESTIMATE_ITEMS, PARAMS(source), &items, err))
        return false;
    for (size_t i = 0; i < patterns->count; i++) {
        struct looking looking = {.items = &items, .files = files};
        looking.pattern = plain_pattern(arena, patterns->item[i], &looking.flags);
        now = &looking;
        nftw(fixed_part(arena, patterns->item[i]), visit, 64, 0);
        now = NULL;
    }
    return true;
}
