/*
 * command: what the program `tidemill` can be told to do, and what each command is given.
 *
 * A command is one row of the table in main.c. It returns false with an err, which main() prints and turns into the
 * exit status; what it has to say itself it prints. Commands of the stages are programs of their own (see stages.c).
 */
#ifndef PIPELINES_COMMAND_H
#define PIPELINES_COMMAND_H

#include "lib/flow/site.h"
#include "lib/ledger/ledger.h"

enum command_flag {
    FLAG_STATE = 1,     /* --state DIR */
    FLAG_SITE = 2,      /* --site FILE */
    FLAG_JSON = 4,      /* --json */
    FLAG_QUIET = 8,     /* --quiet */
    FLAG_SLOT = 16,     /* --slot TIME */
    FLAG_WATCH = 32,    /* --watch */
    FLAG_FORMAT = 64,   /* --reference, --schema */
    FLAG_THROUGH = 128, /* what follows our own options is another program's business */
    FLAG_DELETE = 256   /* --delete */
};

struct arguments {
    const char *state, *site, *slot;
    bool json, quiet, watch, reference, schema, delete, help;
    char **operands;
    size_t operand_count;
};

struct session {
    struct arena *arena; /* of the process */
    struct arguments arguments;
    bool terminal; /* standard output is one */
    bool colour;
};

struct command {
    const char *name;
    const char *operands; /* "FILE" */
    const char *summary;
    unsigned flags;
    size_t least, most;  /* operands */
    const char *details; /* sentences for --help, lines of at most 80 columns; may be "" */
    const char *example;
    bool (*run)(struct session *session, struct err *err);
    bool hidden;
};

extern const struct command commands[]; /* ends with a NULL name */

bool arguments_parse(struct session *session, const struct command *command, int argc, char **argv,
                     struct err *err) MUST_CHECK;
void command_usage(const struct command *command); /* prints --help of one */
void commands_usage(void);                         /* prints --help of the program */

/* The site settings of a command that has no definition: --site, --state. */
bool session_site(struct session *session, struct site *site, struct err *err) MUST_CHECK;
/* The same where the operand, if there is one, is the site file; *file (may be NULL) is where the settings stand. */
bool session_site_operand(struct session *session, struct site *site, const char **file, struct err *err) MUST_CHECK;
/* Who gives the command: a user's name, for the ledger. */
const char *session_actor(struct arena *arena);

/* The run whose id begins so; "" is the newest. */
bool session_run(struct session *session, struct ledger *ledger, const char *beginning, const char **run,
                 struct err *err) MUST_CHECK;
/* What tidemill run does, for a slot that had a run which failed or was stopped. */
bool run_slot(struct session *session, const char *file, const char *folder, int64_t slot_us,
              struct err *err) MUST_CHECK;

bool run_command(struct session *session, struct err *err) MUST_CHECK;
bool check_command(struct session *session, struct err *err) MUST_CHECK;
bool plan_command(struct session *session, struct err *err) MUST_CHECK;
bool status_command(struct session *session, struct err *err) MUST_CHECK;
bool runs_command(struct session *session, struct err *err) MUST_CHECK;
bool dead_command(struct session *session, struct err *err) MUST_CHECK;
bool retry_command(struct session *session, struct err *err) MUST_CHECK;
bool stop_command(struct session *session, struct err *err) MUST_CHECK;
bool doctor_command(struct session *session, struct err *err) MUST_CHECK;
bool up_command(struct session *session, struct err *err) MUST_CHECK;
bool down_command(struct session *session, struct err *err) MUST_CHECK;
bool adopt_command(struct session *session, struct err *err) MUST_CHECK;
bool gc_command(struct session *session, struct err *err) MUST_CHECK;
bool psql_command(struct session *session, struct err *err) MUST_CHECK;
bool cron_command(struct session *session, struct err *err) MUST_CHECK;
bool init_command(struct session *session, struct err *err) MUST_CHECK;
bool document_command(struct session *session, struct err *err) MUST_CHECK;
bool help_command(struct session *session, struct err *err) MUST_CHECK;
bool broker_command(struct session *session, struct err *err) MUST_CHECK;

#endif
