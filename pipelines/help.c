/* help: the commands, the options of a section, and the reference of all of them. */
#include "pipelines/command.h"
#include "pipelines/reference.h"
#include "pipelines/sections.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_schema(struct session *session)
{
    char *text =
        json_dumps(reference_schema(session->arena, sections_all(session->arena)), JSON_INDENT(2) | JSON_SORT_KEYS);
    puts(text != NULL ? text : "{}");
    free(text);
}

static bool unknown_subject(struct session *session, const char *subject, struct err *err)
{
    const struct section *const *sections = sections_all(session->arena);
    const char *words[256];
    size_t count = 0;
    for (size_t i = 0; commands[i].name != NULL && count < 256; i++)
        words[count++] = commands[i].name;
    for (size_t i = 0; sections[i] != NULL && count < 256; i++)
        words[count++] = sections[i]->path;
    const char *near = text_suggest(subject, words, count);
    if (near != NULL)
        return err_set(err, ERR_USAGE, "help: there is no section or command \"%s\"; did you mean \"%s\"?", subject,
                       near);
    return err_set(err, ERR_USAGE, "help: there is no section or command \"%s\"; see tidemill help", subject);
}

bool help_command(struct session *session, struct err *err)
{
    const struct arguments *arguments = &session->arguments;
    const struct section *const *sections = sections_all(session->arena);
    struct buf out;
    buf_init(&out, session->arena);
    if (arguments->schema) {
        print_schema(session);
        return true;
    }
    if (arguments->reference) {
        reference_markdown(&out, sections);
        fputs(out.data, stdout);
        return true;
    }
    if (arguments->operand_count == 0) {
        commands_usage();
        return true;
    }
    const char *subject = arguments->operands[0];
    if (reference_terminal(&out, sections, subject)) {
        fputs(out.data, stdout);
        return true;
    }
    for (const struct command *command = commands; command->name != NULL; command++)
        if (strcmp(command->name, subject) == 0) {
            command_usage(command);
            return true;
        }
    return unknown_subject(session, subject, err);
}
