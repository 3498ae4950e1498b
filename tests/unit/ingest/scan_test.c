#include "tests/unit/ingest/room.h"

#include <sys/resource.h>
#include <sys/stat.h>

static const struct item_record *item(const struct task *task, const char *uri)
{
    for (size_t i = 0; i < task->item_count; i++)
        if (strcmp(task->items[i].uri, uri) == 0)
            return &task->items[i];
    return NULL;
}

static bool has_output(const struct task *task, const struct task_output *output)
{
    for (size_t i = 0; i < task->output_count; i++)
        if (digest_equal(&task->outputs[i].digest, &output->digest))
            return true;
    return false;
}

static size_t in_common(const struct task *a, const struct task *b)
{
    size_t common = 0;
    for (size_t i = 0; i < a->output_count; i++)
        common += has_output(b, &a->outputs[i]);
    return common;
}

/* Fifos, devices, loops and names that are no text are told, and never waited for. */
static void test_hostile(void)
{
    struct room room;
    room_open(&room);
    room_files(&room, "**/*");
    room_put(&room, "deep/er/good.txt", "good", 4);
    room_put(&room, "bad\xff.txt", "x", 1);
    room_put(&room, ".hidden.txt", "x", 1);
    char *in = path_join(&room.arena, room.folder, "in");
    OK(mkfifo(path_join(&room.arena, in, "pipe.txt"), 0600) == 0 &&
           symlink("loop.txt", path_join(&room.arena, in, "loop.txt")) == 0 &&
           symlink("..", path_join(&room.arena, in, "deep/up")) == 0 &&
           symlink("/dev/zero", path_join(&room.arena, in, "zero.txt")) == 0 &&
           symlink("nowhere", path_join(&room.arena, in, "dangling.txt")) == 0 &&
           symlink("deep/er/good.txt", path_join(&room.arena, in, "link.txt")) == 0,
       "a hostile folder");
    struct task *task = room_scan(&room, NULL);
    SAME(item(task, "pipe.txt")->error, "is a FIFO, not a file", "a FIFO");
    SAME(item(task, "zero.txt")->error, "is a device, not a file", "a device");
    SAME(item(task, "loop.txt")->error, "Too many levels of symbolic links", "a loop");
    SAME(item(task, "dangling.txt")->error, "No such file or directory", "a link to nowhere");
    SAME(item(task, "bad%FF.txt")->error, "its name is not valid UTF-8: rename it", "a name that is no text");
    OK(item(task, "link.txt")->error == NULL && item(task, "deep/er/good.txt")->error == NULL,
       "files and links to them");
    OK(item(task, ".hidden.txt") == NULL, "hidden files are passed over");
    OK(task->item_count == 7, "each once, folders that are links not entered: %zu", task->item_count);
    room.source.max_bytes = 2;
    room.source.min_files = 0;
    task = room_scan(&room, NULL);
    SAME(item(task, "link.txt")->error, "has 4 bytes, more than max_bytes (2)", "a large file");
    room_files(&room, "absent.txt");
    task = room_scan(&room, NULL);
    SAME(item(task, "absent.txt")->error, "No such file or directory", "a named file that is not there");
    room_close(&room);
}

/* Fewer files than there must be, and a fault that may pass, fail the scan: nobody would miss what it leaves out. */
static void test_missing(void)
{
    struct room room;
    struct rlimit before, none = {0, 0};
    room_open(&room);
    room_files(&room, "*.txt");
    struct task *task = room_task(&room, NULL, 0, NULL);
    char *folder = arena_printf(&room.arena, "%s/in/", room.folder);
    OK(!ingest_scan(task, &room.source, &room.err) && room.err.code == ERR_INPUT, "a folder that is not there");
    SAME(room.err.text,
         arena_printf(
             &room.arena,
             "source test: 0 files can be read, fewer than its min_files (1); is the folder of %s*.txt mounted?",
             folder),
         "is told");
    room_put(&room, "a.txt", "x", 1);
    OK(symlink("nowhere", path_join(&room.arena, folder, "b.txt")) == 0, "a file, and one that cannot be read");
    room.source.min_files = 2;
    OK(!ingest_scan(room_task(&room, NULL, 0, NULL), &room.source, &room.err), "are fewer than two");
    SAME(room.err.text,
         arena_printf(
             &room.arena,
             "source test: 1 files can be read, fewer than its min_files (2); is the folder of %s*.txt mounted?; "
             "%sb.txt: No such file or directory",
             folder, folder),
         "and what is wrong with the other is told");
    room.source.min_files = 1;
    OK(ingest_scan(room_task(&room, NULL, 0, NULL), &room.source, &room.err), "and one");
    none.rlim_max = getrlimit(RLIMIT_NOFILE, &before) == 0 ? before.rlim_max : 0;
    setrlimit(RLIMIT_NOFILE, &none);
    bool good = ingest_scan(task, &room.source, &room.err);
    setrlimit(RLIMIT_NOFILE, &before);
    OK(!good && room.err.code == ERR_SYSTEM, "a folder that cannot be listed now is listed later");
    SAME(room.err.text, arena_printf(&room.arena, "%s: cannot be listed: Too many open files", folder), "and told");
    room_close(&room);
}

static void put_many(struct room *room, size_t count, size_t changed)
{
    for (size_t i = 0; i < count; i++) {
        char *text = arena_printf(&room->arena, "document %zu%s: %0*d\n", i, i == changed ? " changed" : "",
                                  (int)(100 + i * 37 % 900), 0);
        room_put(room, arena_printf(&room->arena, "d%zu/f%03zu.txt", i % 3, i), text, strlen(text));
    }
}

static void test_batches(void)
{
    struct room room;
    room_open(&room);
    room_files(&room, "**/*.txt");
    room.source.shard_bytes = 4096;
    put_many(&room, 200, 200);
    struct task *first = room_scan(&room, NULL);
    OK(first->output_count > 10, "%zu batches", first->output_count);
    struct pool *pool = pool_new(3);
    struct task *again = room_scan(&room, pool);
    OK(first->output_count == again->output_count && in_common(first, again) == first->output_count,
       "the same batches again, with three threads");
    room_put(&room, "d1/f100.txt", "new, and of another size", 24);
    again = room_scan(&room, NULL);
    OK(in_common(first, again) >= first->output_count - 2, "a changed file leaves others' batches as they were");
    room_put(&room, "d1/f1005.txt", "a new file", 10);
    struct task *more = room_scan(&room, NULL);
    OK(in_common(more, again) >= again->output_count - 1, "so does a new one");
    static const char *exclude[] = {"d0/**", "**/f1?0.txt"};
    room.source.exclude = (struct texts){exclude, 2};
    OK(room_scan(&room, NULL)->item_count == 201 - 67 - 7, "what is excluded is not listed");
    pool_free(pool);
    room_close(&room);
}

int main(void)
{
    test_hostile();
    test_missing();
    test_batches();
    return DONE();
}
