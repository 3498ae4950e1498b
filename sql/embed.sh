#!/bin/sh
# embed.sh FOLDER: turns sql/statement/*.sql into an enum and a table of named statements, and sql/schema/*.sql and
# sql/view/*.sql into tables of migrations and views. A statement's name is its file's; comment lines are left out.
set -eu
out=$1

quote() { # a file as C string literals, one per line
    grep -v '^[[:space:]]*--' "$1" | sed -e '/^[[:space:]]*$/d' -e 's/\\/\\\\/g' -e 's/"/\\"/g' \
        -e 's/^/    "/' -e 's/$/\\n"/'
}
whole() { # as quote, with comments: a migration's digest is that of its file
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/    "/' -e 's/$/\\n"/' "$1"
}
name() { basename "$1" .sql | tr '[:lower:]-' '[:upper:]_'; }
files() { [ ! -d "sql/$1" ] || find "sql/$1" -name '*.sql' | LC_ALL=C sort; }

{
    printf '/* Made from sql/ by sql/embed.sh. */\n#ifndef GEN_STATEMENTS_H\n#define GEN_STATEMENTS_H\n\n'
    printf 'enum statement {\n'
    for f in $(files statement); do printf '    STATEMENT_%s,\n' "$(name "$f")"; done
    printf '    STATEMENT_COUNT\n};\n\n'
    printf 'struct sql_text {\n    const char *name;\n    const char *sql;\n};\n'
    printf 'extern const struct sql_text sql_statements[]; /* [STATEMENT_COUNT] */\n'
    printf 'extern const struct sql_text sql_migrations[]; /* in order, ends with a NULL name */\n'
    printf 'extern const struct sql_text sql_views[];      /* in order, ends with a NULL name */\n\n#endif\n'
} > "$out/statements.h.new"
{
    printf '/* Made from sql/ by sql/embed.sh. */\n#include "statements.h"\n\n#include <stddef.h>\n'
    printf '#pragma GCC diagnostic ignored "-Woverlength-strings"\n'
    for kind in statement schema view; do
        case $kind in schema) table=migrations ;; *) table=${kind}s ;; esac
        printf '\nconst struct sql_text sql_%s[] = {\n' "$table"
        for f in $(files $kind); do
            printf '    {"%s",\n' "$(basename "$f" .sql)"
            if [ $kind = statement ]; then quote "$f"; else whole "$f"; fi
            printf '    },\n'
        done
        printf '    {NULL, NULL}};\n'
    done
} > "$out/statements.c.new"
mv "$out/statements.h.new" "$out/statements.h"
mv "$out/statements.c.new" "$out/statements.c"
