/* worker_files: see worker_files.h. */
#include "pipelines/worker_files.h"

#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/process.h"
#include "pipelines/sections.h"
#include "pipelines/stages.h"

#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whose work leaves checkpoints has the time for one, as long as containers and the cloud's spot notices give. */
enum { END_PATIENCE_MS = 2000, KEEP_PATIENCE_MS = 30000 };

struct texts worker_files(struct arena *arena, const char *folder)
{
    struct texts files = {NULL, 0};
    size_t capacity = 0;
    const struct dirent *entry;
    DIR *list = opendir(folder);
    while (list != NULL && (entry = readdir(list)) != NULL) {
        if (!text_ends(entry->d_name, ".pid"))
            continue;
        ARENA_PUSH(arena, files.item, files.count, capacity);
        files.item[files.count++] = path_join(arena, folder, entry->d_name);
    }
    if (list != NULL)
        closedir(list);
    return files;
}

const char *worker_files_keep(struct arena *arena, const char *folder)
{
    return path_join(arena, folder, "keep");
}

bool worker_file_beside(const char *file)
{
    return text_ends(file, ".beside.pid");
}

const char *worker_file_stage(struct arena *arena, const char *file)
{
    const char *name = path_name(file);
    return arena_strndup(arena, name, strcspn(name, "-"));
}

/* One that was forked a moment ago is still the `tidemill` that starts it. */
bool worker_other_program(struct arena *arena, pid_t pid, const char *stage)
{
    struct err ignored;
    struct stat running, installed;
    char target[PATH_MAX];
    const char *program, *exe = arena_printf(arena, "/proc/%d/exe", (int)pid);
    ssize_t len = readlink(exe, target, sizeof target - 1);
    target[len > 0 ? len : 0] = '\0';
    return text_starts(path_name(target), "tidemill-") && stage_program(arena, stage, &program, &ignored) &&
           stat(program, &installed) == 0 && stat(exe, &running) == 0 &&
           (running.st_dev != installed.st_dev || running.st_ino != installed.st_ino);
}

static long patience_ms(struct arena *arena, const char *file)
{
    const struct stage_info *stage = stage_find(worker_file_stage(arena, file));
    for (const struct kind *kind = stage != NULL ? stage->kinds : NULL; kind != NULL && kind->name != NULL; kind++)
        if (kind->checkpoints)
            return KEEP_PATIENCE_MS;
    return END_PATIENCE_MS;
}

void worker_files_end(struct arena *arena, const struct texts *files)
{
    int64_t begin_ns = clock_mono_ns();
    for (size_t i = 0; i < files->count; i++) {
        pid_t pid = process_remembered(files->item[i]);
        if (pid != 0)
            kill(pid, SIGTERM);
    }
    for (size_t i = 0; i < files->count; i++) {
        long left = patience_ms(arena, files->item[i]) - (long)(clock_seconds_since(begin_ns) * 1000);
        process_end(files->item[i], left > 0 ? left : 0);
    }
}
