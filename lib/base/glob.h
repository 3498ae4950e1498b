/*
 * glob: the files that patterns name, always in the same order.
 *
 * Within a name *, ? and [] match as in the shell, and not a leading dot; "**" stands for any number of folders, and
 * does not follow symbolic links, so that loops end. A file's uri is its path below the folder that all patterns share
 * in their fixed parts: with "/srv/text/b*.txt" alone, /srv/text/b1.txt has the uri "b1.txt".
 */
#ifndef LIB_BASE_GLOB_H
#define LIB_BASE_GLOB_H

#include "lib/base/text.h"

#include <stdatomic.h>

struct glob_file {
    const char *path;
    const char *uri;
    int64_t size;        /* bytes */
    int64_t mtime_us;    /* wall time of the last change */
    const char *problem; /* NULL, or why it cannot be read: "is a FIFO" */
    bool passing;        /* the problem is the system's, not the file's: the next look may find it gone */
};

struct glob_files {
    struct glob_file *item; /* by uri, in the order of strcmp; none twice */
    size_t count;
};

/* A pattern without wildcards that names nothing is an item with a problem; `exclude` matches uris. `moves` counts the
 * names that were looked at; NULL: nobody wants to know. */
struct glob_files glob_expand(struct arena *arena, const struct texts *patterns, const struct texts *exclude,
                              atomic_ullong *moves);

/* Does a path match a pattern as a whole? */
bool glob_match(const char *pattern, const char *path);

#endif
