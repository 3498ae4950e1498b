/* stages: see stages.h. */
#include "pipelines/stages.h"

#include "pipelines/command.h"
#include "pipelines/sections.h"
#include "pipelines/workers.h"

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
