/*
 * source_look: a quick look at the files of a source, for plans: sizes and times only. What really is new is decided by
 * tidemill-ingest, which also reads what looks changed.
 */
#include "pipelines/budget.h"

#include "lib/base/glob.h"

#include <string.h>

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

bool source_look(struct arena *arena, struct ledger *ledger, const char *source, const struct texts *patterns,
                 struct source_files *files, struct err *err)
{
    struct rows items;
    *files = (struct source_files){0, 0, 0};
    if (!ledger_exec(ledger, arena, STATEMENT_ESTIMATE_ITEMS, PARAMS(source), &items, err))
        return false;
    struct glob_files found = glob_expand(arena, patterns, NULL, NULL);
    for (size_t i = 0; i < found.count; i++) {
        const struct glob_file *file = &found.item[i];
        if (file->problem != NULL)
            continue;
        int row = find_item(&items, file->uri);
        files->files++;
        files->bytes += (double)file->size;
        files->changed += row < 0 || row_int(&items, row, 1) != file->size || row_int(&items, row, 2) != file->mtime_us;
    }
    return true;
}
