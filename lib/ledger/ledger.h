/*
 * ledger: a connection to PostgreSQL and the statements of sql/statement/ on it.
 *
 * A struct ledger belongs to one thread. Statements are prepared on first use. Where the connection is lost the call
 * fails with ERR_SERVICE, and the next ledger_begin() or ledger_exec() outside a transaction connects again. Other
 * failures of the server are ERR_INTERNAL with SQLSTATE and the statement's name; serialization failures, deadlocks and
 * a server that is read-only are ERR_SERVICE (try again), a right that the role lacks is ERR_REFUSED.
 */
#ifndef LIB_LEDGER_LEDGER_H
#define LIB_LEDGER_LEDGER_H

#include "lib/base/buf.h"
#include "lib/base/digest.h"
#include "statements.h"

struct ledger;
/* `conninfo` is any libpq connection string; it is never logged. Lives as long as the arena. */
struct ledger *ledger_open(struct arena *arena, const char *conninfo, const char *application,
                           struct err *err) MUST_CHECK;
/* Whether an open that failed so may go through in a moment: the server is there, and starts, stops or recovers just
 * now, or all the connections that it may have are taken. `conninfo` NULL: only the latter. */
bool ledger_opens_soon(const char *conninfo, const struct err *err);
/* The server's process for it; 0: there is none at the moment. */
int ledger_session(const struct ledger *ledger);

bool ledger_begin(struct ledger *ledger, struct err *err) MUST_CHECK;
bool ledger_commit(struct ledger *ledger, struct err *err) MUST_CHECK;
void ledger_rollback(struct ledger *ledger); /* also after a lost connection; never fails */

/* Waits for a notification on a channel that was listened to, at most timeout_ms. False where the connection was lost.
 */
bool ledger_wait(struct ledger *ledger, int timeout_ms, struct err *err) MUST_CHECK;

/* Rows of a result, as text. Valid as long as the arena they were asked into. */
struct rows {
    void *result; /* PGresult */
    int count;
};

/* The parameters of a statement in text form; NULL is SQL NULL. */
#define PARAMS(...)                                                                                                    \
    (const char *const[]){__VA_ARGS__}, (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))
#define NO_PARAMS NULL, 0

/* Run a statement: ledger_exec(ledger, arena, STATEMENT_RUN_FIND, PARAMS(id), &rows, err). rows may be NULL. */
bool ledger_exec(struct ledger *ledger, struct arena *arena, enum statement statement, const char *const *params,
                 int param_count, struct rows *rows, struct err *err) MUST_CHECK;
/* Run a statement in a transaction whose rows nobody wants: it travels with the next ledger_exec() or ledger_commit(),
 * which fails where it was refused. Outside a transaction it is run at once. */
bool ledger_queue(struct ledger *ledger, enum statement statement, const char *const *params, int param_count,
                  struct err *err) MUST_CHECK;
/* SQL that is not in sql/statement: migrations, and what a user types. */
bool ledger_sql(struct ledger *ledger, struct arena *arena, const char *sql, struct rows *rows,
                struct err *err) MUST_CHECK;
const char *row_text(const struct rows *rows, int row, int column); /* NULL for SQL NULL */
int64_t row_int(const struct rows *rows, int row, int column);      /* 0 for SQL NULL */
double row_real(const struct rows *rows, int row, int column);
bool row_bool(const struct rows *rows, int row, int column);
bool row_digest(const struct rows *rows, int row, int column, struct digest *digest); /* from bytea */
int row_find(const struct rows *rows, const char *text); /* the row that begins with it; -1: none */
int row_columns(const struct rows *rows);
const char *row_name(const struct rows *rows, int column);
/* A row as a JSON object for programs: keys are the columns' names; numbers, booleans and JSON stay what they are,
 * bytea becomes hex, times RFC 3339 in UTC. */
void row_json(const struct rows *rows, int row, struct buf *out);
void rows_json(const struct rows *rows, struct buf *out); /* an array of them, a line each */

/* A number in text form, as PostgreSQL reads it; NaN and infinities too. */
enum { REAL_TEXT = 32 };
const char *real_text(double value, char text[REAL_TEXT]);
/* Parameters in text form, in the arena. */
const char *param_int(struct arena *arena, int64_t value);
const char *param_real(struct arena *arena, double value);
const char *param_digest(struct arena *arena, const struct digest *digest); /* \x... */
/* An array parameter "{...}" of texts or integers. */
const char *param_texts(struct arena *arena, const char *const *values, size_t count);
const char *param_ints(struct arena *arena, const int64_t *values, size_t count);

/* Applies what is missing of sql/schema under an advisory lock and renews the views; ERR_INTERNAL where an applied
 * migration was edited or the database is newer than this program. */
bool ledger_migrate(struct ledger *ledger, struct err *err) MUST_CHECK;
/* The same, and the views and the rights of roles are made anew in any case: a role may be newer than they. */
bool ledger_renew(struct ledger *ledger, struct err *err) MUST_CHECK;
/* How many of this program's migrations the database lacks; changes nothing. Errors as of ledger_migrate(). */
bool ledger_behind(struct ledger *ledger, struct arena *arena, int *count, struct err *err) MUST_CHECK;

#endif
