/*
 * format_deb822: a Debian package index (deb822(5)): a document per package, its text being what the package says of
 * itself.
 */
#include "ingest/format.h"

#include <string.h>

/* In the order in which they stand in the text. */
static const char *const shown[] = {"Section", "Homepage", "Tag", "Depends"};

/* A field's value with its continuation lines, joined by line breaks; NULL where the paragraph lacks it. */
static const char *field(struct arena *arena, const char *paragraph, size_t len, const char *name)
{
    size_t length = strlen(name);
    const char *at = paragraph, *end = paragraph + len;
    struct buf value;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t line = (size_t)((stop == NULL ? end : stop) - at);
        if (line > length && memcmp(at, name, length) == 0 && at[length] == ':')
            break;
        at += line + 1;
    }
    if (at >= end)
        return NULL;
    buf_init(&value, arena);
    at += length + 1;
    for (bool first = true; at < end && (first || *at == ' ' || *at == '\t'); first = false) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t line = (size_t)((stop == NULL ? end : stop) - at);
        size_t blanks = strspn(at, " \t");
        if (!first)
            buf_char(&value, '\n');
        if (blanks < line && !(line == blanks + 1 && at[blanks] == '.')) /* " ." is an empty line */
            buf_add(&value, at + blanks, line - blanks);
        at += line + 1;
    }
    return value.data;
}

static bool take_package(struct reading *reading, const char *paragraph, size_t len, long line, struct err *err)
{
    struct arena *arena = reading->arena;
    struct buf text;
    const char *name = field(arena, paragraph, len, "Package");
    const char *about = field(arena, paragraph, len, "Description");
    if (name == NULL || about == NULL) {
        reading_trouble(reading, "line %ld: a paragraph without Package or Description", line);
        return true;
    }
    buf_init(&text, arena);
    buf_printf(&text, "%s: %s\n", name, about);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        const char *value = field(arena, paragraph, len, shown[i]);
        if (value != NULL)
            buf_printf(&text, "%s: %s\n", shown[i], value);
    }
    struct pair item = {"key", name};
    const struct pairs meta = {&item, 1};
    return reading_document(reading, text.data, text.len, &meta, err);
}

bool format_deb822(struct reading *reading, struct err *err)
{
    const char *at = reading->text, *end = reading->text + reading->len;
    for (long line = 1; at < end;) {
        const char *stop = strstr(at, "\n\n");
        if (stop == NULL || stop > end)
            stop = end;
        size_t len = (size_t)(stop - at);
        if (strspn(at, "\n\r ") < len && !take_package(reading, at, len, line, err))
            return false;
        for (const char *p = at; p < stop; p++)
            line += *p == '\n';
        line += 2;
        at = stop == end ? end : stop + 2;
    }
    return true;
}
