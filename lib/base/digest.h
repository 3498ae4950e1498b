/* digest: SHA-256 (FIPS 180-4, by OpenSSL), the name of every artifact, and XXH64 for tables. */
#ifndef LIB_BASE_DIGEST_H
#define LIB_BASE_DIGEST_H

#include "lib/base/err.h"

#include <stdint.h>

#define DIGEST_BYTES 32
#define DIGEST_HEX   65 /* with the NUL */

struct digest {
    uint8_t byte[DIGEST_BYTES];
};

/* Incremental: begin, add as often as needed, end (which frees it). */
struct digest_stream {
    void *state; /* EVP_MD_CTX */
};
void digest_begin(struct digest_stream *stream);
void digest_add(struct digest_stream *stream, const void *data, size_t len);
struct digest digest_end(struct digest_stream *stream);

struct digest digest_of(const void *data, size_t len);
bool digest_of_file(const char *path, struct digest *digest, int64_t *bytes, struct err *err) MUST_CHECK;

void digest_hex(const struct digest *digest, char hex[DIGEST_HEX]);
bool digest_parse(const char *hex, struct digest *digest); /* false unless exactly 64 hex digits */
bool digest_equal(const struct digest *a, const struct digest *b);
int digest_compare(const struct digest *a, const struct digest *b);

void hex_encode(const void *data, size_t len, char *hex); /* 2 * len + 1 bytes, lower case */
bool hex_decode(const char *hex, size_t len,
                void *data); /* of len bytes; false unless hex has exactly 2 * len digits */

uint64_t hash64(const void *data, size_t len, uint64_t seed); /* XXH64 */

#endif
