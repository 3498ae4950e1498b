/* outdated: see outdated.h. */
#include "pipelines/outdated.h"

#include "lib/base/file.h"
#include "lib/base/process.h"
#include "pipelines/worker_files.h"
#include "pipelines/worker_site.h"

static void note(const struct worker_site *look, bool is, size_t *count, const char **given)
{
    if (is && (*count)++ == 0)
        *given = look->given;
}

struct looking {
    struct arena *arena;
    const struct site *site;
    const char *given;
    bool kept; /* `tidemill up` asked for them */
};

/* Looks at one worker, and counts it where it is outdated; true where we are to end it. */
static bool judge(const struct looking *looking, const char *file, struct outdated *outdated)
{
    struct worker_site look;
    struct arena *arena = looking->arena;
    pid_t pid = process_remembered(file);
    const char *stage = worker_file_stage(arena, file);
    if (pid == 0)
        return false;
    if (worker_other_program(arena, pid, stage)) {
        outdated->program++;
        return true;
    }
    worker_site_look(arena, pid, looking->site, looking->given, stage, &look);
    note(&look, look.changed, &outdated->changed, &outdated->given[0]);
    note(&look, looking->kept && look.other && !look.changed && *looking->given != '\0', &outdated->other,
         &outdated->given[1]);
    if (look.changed && look.ours)
        return true;
    note(&look, look.elsewhere, &outdated->elsewhere, &outdated->given[2]);
    return look.elsewhere && !looking->kept;
}

struct outdated outdated_find(struct arena *arena, const char *folder, const struct site *site, const char *given,
                              struct texts *to_end)
{
    const struct looking looking = {arena, site, given, file_exists(worker_files_keep(arena, folder))};
    struct outdated outdated = {0};
    struct texts files = worker_files(arena, folder);
    struct texts old = {ARENA_ARRAY(arena, const char *, files.count + 1), 0};
    for (size_t i = 0; i < files.count; i++)
        if (judge(&looking, files.item[i], &outdated))
            old.item[old.count++] = files.item[i];
    if (to_end != NULL)
        *to_end = old;
    return outdated;
}
