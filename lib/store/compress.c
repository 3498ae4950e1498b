/*
 * compress: see compress.h. Each format is one function that pulls from the input and pushes to the buffer; all of them
 * stop at the limit, so that a small file that unpacks to a huge one does no harm. A library that is refused memory
 * ends the process, as an arena would.
 */
#include "lib/store/compress.h"

#include <lz4frame.h>
#include <lzma.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum { CHUNK = 256 * 1024 };

static bool grown(const struct buf *out, size_t before, int64_t limit, struct err *err)
{
    return (int64_t)(out->len - before) <= limit ||
           err_set(err, ERR_INPUT, "unpacks to more than %lld bytes", (long long)limit);
}

static void produced(struct buf *out, size_t bytes)
{
    out->len += bytes;
    out->data[out->len] = '\0';
}

static bool inflate_all(struct buf *out, z_stream *stream, int64_t limit, struct err *err)
{
    size_t before = out->len;
    for (int code = Z_OK; stream->avail_in > 0 || code != Z_STREAM_END;) {
        if (code == Z_STREAM_END && inflateReset(stream) != Z_OK) /* the next of several members */
            arena_exhausted("zlib was refused room for a member");
        stream->next_out = (unsigned char *)buf_reserve(out, CHUNK);
        stream->avail_out = CHUNK;
        code = inflate(stream, Z_NO_FLUSH);
        produced(out, CHUNK - stream->avail_out);
        if (!grown(out, before, limit, err))
            return false;
        if (code == Z_MEM_ERROR)
            arena_exhausted("zlib was refused room to unpack");
        if (code != Z_OK && code != Z_STREAM_END) {
            bool truncated = code == Z_BUF_ERROR && stream->avail_in == 0;
            return err_set(err, ERR_INPUT, truncated ? "gzip: ends too early" : "gzip: damaged: %s",
                           stream->msg == NULL ? "bad data" : stream->msg);
        }
    }
    return true;
}

static bool from_gzip(struct buf *out, const void *data, size_t len, int64_t limit, struct err *err)
{
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)data, .avail_in = (unsigned)len};
    if (len > UINT32_MAX)
        return err_set(err, ERR_INPUT, "gzip: files of over 4 GiB are not read");
    if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK)
        arena_exhausted("zlib was refused room to unpack");
    bool good = inflate_all(out, &stream, limit, err);
    inflateEnd(&stream);
    return good;
}

static bool unxz_all(struct buf *out, lzma_stream *stream, int64_t limit, struct err *err)
{
    size_t before = out->len;
    lzma_ret code = LZMA_OK;
    while (code == LZMA_OK) {
        stream->next_out = (unsigned char *)buf_reserve(out, CHUNK);
        stream->avail_out = CHUNK;
        code = lzma_code(stream, stream->avail_in == 0 ? LZMA_FINISH : LZMA_RUN);
        produced(out, CHUNK - stream->avail_out);
        if (!grown(out, before, limit, err))
            return false;
    }
    if (code == LZMA_MEM_ERROR)
        arena_exhausted("liblzma was refused room to unpack");
    if (code == LZMA_BUF_ERROR)
        return err_set(err, ERR_INPUT, "xz: ends too early");
    return code == LZMA_STREAM_END || err_set(err, ERR_INPUT, "xz: damaged (liblzma's code %d)", (int)code);
}

static bool from_xz(struct buf *out, const void *data, size_t len, int64_t limit, struct err *err)
{
    lzma_stream stream = LZMA_STREAM_INIT;
    if (lzma_stream_decoder(&stream, (uint64_t)1 << 30, LZMA_CONCATENATED) != LZMA_OK)
        arena_exhausted("liblzma was refused room to unpack");
    stream.next_in = data;
    stream.avail_in = len;
    bool good = unxz_all(out, &stream, limit, err);
    lzma_end(&stream);
    return good;
}

