/* What an attempt used: time of the clock and of the processor, and the peak of this attempt, not of one before. */
#include "lib/base/clock.h"
#include "lib/flow/usage.h"
#include "tests/unit/tap.h"

#include <sys/mman.h>

static void measure(struct claim_usage *usage, size_t bytes, double busy_seconds, int idle_ms)
{
    struct usage_meter meter;
    usage_begin(&meter);
    /* Not malloc: a sanitizer keeps what is freed. */
    void *room = mmap(NULL, bytes + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    volatile char *memory = room;
    for (size_t i = 0; room != MAP_FAILED && i < bytes; i += 1024)
        memory[i] = 1;
    for (double begin = usage_cpu_seconds(); usage_cpu_seconds() - begin < busy_seconds;)
        continue; /* however little of a processor a busy machine gives us */
    clock_sleep_ms(idle_ms);
    munmap(room, bytes + 1);
    usage_end(&meter, usage);
}

int main(void)
{
    struct claim_usage idle, busy, after;
    measure(&idle, 0, 0, 100);
    OK(idle.wall_seconds >= 0.1, "waiting takes time: %.3f s", idle.wall_seconds);
    OK(idle.cpu_seconds < 0.05, "but no processor: %.3f s", idle.cpu_seconds);
    OK(idle.ended_us - idle.started_us >= 99000, "its begin and end are told");
    measure(&busy, (size_t)64 << 20, 0.1, 0);
    OK(busy.cpu_seconds > 0.09 && busy.cpu_seconds <= busy.wall_seconds + 0.05, "work takes processor: %.3f of %.3f s",
       busy.cpu_seconds, busy.wall_seconds);
    OK(busy.peak_bytes >= (int64_t)64 << 20, "the peak is %lld bytes", (long long)busy.peak_bytes);
    measure(&after, 0, 0, 1);
    OK(after.peak_bytes > 0 && after.peak_bytes <= busy.peak_bytes, "the next attempt's peak is %lld bytes",
       (long long)after.peak_bytes);
    return DONE();
}
