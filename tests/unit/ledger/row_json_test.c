/* Rows as JSON, and C values as parameters and back: every type that the programs use, and the values that hurt. */
#include "lib/base/json.h"
#include "tests/unit/ledger/private.h"
#include "tests/unit/tap.h"

int main(void)
{
    struct arena arena;
    struct err err;
    struct rows rows;
    struct buf buf;
    arena_init(&arena);
    buf_init(&buf, &arena);
    struct ledger *ledger = private_ledger(&arena);
    const char *sql =
        "SELECT true AS yes, 1::int8 AS big, 0.1::float8 AS real, 'NaN'::float8 AS none, 12.50::numeric AS money, "
        "'a\"b'::text AS text, NULL AS nothing, '\\x00ff'::bytea AS bytes, '{\"a\": 1}'::jsonb AS object, "
        "timestamptz '2026-11-23 02:30:00.5+01' AS at, timestamptz 'infinity' AS never";
    OK(ledger_sql(ledger, &arena, sql, &rows, &err), "a row of every type");
    row_json(&rows, 0, &buf);
    SAME(buf.data,
         "{\"yes\":true,\"big\":1,\"real\":0.1,\"none\":null,\"money\":12.50,\"text\":\"a\\\"b\",\"nothing\":null,"
         "\"bytes\":\"00ff\","
         "\"object\":{\"a\": 1},\"at\":\"2026-11-23T01:30:00.5Z\",\"never\":\"infinity\"}",
         "is this object");
    OK(json_read(&arena, buf.data, buf.len, &err) != NULL, "which is JSON");
    OK(row_bool(&rows, 0, 0) && row_int(&rows, 0, 1) == 1 && isnan(row_real(&rows, 0, 3)), "values come back");

    const char *const texts[] = {"plain", "quo\"te", "back\\slash", "comma,brace}", "", NULL, "NULL"};
    const char *array =
        arena_printf(&arena, "SELECT array_to_string($q$%s$q$::text[], '|', '<null>')", param_texts(&arena, texts, 7));
    OK(ledger_sql(ledger, &arena, array, &rows, &err), "an array of texts");
    SAME(row_text(&rows, 0, 0), "plain|quo\"te|back\\slash|comma,brace}||<null>|NULL", "comes through whole");
    SAME(param_real(&arena, INFINITY), "Infinity", "infinity");
    SAME(param_real(&arena, 0.1), "0.10000000000000001", "a real keeps all its digits");
    int64_t ints[] = {-1, 9223372036854775807};
    SAME(param_ints(&arena, ints, 2), "{-1,9223372036854775807}", "integers");
    SAME(param_ints(&arena, NULL, 0), "{}", "none of them");
    arena_release(&arena);
    return DONE();
}
