/* room: what the tests of ingest share: a store in a temporary folder, a source, and the two kinds run by hand. */
#ifndef TESTS_UNIT_INGEST_ROOM_H
#define TESTS_UNIT_INGEST_ROOM_H

#include "ingest/ingest.h"
#include "lib/base/file.h"
#include "lib/text/document.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <unistd.h>

struct room {
    struct arena arena;
    char folder[32];
    struct store store;
    struct ingest_source source;
    struct err err;
};

__attribute__((unused)) static void room_open(struct room *room)
{
    memset(room, 0, sizeof *room);
    arena_init(&room->arena);
    memcpy(room->folder, "/tmp/ingest_test.XXXXXX", 24);
    if (mkdtemp(room->folder) == NULL || !folder_make(path_join(&room->arena, room->folder, "in"), &room->err) ||
        !store_open(&room->store, &room->arena, path_join(&room->arena, room->folder, "store"), &room->err))
        BUG("no folder to test in");
    option_defaults(ingest_info.sections[0], &room->arena, &room->source);
    room->source.name = "test";
    room->source.licence = "CC0";
}

__attribute__((unused)) static void room_close(struct room *room)
{
    if (!folder_remove(room->folder, &room->err))
        printf("# %s\n", room->err.text);
    arena_release(&room->arena);
}

/* The source reads these patterns below in/. */
__attribute__((unused)) static void room_files(struct room *room, const char *pattern)
{
    const char **item = ARENA_ARRAY(&room->arena, const char *, 1);
    item[0] = arena_printf(&room->arena, "%s/in/%s", room->folder, pattern);
    room->source.files = (struct texts){item, 1};
}

__attribute__((unused)) static char *room_put(struct room *room, const char *name, const void *data, size_t len)
{
    char *path = arena_printf(&room->arena, "%s/in/%s", room->folder, name);
    if (!folder_make(path_folder(&room->arena, path), &room->err) || !file_write(path, data, len, &room->err))
        BUG("%s", room->err.text);
    return path;
}

__attribute__((unused)) static struct task *room_task(struct room *room, const struct task_input *inputs, size_t count,
                                                      struct pool *pool)
{
    struct task *task = ARENA_NEW(&room->arena, struct task);
    task->arena = &room->arena;
    task->store = &room->store;
    task->inputs = inputs;
    task->input_count = count;
    task->pool = pool;
    return task;
}

__attribute__((unused)) static struct task *room_scan(struct room *room, struct pool *pool)
{
    struct task *task = room_task(room, NULL, 0, pool);
    if (!ingest_scan(task, &room->source, &room->err))
        printf("# scan: %s\n", room->err.text);
    return task;
}

__attribute__((unused)) static struct task *room_read(struct room *room, const struct task_output *batch,
                                                      struct pool *pool)
{
    struct task_input *input = ARENA_NEW(&room->arena, struct task_input);
    *input = (struct task_input){"batch", 0, batch->digest};
    struct task *task = room_task(room, input, 1, pool);
    if (!ingest_read(task, &room->source, &room->err))
        printf("# read: %s\n", room->err.text);
    return task;
}

struct documents {
    struct document *item;
    size_t count, capacity;
};

/* All documents of a task's shards, in order. */
__attribute__((unused)) static void room_documents(struct room *room, const struct task *task, struct documents *all)
{
    for (size_t i = 0; i < task->output_count; i++) {
        bool end = false;
        struct document document;
        struct document_reader *reader =
            document_reader_open(&room->store, &room->arena, &task->outputs[i].digest, &room->err);
        while (reader != NULL && document_reader_next(reader, &room->arena, &document, &end, &room->err)) {
            ARENA_PUSH(&room->arena, all->item, all->count, all->capacity);
            all->item[all->count++] = document;
        }
        if (!end)
            printf("# shard: %s\n", room->err.text);
    }
}

/* Scans and reads everything; *errors are those of both. */
__attribute__((unused)) static struct documents room_run(struct room *room, struct task **read)
{
    struct documents all = {0};
    struct task *scan = room_scan(room, NULL);
    *read = room_task(room, NULL, 0, NULL);
    for (size_t i = 0; i < scan->item_count; i++)
        if (scan->items[i].error != NULL)
            task_item(*read, &scan->items[i]);
    for (size_t i = 0; i < scan->output_count; i++) {
        struct task *task = room_read(room, &scan->outputs[i], NULL);
        room_documents(room, task, &all);
        for (size_t j = 0; j < task->item_count; j++)
            task_item(*read, &task->items[j]);
    }
    return all;
}

__attribute__((unused)) static const char *room_error(const struct task *task, const char *uri)
{
    for (size_t i = 0; i < task->item_count; i++)
        if (strcmp(task->items[i].uri, uri) == 0 && task->items[i].error != NULL)
            return task->items[i].error;
    return NULL;
}

__attribute__((unused)) static const struct document *room_find(const struct documents *all, const char *uri, size_t n)
{
    for (size_t i = 0; i < all->count; i++)
        if (strcmp(document_get(&all->item[i], "uri"), uri) == 0 && n-- == 0)
            return &all->item[i];
    return NULL;
}

#endif
