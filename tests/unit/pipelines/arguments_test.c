/* arguments: flags, operands and the errors of a command line. */
#include "pipelines/command.h"
#include "tests/unit/tap.h"

static struct arena arena;
static struct session session;
static const struct command plain = {.name = "run",
                                     .operands = "FILE",
                                     .flags = FLAG_SLOT | FLAG_QUIET,
                                     .least = 1,
                                     .most = 1,
                                     .example = "tidemill run FILE"};
static const struct command through = {.name = "psql",
                                       .operands = "[ARGUMENT]...",
                                       .flags = FLAG_STATE | FLAG_THROUGH,
                                       .most = (size_t)-1,
                                       .example = "x"};

/* The error of a command line, or "fine". */
static const char *parse(const struct command *command, int argc, const char *const *words)
{
    struct err err;
    char *argv[8];
    session = (struct session){.arena = &arena};
    for (int i = 0; i < argc; i++)
        argv[i] = arena_strdup(&arena, words[i]);
    return arguments_parse(&session, command, argc, argv, &err) ? "fine" : arena_strdup(&arena, err.text);
}
#define PARSE(command, ...)                                                                                            \
    parse(command, (int)(sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *)), (const char *const[]){__VA_ARGS__})

int main(void)
{
    arena_init(&arena);
    SAME(PARSE(&plain, "a.yaml", "--slot", "2026-11-23", "--quiet"), "fine", "flags after the operand");
    SAME(session.arguments.slot, "2026-11-23", "the value of a flag");
    SAME(session.arguments.operands[0], "a.yaml", "the operand");
    OK(session.arguments.quiet, "a flag without value");
    SAME(PARSE(&plain, ""), "run: an operand is empty; usage: tidemill run FILE", "a variable that is not set");
    SAME(PARSE(&through, "-c", ""), "fine", "is psql's to judge");
    SAME(PARSE(&plain, "--slot=2026-11-24", "a.yaml"), "fine", "a value after =");
    SAME(session.arguments.slot, "2026-11-24", "is taken");
    SAME(parse(&plain, 0, NULL), "run: FILE is missing; for example: tidemill run FILE", "no operand");
    SAME(PARSE(&plain, "a", "b"), "run: b is one too many; usage: tidemill run FILE", "two operands");
    SAME(PARSE(&plain, "a", "--queit"), "run: unknown option --queit; did you mean --quiet?", "a misspelt flag");
    SAME(PARSE(&plain, "a", "--frobnicate"), "run: unknown option --frobnicate; see tidemill run --help",
         "a flag of other commands");
    SAME(PARSE(&plain, "a", "--slot"), "run: --slot needs a value: --slot TIME", "no value");
    SAME(PARSE(&plain, "a", "--quiet=yes"), "run: --quiet takes no value", "a value too many");
    SAME(PARSE(&plain, "--help"), "fine", "help needs no operand");
    OK(session.arguments.help, "it is asked for");
    SAME(PARSE(&through, "--state", "/s", "-c", "select 1", "--state"), "fine", "what is another program's");
    SAME(session.arguments.state, "/s", "our flag comes first");
    OK(session.arguments.operand_count == 3 && strcmp(session.arguments.operands[2], "--state") == 0,
       "the rest is passed on as it is");
    arena_release(&arena);
    return DONE();
}
