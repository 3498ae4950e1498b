#include "lib/base/option.h"
#include "tests/unit/tap.h"

struct sample {
    const char *name;
    struct texts keep;
    int64_t count, wait_ms, bytes, format, threads;
    double share;
    bool strict;
    struct money price;
};

static bool lower_case(const char *value, struct err *err)
{
    for (const char *c = value; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            return err_set(err, ERR_DEFINITION, "\"%s\" has capitals; write it in lower case", value);
    return true;
}

static const struct option options[] = {
    {.path = "name",
     .type = OPTION_TEXT,
     .offset = offsetof(struct sample, name),
     .initial = NULL,
     .check = lower_case},
    {.path = "keep", .type = OPTION_TEXTS, .offset = offsetof(struct sample, keep), .initial = "en, zh"},
    {.path = "count",
     .type = OPTION_INT,
     .offset = offsetof(struct sample, count),
     .initial = "4M",
     .min = 1,
     .max = 1e9},
    {.path = "wait", .type = OPTION_DURATION, .offset = offsetof(struct sample, wait_ms), .initial = "1.5s"},
    {.path = "bytes", .type = OPTION_BYTES, .offset = offsetof(struct sample, bytes), .initial = "64 KiB"},
    {.path = "format",
     .type = OPTION_CHOICE,
     .offset = offsetof(struct sample, format),
     .initial = "csv",
     .choices = "json|csv"},
    {.path = "share", .type = OPTION_SHARE, .offset = offsetof(struct sample, share), .initial = "2 %"},
    {.path = "strict", .type = OPTION_BOOL, .offset = offsetof(struct sample, strict), .initial = "yes"},
    {.path = "price", .type = OPTION_MONEY, .offset = offsetof(struct sample, price), .initial = "0.30 EUR"},
    {.path = "threads", .type = OPTION_INT, .offset = offsetof(struct sample, threads), .initial = "2", .inert = true},
    {.type = OPTION_END},
};
static const struct section section = {.path = "sample", .size = sizeof(struct sample), .options = options};

static void test_defaults(struct arena *arena)
{
    struct sample sample;
    option_defaults(&section, arena, &sample);
    OK(sample.count == 4000000 && sample.wait_ms == 1500 && sample.bytes == 65536, "quantities are read");
    OK(sample.keep.count == 2, "a list has its parts");
    SAME(sample.keep.item[1], "zh", "without blanks");
    OK(sample.format == 1 && sample.strict && sample.share == 0.02, "choices, flags and shares");
    OK(sample.price.micros == 300000, "money is exact");
    SAME(sample.price.currency, "EUR", "and has its currency");
    SAME(option_canonical(&section, arena, &sample),
         "{\"bytes\":65536,\"count\":4000000,\"format\":\"csv\",\"keep\":[\"en\",\"zh\"],\"name\":null,"
         "\"price\":\"300000 EUR\",\"share\":0.02,\"strict\":true,\"wait\":1500}",
         "the canonical form leaves out what is inert");
}

static void refused(struct arena *arena, const char *path, const char *value, const char *message)
{
    struct sample sample;
    struct err err = {0};
    option_defaults(&section, arena, &sample);
    OK(!option_set(option_find(&section, path), arena, &sample, value, &err), "%s: %s is refused", path, value);
    OK(err.code == ERR_DEFINITION, "as an error of the definition");
    SAME(err.text, message, "and the message says what to write");
}

int main(void)
{
    struct arena arena;
    arena_init(&arena);
    test_defaults(&arena);
    refused(&arena, "count", "many", "\"many\" is not a whole number; write it like 8000, 8k or 4M");
    refused(&arena, "count", "1.5", "\"1.5\" is not a whole number; write it like 8000, 8k or 4M");
    refused(&arena, "count", "0", "0 is too small; the least is 1");
    refused(&arena, "count", "2G", "2G is too large; the most is 1000000000");
    refused(&arena, "wait", "3 parsec", "\"3 parsec\" is not a duration; write it like 250ms, 30s, 5min, 2h or 1d");
    refused(&arena, "bytes", "much", "\"much\" is not a number of bytes; write it like 64 KiB, 10 MB or 1.5 GB");
    refused(&arena, "format", "cvs", "\"cvs\" is not a choice; did you mean \"csv\"?");
    refused(&arena, "format", "parquet", "\"parquet\" is not a choice; choose one of json|csv");
    refused(&arena, "share", "200 %", "\"200 %\" is not a share; write it like 2 % or 0.02");
    refused(&arena, "strict", "maybe", "\"maybe\" is neither yes nor no");
    refused(&arena, "price", "3 euros", "\"3 euros\" is not an amount of money; write it like 3 EUR");
    refused(&arena, "name", "Big", "\"Big\" has capitals; write it in lower case");
    SAME(option_suggest(&section, "formt"), "format", "an option is suggested");
    OK(option_suggest(&section, "elephant") == NULL, "where one is near");
    arena_release(&arena);
    return DONE();
}
