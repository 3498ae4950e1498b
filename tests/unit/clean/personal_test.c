/* personal: addresses as datatrove 0.10.1 finds them, numbers by example, and time that stays in proportion. */
#include "clean/personal.h"
#include "lib/base/clock.h"
#include "tests/unit/clean/recorded.h"

static struct arena arena;
static struct personal *personal;
static struct personal_settings choice;

static char *hidden(const char *text, size_t bytes)
{
    struct buf out;
    buf_init(&out, &arena);
    personal_hide(personal, &choice, &out, text, bytes);
    return out.data;
}

static void as_datatrove(void)
{
    struct buf file;
    struct err err;
    buf_init(&file, &arena);
    if (!file_read(&arena, "tests/data/clean/personal.json", &file, &err))
        BUG("%s", err.text);
    json_t *text, *root = json_read(&arena, file.data, file.len, &err);
    size_t i;
    choice = (struct personal_settings){.email = PERSONAL_REDACT, .ip = PERSONAL_REDACT};
    json_array_foreach(json_object_get(root, "texts"), i, text)
    {
        json_t *plain = json_object_get(text, "text");
        char name[64];
        snprintf(name, sizeof name, "text %zu", i);
        SAME(hidden(json_string_value(plain), json_string_length(plain)), json_text_or(text, "hidden", NULL), name);
    }
    OK(i == 10, "all of the record");
}

static void phone(const char *text, const char *want)
{
    SAME(hidden(text, strlen(text)), want, text);
}

static void phones(void)
{
    choice = (struct personal_settings){.phone = PERSONAL_REDACT};
    phone("call +49 30 901820 or +1 (202) 456-1111.", "call 555-0100 or 555-0100.");
    phone("call 202-456-1111 or (202) 456 1111", "call 555-0100 or 555-0100");
    phone("2 + 3 = 5, +1, 1999-2003, 12345678901234567890", "2 + 3 = 5, +1, 1999-2003, 12345678901234567890");
}

static void pseudonyms(void)
{
    static const char text[] = "a@b.org to c@d.org, c@d.org to a@b.org, from 8.8.8.8 by 9.9.9.9 to 8.8.8.8";
    choice = (struct personal_settings){PERSONAL_PSEUDONYM, PERSONAL_PSEUDONYM, PERSONAL_KEEP};
    SAME(hidden(text, sizeof text - 1),
         "person1@example.com to person2@example.com, person2@example.com to person1@example.com, "
         "from 192.0.2.1 by 192.0.2.2 to 192.0.2.1",
         "one for each");
    choice = (struct personal_settings){PERSONAL_KEEP, PERSONAL_KEEP, PERSONAL_KEEP};
    SAME(hidden(text, sizeof text - 1), text, "kept");
}

static void hostile(const char *piece, const char *name)
{
    struct buf text;
    buf_init(&text, &arena);
    while (text.len < 1 << 20)
        buf_text(&text, piece);
    choice = (struct personal_settings){PERSONAL_REDACT, PERSONAL_REDACT, PERSONAL_REDACT};
    int64_t start = clock_mono_ns();
    hidden(text.data, text.len);
    OK(clock_seconds_since(start) < 60, "1 MB of %s: %.2f s", name, clock_seconds_since(start));
}

int main(void)
{
    arena_init(&arena);
    personal = personal_new(&arena);
    as_datatrove();
    phones();
    pseudonyms();
    hostile("a.", "a.a.a.");
    hostile("@a.", "@a.@a.");
    hostile("a@b-", "a@b-a@b-");
    hostile("1.", "1.1.1.");
    hostile("+1(2)", "+1(2)+1(2)");
    hostile("1 ", "digits");
    arena_release(&arena);
    return DONE();
}
