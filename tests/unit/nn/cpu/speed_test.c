/* The speed of a core: plausible, much the same when asked again, and told in a moment. */
#include "lib/nn/speed.h"

#include "lib/base/clock.h"
#include "tests/unit/tap.h"

int main(void)
{
    int64_t begun = clock_mono_ns();
    for (int precision = PRECISION_FLOAT32; precision <= PRECISION_BFLOAT16; precision++)
        for (size_t width = 1; width <= 100000; width *= 100) {
            double speed = speed_of_core((enum precision)precision, width);
            double again = speed_of_core((enum precision)precision, width);
            OK(speed > 1e8 && speed < 1e13, "width %zu: %.3g operations a second", width, speed);
            OK(again > speed / 4 && again < speed * 4, "and asked again %.3g", again);
        }
    OK(clock_seconds_since(begun) < 60, "%.0f ms for all", clock_seconds_since(begun) * 1000);
    return DONE();
}
