/*
 * dead: messages that were set aside because nobody understood them, and tasks that failed for good; to be looked at,
 * and messages to be sent again. The work of a failed task is tried again by a run: tidemill retry.
 */
#include "pipelines/command.h"
#include "pipelines/format.h"
#include "pipelines/services.h"
#include "pipelines/snapshot.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Columns of dead-list.sql. */
enum { ID, CREATED, REASON, RUN, WHAT, ERROR, SENT, SENT_BY, PARTITION, OFFSET, HOST, TASK, MESSAGE };

static void print_json(struct session *session, const struct rows *rows)
{
    struct buf json;
    buf_init(&json, session->arena);
    rows_json(rows, &json);
    puts(json.data);
}

static void print_list(struct session *session, const struct rows *rows)
{
    if (rows->count == 0)
        puts("no message was set aside, and no task failed for good");
    for (int row = 0; row < rows->count; row++)
        printf("%5s  %.16s  %-12s %-24s %-10s %s\n", row_text(rows, row, ID), row_text(rows, row, CREATED),
               row_text(rows, row, REASON), row_text(rows, row, WHAT),
               row_text(rows, row, SENT) != NULL ? "sent again" : "",
               format_cut(session->arena, row_text(rows, row, ERROR), 60));
}

static void print_letter(struct session *session, const struct rows *rows)
{
    printf("%s  %s  %s\n  error    %s\n  seen     %.19s on %s\n", row_text(rows, 0, ID), row_text(rows, 0, REASON),
           row_text(rows, 0, WHAT), row_text(rows, 0, ERROR), row_text(rows, 0, CREATED), row_text(rows, 0, HOST));
    if (row_text(rows, 0, TASK) != NULL)
        printf("  task     %s; try again: tidemill retry %s\n", row_text(rows, 0, TASK),
               run_short(session->arena, row_text(rows, 0, RUN)));
    if (row_text(rows, 0, OFFSET) != NULL)
        printf("  place    partition %s, offset %s\n", row_text(rows, 0, PARTITION), row_text(rows, 0, OFFSET));
    if (row_text(rows, 0, SENT) != NULL)
        printf("  sent     again at %.19s by %s\n", row_text(rows, 0, SENT), row_text(rows, 0, SENT_BY));
    if (row_text(rows, 0, MESSAGE) != NULL)
        printf("  message  %s\n", row_text(rows, 0, MESSAGE));
}

static const char *who(struct arena *arena)
{
    const struct passwd *user = getpwuid(geteuid());
    return user != NULL ? arena_strdup(arena, user->pw_name) : arena_printf(arena, "uid %ld", (long)geteuid());
}

/* Bytes that are no text are refused by PostgreSQL, and nothing is changed then. */
static bool send(struct session *session, struct ledger *ledger, const char *id, struct err *err)
{
    struct rows sent;
    if (!ledger_exec(ledger, session->arena, STATEMENT_DEAD_SEND, PARAMS(id, who(session->arena)), &sent, err))
        return err->code != ERR_INTERNAL
                   ? false
                   : err_set(err, ERR_USAGE, "dead: the message of %s is no text; let it rest", id);
    return sent.count > 0 ||
           err_set(err, ERR_USAGE, "dead: %s was sent again already, or is too long to have been kept whole", id);
}

static bool send_one(struct session *session, struct ledger *ledger, const struct rows *letter, struct err *err)
{
    const char *id = row_text(letter, 0, ID);
    if (strcmp(row_text(letter, 0, REASON), "failed") == 0)
        return err_set(err, ERR_USAGE, "dead: %s is a task that failed; mend the cause, then: tidemill retry %s", id,
                       run_short(session->arena, row_text(letter, 0, RUN)));
    if (!send(session, ledger, id, err))
        return false;
    printf("%s goes out again on %s\n", id, row_text(letter, 0, WHAT));
    return true;
}

static bool send_all(struct session *session, struct ledger *ledger, struct err *err)
{
    struct rows rows;
    size_t sent = 0, left = 0;
    if (!ledger_exec(ledger, session->arena, STATEMENT_DEAD_UNSENT, NO_PARAMS, &rows, err))
        return false;
    for (int row = 0; row < rows.count; row++) {
        struct err why;
        if (send(session, ledger, row_text(&rows, row, 0), &why))
            sent++;
        else if (why.code == ERR_USAGE)
            left++;
        else
            return err_set(err, why.code, "%s", why.text);
    }
    printf("%zu go out again, %zu cannot be sent\n", sent, left);
    return true;
}

static bool one_letter(struct session *session, struct ledger *ledger, const char *id, struct rows *rows,
                       struct err *err)
{
    if (*id == '\0' || strlen(id) > 18 || id[strspn(id, "0123456789")] != '\0')
        return err_set(err, ERR_USAGE, "dead: \"%s\" is no number of a letter; see tidemill dead", id);
    if (!ledger_exec(ledger, session->arena, STATEMENT_DEAD_LIST, PARAMS(id), rows, err))
        return false;
    return rows->count > 0 || err_set(err, ERR_USAGE, "dead: there is no letter %s; see tidemill dead", id);
}

bool dead_command(struct session *session, struct err *err)
{
    struct site site;
    struct services services;
    struct rows rows;
    const struct arguments *arguments = &session->arguments;
    const char *verb = arguments->operand_count > 0 ? arguments->operands[0] : "list";
    const char *id = arguments->operand_count > 1 ? arguments->operands[1] : NULL;
    bool list = strcmp(verb, "list") == 0, show = strcmp(verb, "show") == 0, all = id != NULL && strcmp(id, "all") == 0;
    if ((!list && !show && strcmp(verb, "send") != 0) || list != (id == NULL))
        return err_set(err, ERR_USAGE, "dead: it is: tidemill dead, dead show ID, dead send ID, dead send all");
    if (!session_site(session, &site, err) || !services_ledger(&services, session->arena, &site, err))
        return false;
    if (!list && !show && all)
        return send_all(session, services.ledger, err);
    if (list ? !ledger_exec(services.ledger, session->arena, STATEMENT_DEAD_LIST, PARAMS(NULL), &rows, err)
             : !one_letter(session, services.ledger, id, &rows, err))
        return false;
    if (!list && !show)
        return send_one(session, services.ledger, &rows, err);
    if (arguments->json)
        print_json(session, &rows);
    else if (list)
        print_list(session, &rows);
    else
        print_letter(session, &rows);
    return true;
}
