/* interpose, packages: compression, digests and YAML, each with its own word for a lack of memory. */
#include "tests/call/interpose.h"

#include <lz4frame.h>
#include <lzma.h>
#include <openssl/evp.h>
#include <yaml.h>
#include <zlib.h>
#include <zstd.h>

GIVES(KIND_DIGEST, EVP_MD_CTX *, EVP_MD_CTX_new, (void), ())
TAKES(KIND_DIGEST, void, EVP_MD_CTX_free, (EVP_MD_CTX * context), (context), context, (void))
FAILS(int, EVP_DigestInit_ex, (EVP_MD_CTX * context, const EVP_MD *type, ENGINE *engine), (context, type, engine), 0)

/* Compression. */

#define NO_MEMORY_ZSTD ((size_t)-64) /* ZSTD_error_memory_allocation */
GIVES(KIND_CODEC, ZSTD_CCtx *, ZSTD_createCCtx, (void), ())
TAKES(KIND_CODEC, size_t, ZSTD_freeCCtx, (ZSTD_CCtx * context), (context), context, return )
GIVES(KIND_CODEC, ZSTD_DStream *, ZSTD_createDStream, (void), ())
TAKES(KIND_CODEC, size_t, ZSTD_freeDStream, (ZSTD_DStream * stream), (stream), stream, return )
FAILS(size_t, ZSTD_CCtx_setParameter, (ZSTD_CCtx * context, ZSTD_cParameter key, int value), (context, key, value),
      NO_MEMORY_ZSTD)
FAILS(size_t, ZSTD_compress2, (ZSTD_CCtx * context, void *to, size_t room, const void *from, size_t len),
      (context, to, room, from, len), NO_MEMORY_ZSTD)
FAILS(size_t, ZSTD_decompressStream, (ZSTD_DStream * stream, ZSTD_outBuffer *out, ZSTD_inBuffer *in), (stream, out, in),
      NO_MEMORY_ZSTD)
FAILS(int, inflateInit2_, (z_streamp stream, int bits, const char *version, int size), (stream, bits, version, size),
      Z_MEM_ERROR)
FAILS(int, inflateReset, (z_streamp stream), (stream), Z_STREAM_ERROR)
FAILS(int, inflate, (z_streamp stream, int flush), (stream, flush), Z_MEM_ERROR)
FAILS(lzma_ret, lzma_stream_decoder, (lzma_stream * stream, uint64_t memory, uint32_t flags), (stream, memory, flags),
      LZMA_MEM_ERROR)
FAILS(lzma_ret, lzma_code, (lzma_stream * stream, lzma_action action), (stream, action), LZMA_MEM_ERROR)
#define NO_MEMORY_LZ4 ((size_t)-9) /* LZ4F_ERROR_allocation_failed */
FAILS(LZ4F_errorCode_t, LZ4F_createDecompressionContext, (LZ4F_dctx * *context, unsigned version), (context, version),
      NO_MEMORY_LZ4)
FAILS(size_t, LZ4F_decompress,
      (LZ4F_dctx * context, void *to, size_t *room, const void *from, size_t *taken,
       const LZ4F_decompressOptions_t *options),
      (context, to, room, from, taken, options), NO_MEMORY_LZ4)

/* YAML. */

FAILS(int, yaml_parser_initialize, (yaml_parser_t * parser), (parser), 0)

int yaml_parser_parse(yaml_parser_t *parser, yaml_event_t *event)
{
    REAL(yaml_parser_parse);
    if (!DUE(yaml_parser_parse))
        return real(parser, event);
    parser->error = YAML_MEMORY_ERROR;
    return 0;
}
