/* compress: bytes out of .gz, .xz and .zst files, and zstd frames for our own shards. The format is told by its magic.
 */
#ifndef LIB_STORE_COMPRESS_H
#define LIB_STORE_COMPRESS_H

#include "lib/base/buf.h"

/* Appends all of `data`, decompressed; plain data are copied. Fails (ERR_INPUT) past `limit` bytes, on truncation and
 * on damage. Concatenated members are one stream. */
bool decompress(struct buf *out, const void *data, size_t len, int64_t limit, struct err *err) MUST_CHECK;

/* One zstd frame with content size and checksum; the same input gives the same bytes (level 3, one thread). */
bool compress_zstd(struct buf *out, const void *data, size_t len, struct err *err) MUST_CHECK;

#endif
