/* byte_level: the 256 characters of GPT-2's bytes_to_unicode, there and back. */
#include "lib/text/byte_level.h"

#include "tests/unit/tap.h"

int main(void)
{
    struct arena arena;
    struct buf text, bytes;
    unsigned char order[256];
    bool seen[256] = {false};
    arena_init(&arena);
    buf_init(&text, &arena);
    buf_init(&bytes, &arena);
    const unsigned char samples[] = {'!', '~', ' ', '\n', 0, 0x7f, 0xa0, 0xa1, 0xad, 0xae, 0xff};
    for (size_t i = 0; i < sizeof samples; i++)
        byte_level_write(&text, samples[i]);
    SAME(text.data, "!~\u0120\u010a\u0100\u0121\u0142\u00a1\u0143\u00ae\u00ff", "as openai/gpt-2 maps them");

    buf_clear(&text);
    for (int byte = 0; byte < 256; byte++)
        byte_level_write(&text, (unsigned char)byte);
    bool good = byte_level_read(text.data, text.len, &bytes) && bytes.len == 256;
    for (int byte = 0; good && byte < 256; byte++)
        good = (unsigned char)bytes.data[byte] == byte;
    OK(good, "every byte comes back");

    byte_level_order(order);
    size_t different = 0;
    for (int i = 0; i < 256; i++) {
        different += !seen[order[i]];
        seen[order[i]] = true;
    }
    OK(different == 256 && order[0] == '!' && order[93] == '~' && order[94] == 0xa1 && order[188] == 0 &&
           order[255] == 0xad,
       "the order of an alphabet");
    OK(!byte_level_read(" ", 1, &bytes) && !byte_level_read("\u0144", 2, &bytes) &&
           !byte_level_read("\u4e2d", 3, &bytes),
       "other characters stand for nothing");
    OK(!byte_level_read("\xc4", 1, &bytes), "nor does half a character");
    arena_release(&arena);
    return DONE();
}
