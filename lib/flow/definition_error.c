/* definition_error: the errors of a definition, kept until they can all be shown at once. See definition.h. */
#include "lib/flow/definition.h"

#include <stdlib.h>
#include <string.h>

void definition_error(struct definition *definition, const struct node *node, const char *path, const char *format, ...)
{
    struct buf message;
    va_list args;
    buf_init(&message, definition->arena);
    va_start(args, format);
    buf_vprintf(&message, format, args);
    va_end(args);
    ARENA_PUSH(definition->arena, definition->errors, definition->error_count, definition->error_capacity);
    definition->errors[definition->error_count++] = (struct definition_error){
        .file = node != NULL ? node->file : definition->file,
        .line = node != NULL ? node->line : 1,
        .column = node != NULL ? node->column : 1,
        .path = arena_strdup(definition->arena, path),
        .message = message.data,
    };
}

static int compare(const void *a, const void *b)
{
    const struct definition_error *x = a, *y = b;
    int file = strcmp(x->file, y->file);
    if (file != 0)
        return file;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return strcmp(x->path, y->path);
}

static void sort(struct definition *definition)
{
    if (definition->error_count > 1)
        qsort(definition->errors, definition->error_count, sizeof *definition->errors, compare);
}

static void print(struct buf *out, const struct definition_error *error)
{
    buf_printf(out, "%s:%d:%d: %s%s%s", error->file, error->line, error->column, error->path,
               *error->path != '\0' ? ": " : "", error->message);
}

void definition_report(struct definition *definition, struct buf *out)
{
    sort(definition);
    for (size_t i = 0; i < definition->error_count; i++) {
        print(out, &definition->errors[i]);
        buf_char(out, '\n');
    }
}

bool definition_valid(struct definition *definition, struct err *err)
{
    struct buf text;
    if (definition->error_count == 0)
        return true;
    sort(definition);
    buf_init(&text, definition->arena);
    print(&text, &definition->errors[0]);
    if (definition->error_count > 1)
        buf_printf(&text, " (and %zu more)", definition->error_count - 1);
    return err_set(err, ERR_DEFINITION, "%s", text.data);
}
