/* output: see output.h. */
#include "lib/base/output.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

void output_open(void)
{
    int file;
    do
        file = open("/dev/null", O_RDWR);
    while (file >= 0 && file <= STDERR_FILENO);
    if (file >= 0)
        close(file);
}

bool output_whole(FILE *out, struct err *err)
{
    struct pollfd reader = {.fd = fileno(out)};
    bool flushed = fflush(out) == 0;
    if (flushed && ferror(out) == 0)
        return true;
    if (poll(&reader, 1, 0) == 1 && (reader.revents & POLLERR) != 0)
        return true;
    return err_set(err, ERR_SYSTEM, "not all of the output could be written; is its disk full?");
}
