/*
 * main: the program `tidemill`. One row per command; what is no command of ours may be a stage's program, as with git.
 *
 * Errors are printed here, once, as one line that says what, where and what to do; the exit status is the error's.
 */
#include "lib/base/log.h"
#include "lib/base/output.h"
#include "pipelines/command.h"
#include "pipelines/stages.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct command commands[] = {
    {.name = "run",
     .operands = "FILE",
     .summary = "run a pipeline: read, clean, tokenize, train, evaluate, release",
     .flags = FLAG_SLOT | FLAG_QUIET | FLAG_JSON | FLAG_STATE,
     .least = 1,
     .most = 1,
     .details = "Starts the private services and workers that it needs, shows progress, and ends with a\n"
                "summary. What was done before with the same input and settings is reused. A run whose\n"
                "runner was killed is taken up again. One schedule slot is run by one runner only.\n\n"
                "exit status: 0 done, 3 definition invalid, 4 another run holds the slot, 5 budget,\n"
                "6 a gate refused the model, 7 data unusable, 8 service unreachable, 9 cancelled, 70 other",
     .example = "tidemill run pipelines/quickstart.yaml",
     .run = run_command},
    {.name = "check",
     .operands = "FILE",
     .summary = "check a definition; all errors at once, with their places",
     .flags = FLAG_JSON | FLAG_STATE,
     .least = 1,
     .most = 1,
     .details = "",
     .example = "tidemill check nightly.yaml",
     .run = check_command},
    {.name = "plan",
     .operands = "FILE",
     .summary = "what a run would do and reuse, about how long and at what cost",
     .flags = FLAG_JSON | FLAG_STATE,
     .least = 1,
     .most = 1,
     .details = "Times and costs are those of earlier attempts in the ledger (median and 90th percentile);\n"
                "without any they are rough figures. Exit status 5 where the budget would refuse the run.",
     .example = "tidemill plan nightly.yaml",
     .run = plan_command},
    {.name = "status",
     .operands = "[RUN]",
     .summary = "how far a run is (the newest, unless one is named)",
     .flags = FLAG_WATCH | FLAG_JSON | FLAG_SITE | FLAG_STATE,
     .most = 1,
     .details = "RUN may be the beginning of a run's id.",
     .example = "tidemill status --watch",
     .run = status_command},
    {.name = "runs",
     .operands = "[PIPELINE]",
     .summary = "the newest runs, with their outcome and cost",
     .flags = FLAG_JSON | FLAG_SITE | FLAG_STATE,
     .most = 1,
     .details = "",
     .example = "tidemill runs manuals",
     .run = runs_command},
    {.name = "stop",
     .operands = "RUN",
     .summary = "stop a run; what is done stays done, and the next run reuses it",
     .flags = FLAG_SITE | FLAG_STATE,
     .least = 1,
     .most = 1,
     .details = "",
     .example = "tidemill stop 0192f3a7-1b2c",
     .run = stop_command},
    {.name = "retry",
     .operands = "RUN",
     .summary = "do the work of a run that failed, was stopped or lost its runner once more",
     .flags = FLAG_QUIET | FLAG_JSON | FLAG_SITE | FLAG_STATE,
     .least = 1,
     .most = 1,
     .details = "After what was wrong has been mended. A run that has ended stays as it is: this is a new\n"
                "run of the same definition, byte for byte, and the same slot. What was done is reused. A run\n"
                "whose runner was killed is taken up where it stands, whatever its file says now.",
     .example = "tidemill retry 0192f3a7-1b2c",
     .run = retry_command},
    {.name = "dead",
     .operands = "[list | show ID | send ID | send all]",
     .summary = "messages that were set aside, and tasks that failed for good; send again",
     .flags = FLAG_JSON | FLAG_SITE | FLAG_STATE,
     .most = 2,
     .details = "A message is sent again once. The work of a task that failed is tried again by\n"
                "tidemill retry RUN, which dead show ID names.",
     .example = "tidemill dead send 17",
     .run = dead_command},
    {.name = "doctor",
     .operands = "[FILE]",
     .summary = "check services, versions, space, clock, rights and leftovers; what to do",
     .flags = FLAG_JSON | FLAG_SITE | FLAG_STATE,
     .most = 1,
     .details = "FILE is a site file, or a definition that has site settings. Starts, makes and changes nothing.\n"
                "exit status: 0 where nothing is bad (warnings are none), 8 a service, 70 the machine",
     .example = "tidemill doctor site.yaml",
     .run = doctor_command},
    {.name = "up",
     .operands = "[FILE]",
     .summary = "start the private services and the workers, and leave them running",
     .flags = FLAG_QUIET | FLAG_SITE | FLAG_STATE,
     .most = 1,
     .details = "FILE is a site file, or a definition that has site settings. What runs already is left alone,\n"
                "so that cron may call it every minute: what has ended by itself is started again, and what\n"
                "runs an old program, or with settings that FILE no longer has, is replaced.",
     .example = "tidemill up site.yaml",
     .run = up_command},
    {.name = "down",
     .operands = "[FILE]",
     .summary = "stop the workers and the private services of this machine",
     .flags = FLAG_SITE | FLAG_STATE,
     .most = 1,
     .details = "",
     .example = "tidemill down",
     .run = down_command},
    {.name = "gc",
     .operands = "[FILE]",
     .summary = "say, or with --delete free, what of the store nothing needs any more",
     .flags = FLAG_DELETE | FLAG_JSON | FLAG_SITE | FLAG_STATE,
     .most = 1,
     .details = "Kept are the artifacts of running runs, of runs younger than site.keep (30 days), of every\n"
                "pipeline's newest run, and of every model version: weights, scores, documents. What is\n"
                "known of the others stays in the ledger. Runs may go on meanwhile; gc may be killed.",
     .example = "tidemill gc --delete",
     .run = gc_command},
    {.name = "adopt",
     .operands = "[FILE]",
     .summary = "make the folder site.store the ledger's store, after the one before was lost",
     .flags = FLAG_SITE | FLAG_STATE,
     .most = 1,
     .details = "Nothing uses a folder that has not the mark of the ledger's store (store.id), as one does\n"
                "that should be mounted and is not. Where the store was lost or replaced for good, this\n"
                "says so. What is missing from it is made again when it is needed. FILE is a site file.",
     .example = "tidemill adopt site.yaml",
     .run = adopt_command},
    {.name = "psql",
     .operands = "[ARGUMENT]...",
     .summary = "ask the ledger with psql",
     .flags = FLAG_SITE | FLAG_STATE | FLAG_THROUGH,
     .most = (size_t)-1,
     .details = "Users' views are in schema report: \\dv report.*",
     .example = "tidemill psql -c 'select * from report.run_compare'",
     .run = psql_command},
    {.name = "cron",
     .operands = "FILE",
     .summary = "print the crontab line of a definition's schedule",
     .flags = FLAG_STATE,
     .least = 1,
     .most = 1,
     .details = "",
     .example = "tidemill cron nightly.yaml | crontab -",
     .run = cron_command},
    {.name = "init",
     .operands = "[FILE]",
     .summary = "make schema and topics on real services, or bring the schema up to date",
     .flags = FLAG_SITE | FLAG_STATE,
     .most = 1,
     .details = "FILE is a site file, or a definition that has site settings.",
     .example = "tidemill init site.yaml",
     .run = init_command},
    {.name = "document",
     .operands = "ID|SOURCE:URI|DIGEST",
     .summary = "where a document went and why; short for registry document",
     .flags = FLAG_THROUGH,
     .least = 1,
     .most = (size_t)-1,
     .details = "",
     .example = "tidemill document postgresql-manual:mvcc.html",
     .run = document_command},
    {.name = "help",
     .operands = "[SECTION|COMMAND]",
     .summary = "the options of a section of the definition, or all of them",
     .flags = FLAG_FORMAT,
     .most = 1,
     .details = "",
     .example = "tidemill help train",
     .run = help_command},
    {.name = "broker",
     .operands = "ADDRESS_FILE",
     .summary = "host the embedded broker",
     .flags = FLAG_THROUGH,
     .most = (size_t)-1,
     .details = "",
     .example = "tidemill broker STATE",
     .run = broker_command,
     .hidden = true},
    {.name = NULL},
};

