/* digest: see digest.h. SHA-256 by OpenSSL (which uses the processor's own instructions), XXH64 by libxxhash. */
#include "lib/base/digest.h"

#include "lib/base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

void digest_begin(struct digest_stream *stream)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL)
        arena_exhausted("OpenSSL was refused room for a SHA-256");
    if (EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1)
        BUG("OpenSSL gives no SHA-256: it is out of memory, or set up without it");
    stream->state = context;
}

void digest_add(struct digest_stream *stream, const void *data, size_t len)
{
    if (EVP_DigestUpdate(stream->state, data, len) != 1)
        BUG("SHA-256 refused %zu bytes", len);
}

struct digest digest_end(struct digest_stream *stream)
{
    struct digest digest;
    unsigned len = 0;
    if (EVP_DigestFinal_ex(stream->state, digest.byte, &len) != 1 || len != DIGEST_BYTES)
        BUG("SHA-256 gave %u bytes", len);
    EVP_MD_CTX_free(stream->state);
    stream->state = NULL;
    return digest;
}

struct digest digest_of(const void *data, size_t len)
{
    struct digest_stream stream;
    digest_begin(&stream);
    digest_add(&stream, data, len);
    return digest_end(&stream);
}

bool digest_of_file(const char *path, struct digest *digest, int64_t *bytes, struct err *err)
{
    char chunk[64 * 1024];
    struct digest_stream stream;
    ssize_t got;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(err, "%s", path);
    digest_begin(&stream);
    *bytes = 0;
    while ((got = read(fd, chunk, sizeof chunk)) > 0 || (got < 0 && errno == EINTR))
        if (got > 0) {
            digest_add(&stream, chunk, (size_t)got);
            *bytes += got;
        }
    *digest = digest_end(&stream);
    if (got < 0)
        err_errno(err, "%s", path);
    close(fd);
    return got == 0;
}

void hex_encode(const void *data, size_t len, char *hex)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *byte = data;
    for (size_t i = 0; i < len; i++) {
        hex[2 * i] = digits[byte[i] >> 4];
        hex[2 * i + 1] = digits[byte[i] & 15];
    }
    hex[2 * len] = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool hex_decode(const char *hex, size_t len, void *data)
{
    unsigned char *byte = data;
    if (strlen(hex) != 2 * len)
        return false;
    for (size_t i = 0; i < len; i++) {
        int high = hex_value(hex[2 * i]), low = hex_value(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        byte[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}

void digest_hex(const struct digest *digest, char hex[DIGEST_HEX])
{
    hex_encode(digest->byte, DIGEST_BYTES, hex);
}

bool digest_parse(const char *hex, struct digest *digest)
{
    return hex_decode(hex, DIGEST_BYTES, digest->byte);
}

int digest_compare(const struct digest *a, const struct digest *b)
{
    return memcmp(a->byte, b->byte, DIGEST_BYTES);
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
    return digest_compare(a, b) == 0;
}

uint64_t hash64(const void *data, size_t len, uint64_t seed)
{
    return XXH64(data, len, seed);
}
