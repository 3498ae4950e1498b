#include "lib/base/file.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
    struct arena arena;
    struct err err = {0};
    struct buf buf;
    char folder[] = "/tmp/file_test.XXXXXX";
    arena_init(&arena);
    if (mkdtemp(folder) == NULL)
        return 1;
    char *deep = path_join(&arena, folder, "a/b/c");
    char *name = path_join(&arena, deep, "file");
    OK(folder_make(deep, &err) && folder_make(deep, &err), "folders are made with their parents, and again");
    OK(file_write(name, "old", 3, &err) && file_write(name, "new\0x", 5, &err), "a file is written and replaced");
    OK(file_read(&arena, name, &buf, &err) && buf.len == 5 && memcmp(buf.data, "new\0x", 5) == 0, "and read whole");
    struct stat info;
    OK(stat(name, &info) == 0 && (info.st_mode & 0777) == 0644, "others may read it");
    OK(file_write_private(name, "mine", 4, &err) && stat(name, &info) == 0 && (info.st_mode & 0777) == 0600,
       "or nobody else");
    OK(!file_read(&arena, path_join(&arena, folder, "none"), &buf, &err), "a missing file is an error");
    SAME(strchr(err.text, ':'), ": No such file or directory", "that says why");
    OK(!folder_make(path_join(&arena, name, "x"), &err), "a file is no folder");
    SAME(path_name(name), "file", "names");
    SAME(path_join(&arena, "/x", "/y"), "/y", "an absolute name stands alone");
    OK(folder_remove(folder, &err) && access(folder, F_OK) != 0, "a folder goes with all below it");
    arena_release(&arena);
    return DONE();
}
