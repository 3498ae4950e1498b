/* private: a private cluster in a folder of its own for one test program, stopped and removed with the arena. */
#ifndef TESTS_UNIT_LEDGER_PRIVATE_H
#define TESTS_UNIT_LEDGER_PRIVATE_H

#include "lib/base/file.h"
#include "lib/ledger/cluster.h"
#include "lib/ledger/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static void private_end(void *state)
{
    struct err err;
    if (!cluster_stop(state, &err) || !folder_remove(state, &err))
        printf("# %s\n", err.text);
}

/* A state folder that user postgres can reach. */
__attribute__((unused)) static const char *private_state(struct arena *arena)
{
    const char *base = getenv("TMPDIR");
    char *state = arena_printf(arena, "%s/tidemill-test-XXXXXX", base ? base : "/tmp");
    if (!mkdtemp(state) || chmod(state, 0755) != 0)
        BUG("no folder for the test");
    arena_defer(arena, private_end, state);
    return state;
}

/* A migrated ledger in a cluster of its own, and where that is. */
__attribute__((unused)) static struct ledger *private_ledger_at(struct arena *arena, const char **conninfo)
{
    struct err err;
    struct ledger *ledger;
    if (!cluster_start(arena, private_state(arena), conninfo, &err) ||
        !(ledger = ledger_open(arena, *conninfo, "test", &err)) || !ledger_migrate(ledger, &err)) {
        printf("Bail out! %s\n", err.text);
        exit(1);
    }
    return ledger;
}

__attribute__((unused)) static struct ledger *private_ledger(struct arena *arena)
{
    const char *conninfo;
    return private_ledger_at(arena, &conninfo);
}

/* The first value of an answer, "" where there is none; what the ledger refuses, in its words. */
__attribute__((unused)) static const char *private_answer(struct ledger *ledger, struct arena *arena, const char *sql)
{
    struct rows rows;
    struct err err;
    if (!ledger_sql(ledger, arena, sql, &rows, &err))
        return arena_strdup(arena, err.text);
    return rows.count > 0 && row_text(&rows, 0, 0) ? row_text(&rows, 0, 0) : "";
}

#endif
