/* stages: see stages.h. */
#include "pipelines/stages.h"

#include "lib/base/file.h"
#include "pipelines/command.h"
#include "pipelines/sections.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

bool stage_exists(const char *name)
{
    return stage_find(name) != NULL;
}

size_t stage_names(const char **names, size_t room)
{
    size_t count = 0;
    for (; stages[count] != NULL && count < room; count++)
        names[count] = stages[count]->name;
    return count;
}

bool stage_program(struct arena *arena, const char *stage, const char **path, struct err *err)
{
    char own[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", own, sizeof own - 1);
    if (len < 0)
        return err_errno(err, "cannot find the path of this program");
    own[len] = '\0';
    const char *folder = path_folder(arena, own), *name = arena_printf(arena, "tidemill-%s", stage);
    const char *beside = path_join(arena, folder, name);
    const char *installed = path_join(arena, folder, arena_printf(arena, "../libexec/tidemill/%s", name));
    *path = access(beside, X_OK) == 0 ? beside : installed;
    return access(*path, X_OK) == 0 ||
           err_set(err, ERR_SYSTEM, "cannot find the program %s; looked for %s and %s", name, beside, installed);
}

bool stage_execute(struct arena *arena, const char *stage, char **arguments, struct err *err)
{
    const char *program;
    size_t count = 0;
    if (!stage_program(arena, stage, &program, err))
        return false;
    while (arguments[count] != NULL)
        count++;
    char **argv = ARENA_ARRAY(arena, char *, count + 2);
    argv[0] = arena_strdup(arena, program);
    memcpy(argv + 1, arguments, count * sizeof *argv);
    execv(program, argv);
    return err_errno(err, "cannot execute %s", program);
}

bool document_command(struct session *session, struct err *err)
{
    const struct arguments *arguments = &session->arguments;
    char **argv = ARENA_ARRAY(session->arena, char *, arguments->operand_count + 2);
    argv[0] = arena_strdup(session->arena, "document");
    memcpy(argv + 1, arguments->operands, arguments->operand_count * sizeof *argv);
    return stage_execute(session->arena, "registry", argv, err);
}