void commands_usage(void)
{
    puts("usage: tidemill COMMAND [OPTION]... [OPERAND]...\n\n"
         "Turns text into language models every night, and says what went into each and what it cost.\n");
    for (const struct command *command = commands; command->name != NULL; command++)
        if (!command->hidden)
            printf("  %-10s %s\n", command->name, command->summary);
    puts("\nThe stages are programs too: ingest, clean, tokenize, train, evaluate, registry.\n"
         "`tidemill COMMAND --help` tells more; `tidemill help SECTION` lists the options of a definition.\n\n"
         "example:\n    tidemill run pipelines/quickstart.yaml");
}

static const struct command *find_command(const char *name)
{
    for (const struct command *command = commands; command->name != NULL; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

static bool unknown_command(const char *name, struct err *err)
{
    const char *words[64];
    size_t count = stage_names(words, 64);
    for (const struct command *command = commands; command->name != NULL && count < 64; command++)
        if (!command->hidden)
            words[count++] = command->name;
    const char *near = text_suggest(name, words, count);
    if (near != NULL)
        return err_set(err, ERR_USAGE, "unknown command \"%s\"; did you mean \"%s\"?", name, near);
    return err_set(err, ERR_USAGE, "unknown command \"%s\"; see tidemill --help", name);
}

static bool execute(struct session *session, int argc, char **argv, struct err *err)
{
    const struct command *command = find_command(argv[1]);
    if (command == NULL && stage_exists(argv[1]))
        return stage_execute(session->arena, argv[1], argv + 2, err);
    if (command == NULL)
        return unknown_command(argv[1], err);
    if (!arguments_parse(session, command, argc - 2, argv + 2, err))
        return false;
    if (session->arguments.help) {
        command_usage(command);
        return true;
    }
    if (session->arguments.quiet)
        log_open("tidemill", LOG_ERROR); /* a worker that dies and is started again is no failure of the run */
    return command->run(session, err);
}

/* What cron mails is one line, though a server's own words, which some messages end in, are several. */
static void one_line(char *text)
{
    size_t len = strlen(text);
    while (len > 0 && text[len - 1] == '\n')
        text[--len] = '\0';
    for (char *c = text; *c != '\0'; c++)
        if (*c == '\n')
            *c = ' ';
}

int main(int argc, char **argv)
{
    struct arena arena;
    struct err err = {.code = ERR_OK};
    int status = 0;
    output_open();
    signal(SIGPIPE, SIG_IGN);
    log_open("tidemill", LOG_WARN);
    arena_init(&arena);
    struct session session = {.arena = &arena, .terminal = isatty(STDOUT_FILENO) == 1};
    const char *plain = getenv("NO_COLOR"), *term = getenv("TERM");
    session.colour =
        session.terminal && (plain == NULL || *plain == '\0') && (term == NULL || strcmp(term, "dumb") != 0);
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        commands_usage();
        status = argc < 2 ? err_status(ERR_USAGE) : 0;
    } else if (!execute(&session, argc, argv, &err) || !output_whole(stdout, &err)) {
        fflush(stdout);
        if (session.arguments.quiet)
            one_line(err.text);
        if (*err.text != '\0') /* else all has been said */
            fprintf(stderr, "tidemill: %s\n", err.text);
        status = err_status(err.code);
    }
    arena_release(&arena);
    return status;
}
