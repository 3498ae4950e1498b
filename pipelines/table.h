/* table: rows of a result as JSON or as columns; names and types are the result's own. */
#ifndef PIPELINES_TABLE_H
#define PIPELINES_TABLE_H

#include "lib/base/json.h"
#include "lib/ledger/ledger.h"

/* An array of objects; numbers and booleans as such. */
json_t *table_json(struct arena *arena, const struct rows *rows);

#endif
