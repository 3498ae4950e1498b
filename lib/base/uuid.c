/* uuid: see uuid.h. RFC 9562, 5.7: 48 bits of milliseconds, then random bits; variant 10. */
#include "lib/base/uuid.h"

#include "lib/base/clock.h"
#include "lib/base/digest.h"

#include <string.h>
#include <sys/random.h>

void uuid_new(char text[UUID_TEXT])
{
    unsigned char byte[16];
    char hex[33];
    if (getrandom(byte, sizeof byte, 0) != (ssize_t)sizeof byte)
        BUG("the kernel gives no random bytes");
    uint64_t ms = (uint64_t)(clock_wall_us() / 1000);
    for (int i = 0; i < 6; i++)
        byte[i] = (unsigned char)(ms >> (40 - 8 * i));
    byte[6] = (unsigned char)(0x70 | (byte[6] & 0x0f));
    byte[8] = (unsigned char)(0x80 | (byte[8] & 0x3f));
    hex_encode(byte, sizeof byte, hex);
    const char *from = hex;
    for (int i = 0; i < UUID_TEXT - 1; i++)
        text[i] = i == 8 || i == 13 || i == 18 || i == 23 ? '-' : *from++;
    text[UUID_TEXT - 1] = '\0';
}

bool uuid_valid(const char *text)
{
    if (strlen(text) != UUID_TEXT - 1)
        return false;
    for (int i = 0; i < UUID_TEXT - 1; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : strchr("0123456789abcdefABCDEF", text[i]) == NULL)
            return false;
    }
    return true;
}
