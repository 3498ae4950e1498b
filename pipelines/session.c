/* session: what commands share: the site they work on, and who gives them. See command.h. */
#include "pipelines/command.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

bool session_site(struct session *session, struct site *site, struct err *err)
{
    return site_read(session->arena, session->arguments.site, session->arguments.state, site, err);
}

bool session_site_operand(struct session *session, struct site *site, const char **file, struct err *err)
{
    const struct arguments *arguments = &session->arguments;
    const char *stands = arguments->operand_count > 0 ? arguments->operands[0] : arguments->site;
    if (file != NULL)
        *file = stands;
    return site_read(session->arena, stands, arguments->state, site, err);
}

bool session_run(struct session *session, struct ledger *ledger, const char *beginning, const char **run,
                 struct err *err)
{
    struct rows rows;
    if (beginning[strspn(beginning, "0123456789abcdef-")] != '\0')
        return err_set(err, ERR_USAGE, "\"%s\" is not the id of a run; see tidemill runs", beginning);
    if (!ledger_exec(ledger, session->arena, STATEMENT_REPORT_FIND_RUN, PARAMS(beginning), &rows, err))
        return false;
    if (rows.count == 0 && *beginning == '\0')
        return err_set(err, ERR_USAGE, "nothing has run yet; start with tidemill run FILE");
    if (rows.count == 0)
        return err_set(err, ERR_USAGE, "there is no run %s; see tidemill runs", beginning);
    if (rows.count > 1 && *beginning != '\0')
        return err_set(err, ERR_USAGE, "several runs begin with %s; among them %s and %s", beginning,
                       row_text(&rows, 0, 0), row_text(&rows, 1, 0));
    *run = row_text(&rows, 0, 0);
    return true;
}

const char *session_actor(struct arena *arena)
{
    const struct passwd *user = getpwuid(geteuid());
    return user != NULL ? arena_strdup(arena, user->pw_name) : arena_printf(arena, "uid %ld", (long)geteuid());
}
