/* file: whole files, folders and paths. */
#ifndef LIB_BASE_FILE_H
#define LIB_BASE_FILE_H

#include "lib/base/buf.h"

#define FILE_MOST ((size_t)64 << 20) /* bytes; nothing larger is read whole (ERR_SYSTEM) */

bool file_read(struct arena *arena, const char *path, struct buf *out, struct err *err) MUST_CHECK;
/* Written to a temporary name beside it, synced, renamed: readers see the old bytes or the new ones. */
bool file_write(const char *path, const void *data, size_t len, struct err *err) MUST_CHECK;
/* The same, for nobody but us. */
bool file_write_private(const char *path, const void *data, size_t len, struct err *err) MUST_CHECK;
/* All of it, however often it is interrupted; errno says why not. */
bool file_put(int fd, const void *data, size_t len) MUST_CHECK;
/* Made where it is missing, and waited for; held as long as the arena lives. */
bool file_lock(struct arena *arena, const char *path, struct err *err) MUST_CHECK;
bool file_exists(const char *path);
/* Whether what errno says of a file that cannot be opened is the file's own doing (it is gone, nobody may read it);
 * else it may pass (an I/O error, a file system that went away, too many open files). */
bool file_fault_lasts(int why);
bool folder_sync(const char *path); /* what was renamed in it stays so after a power failure; errno says why not */
bool folder_make(const char *path, struct err *err) MUST_CHECK;             /* with its parents, mode 0755 */
bool folder_remove(const char *path, struct err *err) MUST_CHECK;           /* and all below it */
char *path_join(struct arena *arena, const char *folder, const char *name); /* an absolute name stands alone */
char *path_folder(struct arena *arena, const char *path);
const char *path_name(const char *path); /* what follows the last '/' */

#endif
