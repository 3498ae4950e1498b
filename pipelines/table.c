/* table: see table.h. Types by their object ids, which are fixed (pg_type.dat). */
#include "pipelines/table.h"

#include <libpq-fe.h>
#include <string.h>

enum {
    TYPE_BOOL = 16,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_FLOAT4 = 700,
    TYPE_FLOAT8 = 701,
    TYPE_NUMERIC = 1700
};

static json_t *value_json(const struct rows *rows, int row, int column)
{
    if (row_text(rows, row, column) == NULL)
        return json_null();
    switch (PQftype(rows->result, column)) {
    case TYPE_BOOL:
        return json_boolean(row_bool(rows, row, column));
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_INT8:
        return json_integer(row_int(rows, row, column));
    case TYPE_FLOAT4:
    case TYPE_FLOAT8:
    case TYPE_NUMERIC: {
        json_t *number = json_real(row_real(rows, row, column));
        return number != NULL ? number : json_null(); /* NaN and infinity are no JSON */
    }
    default:
        return json_string(row_text(rows, row, column));
    }
}

json_t *table_json(struct arena *arena, const struct rows *rows)
{
    json_t *list = json_keep(arena, json_array());
    for (int row = 0; row < rows->count; row++) {
        json_t *object = json_object();
        for (int column = 0; column < PQnfields(rows->result); column++)
            json_object_set_new(object, PQfname(rows->result, column), value_json(rows, row, column));
        json_array_append_new(list, object);
    }
    return list;
}
