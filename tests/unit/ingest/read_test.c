#include "tests/unit/ingest/room.h"

#include <sys/stat.h>

static size_t in_common(const struct task *a, const struct task *b)
{
    size_t common = 0;
    for (size_t i = 0; i < a->output_count; i++)
        for (size_t j = 0; j < b->output_count; j++)
            common += digest_equal(&a->outputs[i].digest, &b->outputs[j].digest);
    return common;
}

static char *lines(struct room *room, size_t count, size_t changed)
{
    struct buf out;
    buf_init(&out, &room->arena);
    for (size_t i = 0; i < count; i++)
        buf_printf(&out, "{\"id\": \"k%zu\", \"text\": \"line %zu%s %0*d\"}\n", i, i, i == changed ? " changed" : "",
                   (int)(i * 31 % 300), 0);
    return out.data;
}

static void put_lines(struct room *room, const char *name, char *text)
{
    room_put(room, name, text, strlen(text));
}

/* One batch of everything: the same bytes with any number of threads, and large items as well as small ones. */
static void test_same_bytes(void)
{
    struct room room;
    room_open(&room);
    room_files(&room, "*");
    room.source.shard_bytes = 1 << 20;
    for (size_t i = 0; i < 150; i++) {
        char *text = arena_printf(&room.arena, "%0*zu\n", (int)(i * 53 % 5000), i);
        room_put(&room, arena_printf(&room.arena, "%03zu.txt", i), text, strlen(text));
    }
    put_lines(&room, "a.jsonl", lines(&room, 3000, 3000));
    put_lines(&room, "large.jsonl", lines(&room, 60000, 60000)); /* 11 MB: read alone */
    struct task *scan = room_scan(&room, NULL);
    for (size_t i = 0; i < scan->output_count; i++) {
        struct task *one = room_read(&room, &scan->outputs[i], NULL);
        for (int threads = 2; threads <= 5; threads += 3) {
            struct pool *pool = pool_new(threads);
            struct task *many = room_read(&room, &scan->outputs[i], pool);
            OK(one->output_count == many->output_count && in_common(one, many) == one->output_count,
               "batch %zu, %zu shards: the same with %d threads", i, one->output_count, threads);
            pool_free(pool);
        }
    }
    room_close(&room);
}

static struct task *read_first(struct room *room)
{
    struct task *scan = room_scan(room, NULL);
    return room_read(room, &scan->outputs[0], NULL);
}

/* A record that changes, comes or goes leaves the shards of the others as they are. */
static void test_cuts(void)
{
    struct room room;
    room_open(&room);
    room_files(&room, "*.jsonl");
    room.source.shard_bytes = 16 << 10;
    char *text = lines(&room, 5000, 5000);
    put_lines(&room, "a.jsonl", text);
    struct task *before = read_first(&room);
    OK(before->output_count > 20, "%zu shards of one file", before->output_count);
    put_lines(&room, "a.jsonl", lines(&room, 5000, 2500));
    struct task *changed = read_first(&room);
    OK(in_common(before, changed) >= before->output_count - 2, "a changed line changes its shard");
    put_lines(&room, "a.jsonl", strchr(text, '\n') + 1);
    struct task *fewer = read_first(&room);
    OK(in_common(before, fewer) >= before->output_count - 2, "so does one that is gone from the front");
    room_close(&room);
}

static void test_changed_meanwhile(void)
{
    struct room room;
    room_open(&room);
    room_files(&room, "*.txt");
    room_put(&room, "a.txt", "as it was", 9);
    room_put(&room, "b.txt", "stays", 5);
    char *gone = room_put(&room, "c.txt", "goes", 4);
    struct task *scan = room_scan(&room, NULL);
    room_put(&room, "a.txt", "other", 5);
    unlink(gone);
    struct task *read = room_read(&room, &scan->outputs[0], NULL);
    struct documents all = {0};
    room_documents(&room, read, &all);
    SAME(room_error(read, "a.txt"), "changed after it was listed; the next run reads it", "a file changed meanwhile");
    SAME(room_error(read, "c.txt"), "after it was listed: No such file or directory", "one is gone");
    OK(all.count == 1 && strcmp(all.item[0].text, "stays") == 0, "the rest is read");
    OK(read->passing && read->item_count == 2 && read->items[0].passing && read->items[1].passing,
       "and the next run tries again");
    room_close(&room);
}

