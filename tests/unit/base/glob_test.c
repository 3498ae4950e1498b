#include "lib/base/file.h"
#include "lib/base/glob.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <unistd.h>

static struct arena arena;
static char folder[] = "/tmp/glob_test.XXXXXX";

/* The uris of patterns below the folder, separated by blanks. */
static const char *uris(const char *patterns, const char *exclude)
{
    struct buf out;
    struct texts given = text_split(&arena, patterns, ' '), left = {NULL, 0};
    buf_init(&out, &arena);
    for (size_t i = 0; i < given.count; i++)
        given.item[i] = arena_printf(&arena, "%s/%s", folder, given.item[i]);
    if (exclude != NULL)
        left = text_split(&arena, exclude, ' ');
    struct glob_files files = glob_expand(&arena, &given, &left, NULL);
    for (size_t i = 0; i < files.count; i++)
        buf_printf(&out, "%s%s%s", i > 0 ? " " : "", files.item[i].uri, files.item[i].problem == NULL ? "" : "!");
    return out.data;
}

int main(void)
{
    static const char *const names[] = {"b.txt",        "a.txt",      "a/x.txt", "a/b/x.txt",
                                        "a/b/c/y.html", "a/.h/x.txt", "z[1].txt"};
    struct err err;
    arena_init(&arena);
    if (mkdtemp(folder) == NULL)
        return 1;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = path_join(&arena, folder, names[i]);
        if (!folder_make(path_folder(&arena, path), &err) || !file_write(path, "x", 1, &err))
            return 1;
    }
    if (symlink("..", path_join(&arena, folder, "a/loop")) != 0)
        return 1;
    SAME(uris("*.txt", NULL), "a.txt b.txt z[1].txt", "within a folder, sorted");
    SAME(uris("**/*.txt", NULL), "a.txt a/b/x.txt a/x.txt b.txt z[1].txt",
         "in all folders, not hidden ones, not by links");
    SAME(uris("**", NULL), "a.txt a/b/c/y.html a/b/x.txt a/x.txt b.txt z[1].txt", "everything");
    SAME(uris("a/**/*.txt", NULL), "b/x.txt x.txt", "uris begin after the fixed part");
    SAME(uris("a/**/**//*.txt", NULL), "b/x.txt x.txt", "repeated stars and slashes are one");
    SAME(uris("a/*/x.txt", NULL), "b/x.txt", "a folder of any name");
    SAME(uris("a/*/a.txt", NULL), "loop/a.txt", "which may be a link where it is named");
    SAME(uris("a/x.txt b.txt", NULL), "a/x.txt b.txt", "uris of several patterns share their fixed part");
    SAME(uris("a.txt *.txt", NULL), "a.txt b.txt z[1].txt", "none twice");
    SAME(uris("*.none", NULL), "", "nothing");
    SAME(uris("none.txt", NULL), "none.txt!", "a named file that is not there is told");
    SAME(uris("**", "a/**/x.txt *.html"), "a.txt a/b/c/y.html b.txt z[1].txt", "some left out");
    SAME(uris("**", "**/*.html a"), "a.txt a/b/x.txt a/x.txt b.txt z[1].txt", "by whole paths");
    OK(glob_match("**", "a/b") && glob_match("a/**", "a/b") && glob_match("**/b", "b") && !glob_match("a/*", "a/b/c") &&
           !glob_match("a/**/c", "a/b") && glob_match("a/**/c", "a/b/b/c"),
       "matching");
    OK(folder_remove(folder, &err), "the end");
    arena_release(&arena);
    return DONE();
}
