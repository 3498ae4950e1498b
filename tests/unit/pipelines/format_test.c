/* format: numbers as people read them. */
#include "pipelines/format.h"
#include "tests/unit/tap.h"

int main(void)
{
    struct arena arena;
    const double falling[] = {8, 7, 6, 5, 4, 3, 2, 1}, flat[] = {2, 2, 2};
    arena_init(&arena);
    SAME(format_count(&arena, 0), "0", "nothing");
    SAME(format_count(&arena, 999), "999", "three digits");
    SAME(format_count(&arena, 1183), "1,183", "four digits");
    SAME(format_count(&arena, -1234567), "-1,234,567", "a negative number");
    SAME(format_short(&arena, 812), "812", "as it is");
    SAME(format_short(&arena, 2610000), "2.61 M", "millions");
    SAME(format_short(&arena, 41000), "41.0 k", "thousands");
    SAME(format_short(&arena, 999999), "1.00 M", "rounding carries into the next unit");
    SAME(format_bytes(&arena, 16200000), "16.2 MB", "bytes");
    SAME(format_money(&arena, 0, "EUR"), "0.00 EUR", "no money");
    SAME(format_money(&arena, 0.0062, "EUR"), "0.0062 EUR", "two digits that count");
    SAME(format_money(&arena, 0.000001, "EUR"), "0.000001 EUR", "a millionth");
    SAME(format_money(&arena, 58.212, "EUR"), "58.21 EUR", "cents");
    SAME(format_seconds(&arena, 1.32), "1.3 s", "seconds");
    SAME(format_seconds(&arena, 38.2), "0:38", "under a minute");
    SAME(format_share(&arena, 0.943), "94.3 %", "a share");
    SAME(format_sparkline(&arena, falling, 8, 8), "█▇▆▅▄▃▂▁", "a falling curve");
    SAME(format_sparkline(&arena, falling, 8, 4), "█▆▃▁", "averaged down");
    SAME(format_sparkline(&arena, flat, 3, 8), "▁▁▁", "a flat curve");
    SAME(format_sparkline(&arena, flat, 0, 8), "", "no curve");
    SAME(format_bar(&arena, 0.5, 4), "██░░", "half a bar");
    SAME(format_bar(&arena, 7, 2), "██", "no more than full");
    OK(format_width("▁▁a") == 3, "columns, not bytes");
    SAME(format_cut(&arena, "▁▁abc", 3), "▁▁a", "cut at a column");
    arena_release(&arena);
    return DONE();
}
