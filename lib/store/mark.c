/* mark: see mark.h. */
#include "lib/store/mark.h"

#include "lib/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *mark_path(struct arena *arena, const char *root)
{
    return path_join(arena, root, "store.id");
}

static bool parse(const char *text, size_t len, char id[UUID_TEXT])
{
    if (len != UUID_TEXT || text[len - 1] != '\n')
        return false;
    memcpy(id, text, UUID_TEXT - 1);
    id[UUID_TEXT - 1] = '\0';
    return uuid_valid(id);
}

/* One byte more than a mark has, so that what follows one shows. */
static bool read_text(int fd, char text[UUID_TEXT + 1], size_t *len)
{
    ssize_t got;
    *len = 0;
    while ((got = read(fd, text + *len, UUID_TEXT + 1 - *len)) != 0) {
        if (got < 0 && errno != EINTR)
            return false;
        *len += got > 0 ? (size_t)got : 0;
    }
    return true;
}

bool mark_read(const char *root, enum mark *mark, char id[UUID_TEXT], struct err *err)
{
    struct arena arena;
    char text[UUID_TEXT + 1];
    size_t len;
    arena_init(&arena);
    const char *path = mark_path(&arena, root);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool good = fd >= 0 || errno == ENOENT || err_errno(err, "store: cannot open %s", path);
    *mark = MARK_NONE;
    if (fd >= 0) {
        good = read_text(fd, text, &len) || err_errno(err, "store: cannot read %s", path);
        *mark = good && parse(text, len, id) ? MARK_FOUND : MARK_DAMAGED;
        close(fd);
    }
    arena_release(&arena);
    return good;
}

/* Where several make one at once, the first stays. Not every file system has links; where there are none, ids that are
 * made within the same moment replace each other, and who loses is told by mark_check(). */
static bool put_in_place(const char *fresh, const char *path, bool replace)
{
    if (!replace && (link(fresh, path) == 0 || errno == EEXIST))
        return unlink(fresh) == 0;
    return rename(fresh, path) == 0;
}

static bool write_mark(struct arena *arena, const char *root, bool replace, struct err *err)
{
    char id[UUID_TEXT], *fresh = arena_printf(arena, "%s/new/id-XXXXXX", root);
    const char *path = mark_path(arena, root);
    uuid_new(id);
    id[UUID_TEXT - 1] = '\n';
    if (!folder_make(path_folder(arena, fresh), err))
        return false;
    int fd = mkostemp(fresh, O_CLOEXEC);
    if (fd < 0)
        return err_errno(err, "store: cannot write in %s/new", root);
    bool good = file_put(fd, id, UUID_TEXT) && fchmod(fd, 0444) == 0 && fsync(fd) == 0 &&
                put_in_place(fresh, path, replace) && folder_sync(root);
    if (!good)
        err_errno(err, "store: cannot write %s", path);
    close(fd);
    if (!good)
        unlink(fresh);
    return good;
}

bool mark_make(const char *root, char id[UUID_TEXT], struct err *err)
{
    enum mark mark;
    struct arena arena;
    if (!mark_read(root, &mark, id, err))
        return false;
    if (mark == MARK_FOUND)
        return true;
    arena_init(&arena);
    bool good = write_mark(&arena, root, mark == MARK_DAMAGED, err) && mark_read(root, &mark, id, err);
    arena_release(&arena);
    return good && (mark == MARK_FOUND || err_set(err, ERR_SYSTEM, "store %s: its mark went away", root));
}

bool mark_check(const char *root, const char *id, struct err *err)
{
    enum mark mark;
    char found[UUID_TEXT];
    if (!mark_read(root, &mark, found, err))
        return false;
    if (mark == MARK_FOUND && strcmp(found, id) == 0)
        return true;
    if (mark == MARK_FOUND)
        return err_set(err, ERR_SYSTEM, "%s is another store (%s/store.id: %s) than this ledger's, %s: " MARK_REMEDY,
                       root, root, found, id);
    if (mark == MARK_DAMAGED)
        return err_set(
            err, ERR_SYSTEM,
            "%s/store.id is damaged, so that %s is not known to be this ledger's store, %s: write that id into "
            "it, or " MARK_REMEDY,
            root, root, id);
    return err_set(err, ERR_SYSTEM,
                   "%s is not this ledger's store: no store.id is there, which would be %s: " MARK_REMEDY, root, id);
}
