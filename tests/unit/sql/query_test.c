/* Every example query in sql/query runs on a small history, says in its first line what it answers, and most find rows.
 */
#include "tests/unit/ledger/private.h"
#include "tests/unit/ledger/seed.h"
#include "tests/unit/tap.h"

#include <glob.h>

/* In the small history nothing waits, and nothing was planned. */
static bool may_be_empty(const char *name)
{
    return strstr(name, "work-that-waits") || strstr(name, "plan-against-actual") ||
           strstr(name, "what-was-in-production");
}

int main(void)
{
    struct arena arena;
    struct err err;
    glob_t found;
    arena_init(&arena);
    struct ledger *ledger = private_ledger(&arena);
    seed(ledger);
    OK(glob("sql/query/*.sql", 0, NULL, &found) == 0 && found.gl_pathc >= 10, "there are at least ten queries");
    for (size_t i = 0; i < found.gl_pathc; i++) {
        struct buf sql;
        struct rows rows = {0};
        const char *path = found.gl_pathv[i];
        bool ok = file_read(&arena, path, &sql, &err) && ledger_sql(ledger, &arena, sql.data, &rows, &err);
        if (!OK(ok && (rows.count > 0 || may_be_empty(path)), "%s", path_name(path)))
            printf("# %s\n", ok ? "no rows" : err.text);
        OK(strncmp(sql.data, "-- ", 3) == 0 && sql.data[strcspn(sql.data, "\n") - 1] == '?', "%s says what it answers",
           path_name(path));
    }
    globfree(&found);
    arena_release(&arena);
    return DONE();
}
