/*
 * retry: the work of a run that failed or was stopped is done once more, after what was wrong has been mended; a run
 * that lost its runner gets another.
 *
 * A run that has ended stays as it ended; this makes a new one of the same definition, byte for byte, and the same
 * slot. What was done is reused. That a run goes on and has a runner shows when its slot is asked for.
 */
#include "lib/base/file.h"
#include "pipelines/command.h"
#include "pipelines/services.h"
#include "pipelines/snapshot.h"

#include <string.h>

static bool check_state(struct arena *arena, const char *run, const char *state, struct err *err)
{
    const char *name = run_short(arena, run);
    if (strcmp(state, "failed") == 0 || strcmp(state, "cancelled") == 0 || strcmp(state, "running") == 0)
        return true;
    if (strcmp(state, "refused") == 0)
        return err_set(err, ERR_USAGE,
                       "retry: a gate refused the model of run %s, and would again; change the definition, or promote "
                       "the model by hand with a reason: tidemill registry promote",
                       name);
    return err_set(err, ERR_USAGE, "retry: run %s is done; there is nothing to try again", name);
}

/* The file that it was read from where that still holds these bytes; else a copy, which workers can read too. What it
 * names stays where it was. */
static bool definition_file(struct arena *arena, const struct site *site, const char *file, const char *body,
                            const char *digest, const char **path, struct err *err)
{
    struct buf bytes;
    struct err ignored;
    const char *folder = path_join(arena, site->state, "retry");
    if (file_exists(file) && file_read(arena, file, &bytes, &ignored) && strcmp(bytes.data, body) == 0) {
        *path = file;
        return true;
    }
    *path = arena_printf(arena, "%s/%.16s.yaml", folder, digest);
    return folder_make(folder, err) && file_write_private(*path, body, strlen(body), err);
}

bool retry_command(struct session *session, struct err *err)
{
    struct site site;
    struct services services;
    struct rows rows;
    const char *run, *path;
    struct arena *arena = session->arena;
    if (!session_site(session, &site, err) || !services_ledger(&services, arena, &site, err) ||
        !session_run(session, services.ledger, session->arguments.operands[0], &run, err) ||
        !ledger_exec(services.ledger, arena, STATEMENT_RETRY_RUN, PARAMS(run), &rows, err) ||
        !check_state(arena, run, row_text(&rows, 0, 0), err) ||
        !definition_file(arena, &site, row_text(&rows, 0, 3), row_text(&rows, 0, 2), row_text(&rows, 0, 5), &path, err))
        return false;
    return run_slot(session, path, path_folder(arena, row_text(&rows, 0, 3)), row_int(&rows, 0, 4), err);
}