/* A folder that is not mounted any more is no folder whose files were deleted. */
static void test_folder_gone(void)
{
    struct room room;
    room_open(&room);
    room_files(&room, "*.txt");
    room_put(&room, "a.txt", "one", 3);
    struct task *scan = room_scan(&room, NULL);
    char *in = path_join(&room.arena, room.folder, "in"), *away = path_join(&room.arena, room.folder, "away");
    OK(rename(in, away) == 0, "the folder is gone");
    room_read(&room, &scan->outputs[0], NULL);
    SAME(room.err.text,
         arena_printf(&room.arena,
                      "%s/a.txt: No such file or directory, and its source's folder is gone or empty: is it mounted?",
                      in),
         "which is told");
    OK(room.err.code == ERR_SYSTEM && mkdir(in, 0755) == 0, "and tried again; one stands in its place, empty");
    room.err.code = ERR_OK;
    room_read(&room, &scan->outputs[0], NULL);
    OK(room.err.code == ERR_SYSTEM, "that is no other");
    room_put(&room, "b.txt", "other", 5);
    struct task *read = room_read(&room, &scan->outputs[0], NULL);
    SAME(room_error(read, "a.txt"), "after it was listed: No such file or directory",
         "with other files: one was deleted");
    room_close(&room);
}

static void test_hostile(void)
{
    struct room room;
    struct task *read;
    struct buf line, deep;
    room_open(&room);
    room_files(&room, "*");
    room.source.document_bytes = 1000;
    buf_init(&line, &room.arena);
    buf_printf(&line, "{\"id\": 1, \"text\": \"%02000d\"}\n{\"id\": 2, \"text\": \"short\"}", 0);
    put_lines(&room, "long.jsonl", line.data);
    buf_init(&deep, &room.arena);
    buf_text(&deep, "{\"text\": \"x\", \"more\": ");
    for (int i = 0; i < 100000; i++)
        buf_char(&deep, i % 2 ? '[' : '{');
    put_lines(&room, "deep.jsonl", deep.data);
    room_put(&room, "zeros.html", arena_alloc(&room.arena, 900), 900);
    room_put(&room, "large.html", line.data, line.len);
    room_put(&room, "empty.txt", "", 0);
    room_put(&room, "empty.csv", "", 0);
    struct documents all = room_run(&room, &read);
    SAME(room_error(read, "long.jsonl"),
         "line 1: has 2000 bytes of text, more than document_bytes (1000) (1 of 2 records left out)", "a long line");
    OK(strstr(room_error(read, "deep.jsonl"), "a string is wanted here") != NULL, "JSON that is no JSON");
    SAME(room_error(read, "zeros.html"), "is no text: 900 of its 900 characters are control characters or mean nothing",
         "zeros");
    SAME(room_error(read, "large.html"), "has 2048 bytes of text, more than document_bytes (1000)", "a large page");
    SAME(room_error(read, "empty.csv"), "is empty: the header is missing", "an empty table");
    OK(room_error(read, "empty.txt") == NULL, "an empty text is one");
    OK(all.count == 2, "the rest is read: %zu", all.count);
    buf_clear(&deep);
    buf_text(&deep, "{\"text\": \"x\", \"more\": ");
    for (int i = 0; i < 100000; i++)
        buf_char(&deep, '[');
    put_lines(&room, "deep.jsonl", deep.data);
    room_run(&room, &read);
    OK(strstr(room_error(read, "deep.jsonl"), "nested too deep") != NULL, "JSON without a bottom");
    room_close(&room);
}

int main(void)
{
    test_same_bytes();
    test_cuts();
    test_changed_meanwhile();
    test_folder_gone();
    test_hostile();
    return DONE();
}
