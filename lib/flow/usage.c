/* usage: see usage.h. getrusage(2) for time; /proc for memory, whose high-water mark can be set back (proc(5),
 * clear_refs). */
#include "lib/flow/usage.h"

#include "lib/base/clock.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

double usage_cpu_seconds(void)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) * 1e-6;
}

static void forget_peak(void)
{
    int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return; /* then the peak is the process's, not the attempt's */
    ssize_t put = write(fd, "5", 1);
    (void)put;
    close(fd);
}

static int64_t peak_bytes(void)
{
    char line[256];
    long long kilobytes = 0;
    FILE *file = fopen("/proc/self/status", "re");
    if (file == NULL)
        return 0;
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "VmHWM: %lld", &kilobytes) == 1)
            break;
    fclose(file);
    return (int64_t)kilobytes * 1024;
}

void usage_begin(struct usage_meter *meter)
{
    forget_peak();
    meter->started_us = clock_wall_us();
    meter->started_ns = clock_mono_ns();
    meter->cpu_seconds = usage_cpu_seconds();
}

void usage_end(const struct usage_meter *meter, struct claim_usage *usage)
{
    usage->started_us = meter->started_us;
    usage->ended_us = clock_wall_us();
    usage->wall_seconds = clock_seconds_since(meter->started_ns);
    usage->cpu_seconds = usage_cpu_seconds() - meter->cpu_seconds;
    usage->peak_bytes = peak_bytes();
}
