/*
 * command: the door of the user's commands: reads the command line, finds the ledger and the store, runs the command,
 * and prints its failure.
 */
#include "registry/command.h"

#include "lib/base/output.h"
#include "lib/flow/own_store.h"
#include "lib/flow/site.h"
#include "lib/ledger/cluster.h"
#include "lib/text/utf8.h"
#include "registry/registry.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct command {
    const char *name;
    const char *arguments;
    int least, most;
    const char *help;
    bool (*run)(struct session *session, struct err *err);
};

static const struct command commands[] = {
    {"models", "", 0, 0, "all models, and what is in production", command_models},
    {"versions", "MODEL", 1, 1, "the versions of a model", command_versions},
    {"show", "MODEL[@VERSION|@ALIAS]", 1, 1, "scores, gates, data and digests of a version", command_show},
    {"promote", "MODEL@VERSION", 1, 1, "move an alias (--alias production) to it [--reason TEXT]", command_promote},
    {"rollback", "MODEL", 1, 1, "move an alias back to the version before", command_rollback},
    {"lineage", "MODEL[@VERSION]", 1, 1, "the dataset, shards and sources under a version", command_lineage},
    {"document", "ID|PATH|SOURCE:PATH|SHA256", 1, 1, "where a document went, or why it did not", command_document},
    {"compare", "RUN RUN", 2, 2, "settings, data, quality and cost side by side", command_compare},
    {"cost", "[RUN|MODEL]", 0, 1, "what runs, stages and models cost", command_cost},
    {"report", "MODEL[@VERSION]", 1, 1, "all about a version; --output FILE: an HTML page", command_report},
    {"export", "MODEL[@VERSION] DIR", 2, 2, "a folder that transformers loads, with its model card", command_export},
    {"verify", "", 0, 0, "the store against the ledger, and the audit chain", command_verify},
};
#define COMMAND_COUNT (sizeof commands / sizeof *commands)

struct line {
    const char *state, *site;
    bool help;
};

static void print_usage(FILE *out)
{
    fprintf(out, "usage: tidemill registry COMMAND [ARGUMENTS] [--json] [--all] [--state DIR] [--site FILE]\n\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %-8s %-27s %s\n", commands[i].name, commands[i].arguments, commands[i].help);
    fprintf(out,
            "\n  RUN is the beginning of a run's id, or \"last\". Without a version: production, else the newest.\n"
            "\nExample: tidemill registry lineage manuals-lm@production\n");
}

/* Where the option's value goes; NULL where it is none that takes a value. */
static const char **value_option(const char *name, struct session *session, struct line *line)
{
    const struct {
        const char *name;
        const char **target;
    } options[] = {{"--state", &line->state},
                   {"--site", &line->site},
                   {"--alias", &session->alias},
                   {"--reason", &session->reason},
                   {"--output", &session->output}};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strcmp(options[i].name, name) == 0)
            return options[i].target;
    return NULL;
}

static bool read_line(struct session *session, struct line *line, int argc, char **argv, struct err *err)
{
    const char **arguments = ARENA_ARRAY(session->arena, const char *, (size_t)argc);
    for (int i = 2; i < argc; i++) {
        const char **value = value_option(argv[i], session, line);
        if (value && i + 1 == argc)
            return err_set(err, ERR_USAGE, "%s needs a value", argv[i]);
        if (value)
            *value = argv[++i];
        else if (strcmp(argv[i], "--json") == 0)
            session->json = true;
        else if (strcmp(argv[i], "--all") == 0)
            session->all = true;
        else if (strcmp(argv[i], "--help") == 0)
            line->help = true;
        else if (argv[i][0] == '-' && argv[i][1])
            return err_set(err, ERR_USAGE, "unknown option %s; tidemill registry --help lists them", argv[i]);
        else
            arguments[session->count++] = argv[i];
    }
    session->arguments = arguments;
    return true;
}

static const char *who(struct arena *arena)
{
    char host[256] = "";
    const struct passwd *user = getpwuid(getuid());
    const char *sudo = getenv("SUDO_USER");
    gethostname(host, sizeof host - 1);
    return arena_printf(arena, "%s@%s", sudo ? sudo : user ? user->pw_name : "unknown", host);
}

static bool open_session(struct session *session, const struct line *line, struct err *err)
{
    struct site site;
    const char *conninfo;
    if (!site_read(session->arena, line->site, line->state, &site, err))
        return false;
    conninfo = site.postgres;
    if (site_postgres_embedded(&site) && !cluster_again(session->arena, site.state, &conninfo, err))
        return false;
    session->ledger = ledger_open(session->arena, conninfo, "tidemill-registry", err);
    return session->ledger && ledger_migrate(session->ledger, err) &&
           own_store_expect(&session->store, session->arena, session->ledger, site.store, err);
}

/* What the ledger would refuse with less to say. An empty reason is none. */
static bool check_words(struct session *session, struct err *err)
{
    for (size_t i = 0; i < (size_t)session->count; i++)
        if (*session->arguments[i] == '\0' || !utf8_valid(session->arguments[i], strlen(session->arguments[i])))
            return err_set(err, ERR_USAGE, "argument %zu is %s", i + 1,
                           *session->arguments[i] == '\0' ? "empty" : "not valid UTF-8");
    if (session->reason && !utf8_valid(session->reason, strlen(session->reason)))
        return err_set(err, ERR_USAGE, "--reason is not valid UTF-8");
    if (session->reason && !*session->reason)
        session->reason = NULL;
    if (alias_check(session->alias, err))
        return true;
    err->code = ERR_USAGE;
    return err_wrap(err, "--alias");
}

static bool run_command(const struct command *command, struct session *session, int argc, char **argv, struct err *err)
{
    struct line line = {0};
    if (!read_line(session, &line, argc, argv, err))
        return false;
    if (line.help) {
        fprintf(session->out, "usage: tidemill registry %s %s\n  %s\n", command->name, command->arguments,
                command->help);
        return true;
    }
    if (session->count < command->least || session->count > command->most)
        return err_set(err, ERR_USAGE, "usage: tidemill registry %s %s", command->name, command->arguments);
    if (!check_words(session, err))
        return false;
    mapping_guard();
    return open_session(session, &line, err) && command->run(session, err) && mapping_sound(err);
}

static bool is_help(const char *text)
{
    return strcmp(text, "--help") == 0 || strcmp(text, "-h") == 0 || strcmp(text, "help") == 0;
}

bool registry_command(int argc, char **argv, int *status)
{
    const struct command *command = NULL;
    for (size_t i = 0; i < COMMAND_COUNT && argc > 1; i++)
        if (strcmp(commands[i].name, argv[1]) == 0)
            command = &commands[i];
    if (argc > 1 && is_help(argv[1])) {
        print_usage(stdout);
        *status = 0;
        return true;
    }
    if (!command)
        return false;
    struct arena arena;
    struct err err = {0};
    arena_init(&arena);
    struct session session = {.arena = &arena, .alias = "production", .out = stdout, .actor = who(&arena)};
    bool ok = run_command(command, &session, argc, argv, &err);
    if (ok)
        ok = output_whole(stdout, &err);
    if (!ok)
        fprintf(stderr, "tidemill-registry: %s\n", err.text);
    *status = ok ? 0 : err_status(err.code);
    arena_release(&arena);
    return true;
}
