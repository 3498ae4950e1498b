/* signature: see the header. Reading fails (ERR_INPUT) on a file that is cut off or is something else. */
#include "clean/signature.h"

#include <string.h>

#define MAGIC  "TMSIGN01"
#define HEAD   24 /* without the name */
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

static size_t record_bytes(bool near)
{
    return RECORD + (near ? MINHASH_BANDS * 8 : 0);
}

void signatures_write(const struct signatures *signatures, struct buf *out)
{
    size_t len = strlen(signatures->source);
    buf_text(out, MAGIC);
    put(out, signatures->near ? MINHASH_BANDS : 0, 4);
    put(out, len, 4);
    buf_add(out, signatures->source, len);
    put(out, signatures->count, 8);
    buf_reserve(out, signatures->count * record_bytes(signatures->near));
    for (size_t i = 0; i < signatures->count; i++) {
        const struct signature *signature = &signatures->item[i];
        buf_add(out, signature->id, SIGNATURE_ID);
        buf_add(out, signature->content.byte, DIGEST_BYTES);
        put(out, (uint64_t)signature->bytes, 8);
        for (int k = 0; k < MINHASH_BANDS && signatures->near; k++)
            put(out, signature->band[k], 8);
    }
}

static void read_records(const uint8_t *at, struct signatures *signatures)
{
    for (size_t i = 0; i < signatures->count; i++, at += record_bytes(signatures->near)) {
        struct signature *signature = &signatures->item[i];
        memcpy(signature->id, at, SIGNATURE_ID);
        memcpy(signature->content.byte, at + SIGNATURE_ID, DIGEST_BYTES);
        signature->bytes = (int64_t)get(at + SIGNATURE_ID + DIGEST_BYTES, 8);
        for (int k = 0; k < MINHASH_BANDS && signatures->near; k++)
            signature->band[k] = get(at + RECORD + 8 * k, 8);
    }
}

bool signatures_read(struct arena *arena, const void *data, size_t len, struct signatures *signatures, struct err *err)
{
    const uint8_t *at = data;
    if (len < HEAD || memcmp(at, MAGIC, 8) != 0)
        return err_set(err, ERR_INPUT, "this is no signature file (it does not begin with %s)", MAGIC);
    uint64_t bands = get(at + 8, 4), name = get(at + 12, 4);
    if ((bands != 0 && bands != MINHASH_BANDS) || name > len - HEAD)
        return err_set(err, ERR_INPUT, "the signature file is cut off after %zu bytes", len);
    uint64_t count = get(at + 16 + name, 8);
    size_t left = len - HEAD - (size_t)name, record = record_bytes(bands > 0);
    if (count != left / record || left % record != 0)
        return err_set(err, ERR_INPUT, "the signature file holds %zu bytes of records and names %llu of %zu bytes",
                       left, (unsigned long long)count, record);
    *signatures = (struct signatures){.source = arena_strndup(arena, (const char *)at + 16, (size_t)name),
                                      .near = bands > 0,
                                      .item = ARENA_ARRAY(arena, struct signature, count),
                                      .count = (size_t)count};
    read_records(at + HEAD + name, signatures);
    return true;
}
