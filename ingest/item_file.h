/* item_file: the bytes of one file of a source, read once, as they are. Anything but a regular file is refused. */
#ifndef INGEST_ITEM_FILE_H
#define INGEST_ITEM_FILE_H

#include "lib/base/buf.h"
#include "lib/base/digest.h"

/* Both fail with ERR_INPUT where the file cannot be used (gone, no permission, no file, over `most` bytes), and with
 * ERR_SYSTEM where trying again may help. The text says why, without the path. */
bool item_digest(const char *path, int64_t most, struct digest *digest, int64_t *bytes, struct err *err) MUST_CHECK;
bool item_bytes(const char *path, int64_t most, struct buf *out, struct err *err) MUST_CHECK;

#endif
