/* token_shard: the bytes that Megatron-LM's indexed_dataset.py writes for the same documents, and damaged files. */
#include "lib/text/token_shard.h"

#include "lib/base/json.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

static struct arena arena;
static struct store store;

static void check(bool good, const struct err *err)
{
    if (good)
        return;
    printf("Bail out! %s\n", err->text);
    exit(1);
}

static struct map stored(const struct digest *digest)
{
    struct err err;
    struct map map;
    check(store_map(&store, &arena, digest, &map, &err), &err);
    return map;
}

struct shard {
    struct digest bin, idx, ids;
};

/* Documents [1, 2, 3] and [] and [vocabulary - 1]. */
static struct shard write_shard(int64_t vocabulary)
{
    struct err err;
    struct shard shard;
    struct digest tokenizer = digest_of("tokenizer", 9);
    int64_t bytes[3];
    struct token_writer *writer = token_writer_new(&arena, vocabulary, &tokenizer);
    const int32_t first[] = {1, 2, 3}, last[] = {(int32_t)vocabulary - 1};
    check(token_writer_add(writer, "aa", first, 3, &err), &err);
    check(token_writer_add(writer, "bb", first, 0, &err), &err);
    check(token_writer_add(writer, "cc", last, 1, &err), &err);
    OK(token_writer_documents(writer) == 3 && token_writer_tokens(writer) == 4, "counts");
    check(token_writer_keep(writer, &store, &shard.bin, &shard.idx, &shard.ids, bytes, &err), &err);
    OK(bytes[0] == (int64_t)stored(&shard.bin).size && bytes[1] == (int64_t)stored(&shard.idx).size &&
           bytes[2] == (int64_t)stored(&shard.ids).size,
       "sizes");
    return shard;
}

static void check_read(const struct shard *shard, int32_t last)
{
    struct err err;
    struct token_shard read;
    int32_t ids[4];
    check(token_shard_open(&store, &arena, &shard->bin, &shard->idx, &read, &err), &err);
    OK(read.documents == 3 && read.tokens == 4 && read.wide == (last > 65499), "counts are read");
    OK(read.lengths[0] == 3 && read.lengths[1] == 0 && read.lengths[2] == 1, "lengths");
    OK(read.offsets[0] == 0 && read.offsets[1] == 3 && read.offsets[2] == 3, "offsets");
    token_shard_read(&read, 0, 4, ids);
    OK(ids[0] == 1 && ids[1] == 2 && ids[2] == 3 && ids[3] == last, "tokens");
    token_shard_read(&read, 2, 2, ids);
    OK(ids[0] == 3 && ids[1] == last, "tokens from the middle");
}

/* Written by Megatron-LM's IndexedDatasetBuilder(dtype=uint16): tests/parity/tokenize/megatron.py. */
static const char index_bytes[] = "4d4d49444944580000010000000000000008030000000000000004000000000000000300000000000000"
                                  "0100000000000000000000000600000000"
                                  "0000000600000000000000000000000000000001000000000000000200000000000000"
                                  "0300000000000000";

static void check_bytes(const struct shard *shard)
{
    struct map bin = stored(&shard->bin), idx = stored(&shard->idx), ids = stored(&shard->ids);
    char *hex = arena_alloc(&arena, 2 * idx.size + 1), digest[DIGEST_HEX];
    struct digest tokenizer = digest_of("tokenizer", 9);
    hex_encode(idx.data, idx.size, hex);
    SAME(hex, index_bytes, "the index as Megatron-LM writes it");
    OK(bin.size == 8 && memcmp(bin.data, "\1\0\2\0\3\0\x3f\x1f", 8) == 0, "tokens of 16 bits, little end first");
    digest_hex(&tokenizer, digest);
    SAME(arena_strndup(&arena, ids.data, ids.size),
         arena_printf(&arena, "{\"tokenizer\":\"%s\",\"documents\":[\"aa\",\"bb\",\"cc\"]}\n", digest), "the sidecar");
}

/* Opens the shard with an index changed at a byte, or cut there. */
static void refused(const struct shard *shard, size_t at, int byte, const char *message)
{
    struct err err = {.text = ""};
    struct token_shard read;
    struct map map = stored(&shard->idx);
    char *changed = arena_strndup(&arena, map.data, map.size), hex[DIGEST_HEX];
    struct digest digest;
    if (byte >= 0)
        changed[at] = (char)byte;
    check(store_put(&store, changed, byte >= 0 ? map.size : at, &digest, &err), &err);
    OK(!token_shard_open(&store, &arena, &shard->bin, &digest, &read, &err), "refused: byte %zu", at);
    digest_hex(&digest, hex);
    SAME(err.text, arena_printf(&arena, "token shard %s: %s", hex, message), "says why");
}

static void check_refused(const struct shard *shard)
{
    refused(shard, 0, 'X', "no Megatron index of version 1");
    refused(shard, 9, 2, "no Megatron index of version 1");
    refused(shard, 20, -1, "no Megatron index of version 1");
    refused(shard, 17, 6, "its type is neither i32 nor u16");
    refused(shard, 18, 4, "its size does not fit its counts");
    refused(shard, 25, 0xff, "its size does not fit its counts");
    refused(shard, 100, -1, "its size does not fit its counts");
    refused(shard, 37, 0xff, "a sequence does not follow the one before");
    refused(shard, 46, 1, "a sequence does not follow the one before");
    refused(shard, 42, 2, "its .bin has another size");
    refused(shard, 17, 4, "a sequence does not follow the one before");
}

static void check_empty(void)
{
    struct err err;
    struct shard shard;
    struct token_shard read;
    struct digest tokenizer = digest_of("", 0);
    int64_t bytes[3];
    struct token_writer *writer = token_writer_new(&arena, 300, &tokenizer);
    check(token_writer_keep(writer, &store, &shard.bin, &shard.idx, &shard.ids, bytes, &err), &err);
    check(token_shard_open(&store, &arena, &shard.bin, &shard.idx, &read, &err), &err);
    OK(read.documents == 0 && read.tokens == 0, "a split without documents");
    writer = token_writer_new(&arena, 300, &tokenizer);
    OK(!token_writer_add(writer, "dd", NULL, (size_t)INT32_MAX + 1, &err), "too long for an index");
    SAME(err.text, "document dd: 2147483648 tokens; a sequence of a Megatron index has at most 2147483647",
         "says which document");
}

int main(void)
{
    struct err err = {.text = "cannot make a folder in /tmp"};
    char folder[] = "/tmp/shard-XXXXXX";
    arena_init(&arena);
    check(mkdtemp(folder) != NULL, &err);
    check(store_open(&store, &arena, folder, &err), &err);
    struct shard narrow = write_shard(8000), wide = write_shard(70000);
    check_read(&narrow, 7999);
    check_read(&wide, 69999);
    check_bytes(&narrow);
    check_refused(&narrow);
    check_empty();
    arena_release(&arena);
    check(folder_remove(folder, &err), &err);
    return DONE();
}
