/* signature: written and read again, and refused when damaged. */
#include "clean/signature.h"
#include "tests/unit/tap.h"

int main(void)
{
    struct arena arena;
    struct err err;
    struct buf file;
    struct signature item[2] = {{{1, 2, 3}, digest_of("a", 1), 1, {7}},
                                {{4}, digest_of("b", 1), (int64_t)1 << 40, {0, 9}}};
    struct signatures in = {"tickets", false, item, 2}, out;
    arena_init(&arena);
    buf_init(&file, &arena);
    signatures_write(&in, &file);
    OK(file.len == 8 + 8 + 7 + 8 + 2 * 56, "size");
    OK(signatures_read(&arena, file.data, file.len, &out, &err), "read");
    SAME(out.source, "tickets", "source");
    OK(out.count == 2 && out.item[1].bytes == (int64_t)1 << 40 &&
           digest_equal(&out.item[1].content, &item[1].content) &&
           memcmp(out.item[0].id, item[0].id, SIGNATURE_ID) == 0,
       "records");

    OK(!signatures_read(&arena, file.data, file.len - 1, &out, &err), "cut off");
    SAME(err.text, "the signature file holds 111 bytes of records and names 2 of 56 bytes", "says by how much");
    OK(!signatures_read(&arena, file.data, 24, &out, &err), "cut off in the name");
    SAME(err.text, "the signature file is cut off after 24 bytes", "says where");
    buf_clear(&file);
    in.near = true;
    signatures_write(&in, &file);
    OK(signatures_read(&arena, file.data, file.len, &out, &err) && out.near, "with bands");
    OK(out.item[0].band[0] == 7 && out.item[1].band[1] == 9 && file.len == 8 + 8 + 7 + 8 + 2 * 168, "which are read");
    OK(!signatures_read(&arena, "{}", 2, &out, &err), "something else");
    SAME(err.text, "this is no signature file (it does not begin with TMSIGN01)", "says what it looks for");
    arena_release(&arena);
    return DONE();
}
