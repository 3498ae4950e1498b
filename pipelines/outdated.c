/* outdated: see outdated.h. */
#include "pipelines/outdated.h"

#include "lib/base/process.h"
#include "pipelines/worker_files.h"
#include "pipelines/worker_site.h"

static void note(const struct worker_site *look, bool is, size_t *count, const char **given)
{
    if (is && (*count)++ == 0)
        *given = look->given;
}

/* Looks at one worker, and counts it where it is outdated; true where we are to end it. */
static bool judge(const struct workers *workers, const char *file, struct outdated *outdated)
{
    struct worker_site look;
    pid_t pid = process_remembered(file);
    const char *stage = worker_file_stage(workers->arena, file);
    if (pid == 0)
        return false;
    if (worker_other_program(workers->arena, pid, stage)) {
        outdated->program++;
        return true;
    }
    worker_site_look(workers->arena, pid, workers->site, workers->given, stage, &look);
    note(&look, look.changed, &outdated->changed, &outdated->given[0]);
    note(&look, look.other && !look.changed && *workers->given != '\0', &outdated->other, &outdated->given[1]);
    return look.changed && look.ours;
}

struct outdated outdated_find(const struct workers *workers, struct texts *to_end)
{
    struct outdated outdated = {0};
    struct texts files = worker_files(workers->arena, workers->folder);
    struct texts old = {ARENA_ARRAY(workers->arena, const char *, files.count + 1), 0};
    for (size_t i = 0; i < files.count; i++)
        if (judge(workers, files.item[i], &outdated))
            old.item[old.count++] = files.item[i];
    if (!workers_kept(workers))
        outdated.other = 0;
    if (to_end != NULL)
        *to_end = old;
    return outdated;
}
