/* arguments: the command line of a command, checked against the flags that it takes; --help from the same rows. */
#include "pipelines/command.h"

#include <stdio.h>
#include <string.h>

struct flag {
    const char *name, *value; /* value: what --help calls it; NULL for none */
    unsigned bit;
    size_t offset; /* in struct arguments */
    const char *help;
};

static const struct flag flags[] = {
    {"--slot", "TIME", FLAG_SLOT, offsetof(struct arguments, slot),
     "the night to run for, 2026-11-23, or its time, 2026-11-23T02:30Z"},
    {"--watch", NULL, FLAG_WATCH, offsetof(struct arguments, watch), "go on until the run has ended"},
    {"--delete", NULL, FLAG_DELETE, offsetof(struct arguments, delete), "do it; without, only say what would be done"},
    {"--quiet", NULL, FLAG_QUIET, offsetof(struct arguments, quiet), "print failures only, as for cron"},
    {"--reference", NULL, FLAG_FORMAT, offsetof(struct arguments, reference), "every option, as Markdown"},
    {"--schema", NULL, FLAG_FORMAT, offsetof(struct arguments, schema), "a JSON Schema of definitions, for editors"},
    {"--json", NULL, FLAG_JSON, offsetof(struct arguments, json), "print JSON for programs"},
    {"--site", "FILE", FLAG_SITE, offsetof(struct arguments, site), "site settings, or a definition that has them"},
    {"--state", "DIR", FLAG_STATE, offsetof(struct arguments, state), "the state folder (else $TIDEMILL_STATE)"},
};
enum { FLAGS = sizeof flags / sizeof *flags };

static const struct flag *find_flag(const struct command *command, const char *name, size_t len)
{
    for (size_t i = 0; i < FLAGS; i++)
        if ((command->flags & flags[i].bit) != 0 && strncmp(flags[i].name, name, len) == 0 &&
            flags[i].name[len] == '\0')
            return &flags[i];
    return NULL;
}

static bool unknown_flag(const struct command *command, const char *word, struct err *err)
{
    const char *names[FLAGS];
    size_t count = 0;
    for (size_t i = 0; i < FLAGS; i++)
        if ((command->flags & flags[i].bit) != 0)
            names[count++] = flags[i].name;
    const char *near = text_suggest(word, names, count);
    if (near != NULL)
        return err_set(err, ERR_USAGE, "%s: unknown option %s; did you mean %s?", command->name, word, near);
    return err_set(err, ERR_USAGE, "%s: unknown option %s; see tidemill %s --help", command->name, word, command->name);
}

/* An empty operand is a variable of a script that was not set, and no way to say "the newest run". */
static bool check_operands(const struct command *command, const struct arguments *arguments, struct err *err)
{
    if (arguments->help)
        return true;
    for (size_t i = 0; i < arguments->operand_count && (command->flags & FLAG_THROUGH) == 0; i++)
        if (*arguments->operands[i] == '\0')
            return err_set(err, ERR_USAGE, "%s: an operand is empty; usage: tidemill %s %s", command->name,
                           command->name, command->operands);
    if (arguments->operand_count < command->least)
        return err_set(err, ERR_USAGE, "%s: %s is missing; for example: %s", command->name, command->operands,
                       command->example);
    if (arguments->operand_count > command->most)
        return err_set(err, ERR_USAGE, "%s: %s is one too many; usage: tidemill %s %s", command->name,
                       arguments->operands[command->most], command->name, command->operands);
    return true;
}

/* One option, whose value may follow '=' or be the next word. */
static bool take_flag(struct session *session, const struct command *command, int argc, char **argv, int *at,
                      struct err *err)
{
    char *word = argv[*at], *equals = strchr(word, '=');
    const struct flag *flag = find_flag(command, word, equals != NULL ? (size_t)(equals - word) : strlen(word));
    if (flag == NULL)
        return unknown_flag(command, word, err);
    char *target = (char *)&session->arguments + flag->offset;
    if (flag->value == NULL) {
        if (equals != NULL)
            return err_set(err, ERR_USAGE, "%s: %s takes no value", command->name, flag->name);
        *(bool *)target = true;
        return true;
    }
    if (equals == NULL && *at + 1 >= argc)
        return err_set(err, ERR_USAGE, "%s: %s needs a value: %s %s", command->name, flag->name, flag->name,
                       flag->value);
    const char *value = equals != NULL ? equals + 1 : argv[++*at];
    memcpy(target, &value, sizeof value);
    return true;
}

bool arguments_parse(struct session *session, const struct command *command, int argc, char **argv, struct err *err)
{
    struct arguments *arguments = &session->arguments;
    arguments->operands = ARENA_ARRAY(session->arena, char *, (size_t)argc + 1);
    bool through = (command->flags & FLAG_THROUGH) != 0;
    for (int i = 0; i < argc; i++) {
        size_t len = strcspn(argv[i], "=");
        bool option = argv[i][0] == '-' && argv[i][1] != '\0';
        if (through && (arguments->operand_count > 0 || find_flag(command, argv[i], len) == NULL) &&
            !(arguments->operand_count == 0 && strcmp(argv[i], "--help") == 0)) {
            arguments->operands[arguments->operand_count++] = argv[i];
        } else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            arguments->help = true;
        } else if (option) {
            if (!take_flag(session, command, argc, argv, &i, err))
                return false;
        } else {
            arguments->operands[arguments->operand_count++] = argv[i];
        }
    }
    return check_operands(command, arguments, err);
}

void command_usage(const struct command *command)
{
    printf("usage: tidemill %s%s%s%s\n\n%s.\n", command->name, command->flags != 0 ? " [OPTION]..." : "",
           *command->operands != '\0' ? " " : "", command->operands, command->summary);
    if (*command->details != '\0')
        printf("\n%s\n", command->details);
    for (size_t i = 0, first = 1; i < FLAGS; i++) {
        if ((command->flags & flags[i].bit) == 0)
            continue;
        char left[32];
        snprintf(left, sizeof left, "%s%s%s", flags[i].name, flags[i].value != NULL ? " " : "",
                 flags[i].value != NULL ? flags[i].value : "");
        printf("%s  %-14s  %s\n", first ? "\n" : "", left, flags[i].help);
        first = 0;
    }
    printf("\nexample:\n    %s\n", command->example);
}