static bool unzstd_all(struct buf *out, ZSTD_DStream *stream, const void *data, size_t len, int64_t limit,
                       struct err *err)
{
    size_t before = out->len, left = 0;
    ZSTD_inBuffer in = {data, len, 0};
    do {
        ZSTD_outBuffer room = {buf_reserve(out, CHUNK), CHUNK, 0};
        size_t taken = in.pos;
        left = ZSTD_decompressStream(stream, &room, &in);
        if (ZSTD_isError(left) && ZSTD_getErrorCode(left) == ZSTD_error_memory_allocation)
            arena_exhausted("zstd was refused room to unpack");
        if (ZSTD_isError(left))
            return err_set(err, ERR_INPUT, "zstd: damaged: %s", ZSTD_getErrorName(left));
        produced(out, room.pos);
        if (!grown(out, before, limit, err))
            return false;
        if (left > 0 && in.pos == in.size && room.pos < room.size && in.pos == taken)
            return err_set(err, ERR_INPUT, "zstd: ends too early");
    } while (left > 0 || in.pos < in.size);
    return true;
}

static bool from_zstd(struct buf *out, const void *data, size_t len, int64_t limit, struct err *err)
{
    ZSTD_DStream *stream = ZSTD_createDStream();
    if (stream == NULL)
        arena_exhausted("zstd was refused room to unpack");
    bool good = unzstd_all(out, stream, data, len, limit, err);
    ZSTD_freeDStream(stream);
    return good;
}

static bool unlz4_all(struct buf *out, LZ4F_dctx *context, const char *data, size_t len, int64_t limit, struct err *err)
{
    size_t before = out->len, hint = 1;
    while (len > 0) {
        size_t room = CHUNK, taken = len;
        hint = LZ4F_decompress(context, buf_reserve(out, CHUNK), &room, data, &taken, NULL);
        if (LZ4F_isError(hint) && strcmp(LZ4F_getErrorName(hint), "ERROR_allocation_failed") == 0)
            arena_exhausted("lz4 was refused room to unpack");
        if (LZ4F_isError(hint))
            return err_set(err, ERR_INPUT, "lz4: damaged: %s", LZ4F_getErrorName(hint));
        produced(out, room);
        data += taken;
        len -= taken;
        if (!grown(out, before, limit, err))
            return false;
    }
    return hint == 0 || err_set(err, ERR_INPUT, "lz4: ends too early");
}

static bool from_lz4(struct buf *out, const void *data, size_t len, int64_t limit, struct err *err)
{
    LZ4F_dctx *context;
    if (LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)))
        arena_exhausted("lz4 was refused room to unpack");
    bool good = unlz4_all(out, context, data, len, limit, err);
    LZ4F_freeDecompressionContext(context);
    return good;
}

static bool from_plain(struct buf *out, const void *data, size_t len, int64_t limit, struct err *err)
{
    if ((int64_t)len > limit)
        return err_set(err, ERR_INPUT, "has %zu bytes, more than %lld", len, (long long)limit);
    buf_add(out, data, len);
    return true;
}

static const struct {
    const char *magic;
    size_t len;
    bool (*unpack)(struct buf *out, const void *data, size_t len, int64_t limit, struct err *err);
} formats[] = {
    {"\x1f\x8b", 2, from_gzip},
    {"\xfd"
     "7zXZ\0",
     6, from_xz},
    {"\x28\xb5\x2f\xfd", 4, from_zstd},
    {"\x04\x22\x4d\x18", 4, from_lz4},
};

bool decompress(struct buf *out, const void *data, size_t len, int64_t limit, struct err *err)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (len >= formats[i].len && memcmp(data, formats[i].magic, formats[i].len) == 0)
            return formats[i].unpack(out, data, len, limit, err);
    return from_plain(out, data, len, limit, err);
}

bool compress_zstd(struct buf *out, const void *data, size_t len, struct err *err)
{
    size_t bound = ZSTD_compressBound(len);
    ZSTD_CCtx *context = ZSTD_createCCtx();
    if (context == NULL)
        arena_exhausted("zstd was refused room to pack");
    size_t packed = ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 3);
    if (!ZSTD_isError(packed))
        packed = ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    if (!ZSTD_isError(packed))
        packed = ZSTD_compress2(context, buf_reserve(out, bound), bound, data, len);
    ZSTD_freeCCtx(context);
    if (ZSTD_isError(packed) && ZSTD_getErrorCode(packed) == ZSTD_error_memory_allocation)
        arena_exhausted("zstd was refused room to pack");
    if (ZSTD_isError(packed))
        return err_set(err, ERR_SYSTEM, "zstd: %s", ZSTD_getErrorName(packed));
    produced(out, packed);
    return true;
}
