/* signature: see the header. Reading fails (ERR_INPUT) on a file that is cut off or is something else. */
#include "clean/signature.h"

#include <string.h>

#define MAGIC  "TMSIGN01"
#define RECORD (SIGNATURE_ID + DIGEST_BYTES + 8)

static void put(struct buf *out, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buf_char(out, (char)(value >> (8 * i) & 0xff));
}

static uint64_t get(const uint8_t *data, int bytes)
{
    uint64_t value = 0;
    for (int i = bytes; i > 0; i--)
        value = value << 8 | data[i - 1];
    return value;
}

void signatures_write(const struct signatures *signatures, struct buf *out)
{
    size_t len = strlen(signatures->source);
    buf_text(out, MAGIC);
    put(out, len, 4);
    buf_add(out, signatures->source, len);
    put(out, signatures->count, 8);
    buf_reserve(out, signatures->count * RECORD);
    for (size_t i = 0; i < signatures->count; i++) {
        const struct signature *signature = &signatures->item[i];
        buf_add(out, signature->id, SIGNATURE_ID);
        buf_add(out, signature->content.byte, DIGEST_BYTES);
        put(out, (uint64_t)signature->bytes, 8);
    }
}

bool signatures_read(struct arena *arena, const void *data, size_t len, struct signatures *signatures, struct err *err)
{
    const uint8_t *at = data;
    if (len < 20 || memcmp(at, MAGIC, 8) != 0)
        return err_set(err, ERR_INPUT, "this is no signature file (it does not begin with %s)", MAGIC);
    size_t name = (size_t)get(at + 8, 4);
    if (name > len - 20)
        return err_set(err, ERR_INPUT, "the signature file is cut off after %zu bytes", len);
    uint64_t count = get(at + 12 + name, 8);
    size_t left = len - 20 - name;
    if (count != left / RECORD || left % RECORD != 0)
        return err_set(err, ERR_INPUT, "the signature file holds %zu bytes of records and names %llu of %d bytes", left,
                       (unsigned long long)count, RECORD);
    signatures->source = arena_strndup(arena, (const char *)at + 12, name);
    signatures->item = ARENA_ARRAY(arena, struct signature, count);
    signatures->count = (size_t)count;
    at += 20 + name;
    for (size_t i = 0; i < signatures->count; i++, at += RECORD) {
        memcpy(signatures->item[i].id, at, SIGNATURE_ID);
        memcpy(signatures->item[i].content.byte, at + SIGNATURE_ID, DIGEST_BYTES);
        signatures->item[i].bytes = (int64_t)get(at + SIGNATURE_ID + DIGEST_BYTES, 8);
    }
    return true;
}
