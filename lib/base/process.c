/* process: see process.h. Linux's /proc tells when a process started (field 22 of stat, proc(5)). */
#include "lib/base/process.h"

#include "lib/base/clock.h"
#include "lib/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child: redirect, detach, become argv. Only async-signal-safe calls. Reports errno through `tell`. */
static void become(const char *const argv[], int out, bool detached, int tell)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing >= 0)
        dup2(nothing, STDIN_FILENO);
    if (out >= 0) {
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
    }
    if (detached)
        setsid();
    execvp(argv[0], (char *const *)(uintptr_t)argv); /* it changes nothing; its type is older than const */
    int reason = errno;
    ssize_t told = write(tell, &reason, sizeof reason);
    _exit(told == (ssize_t)sizeof reason ? 127 : 126);
}

/* What the child says before it becomes argv: nothing (the pipe closes) where that succeeds, else errno. */
static int child_failure(int listen)
{
    int reason = 0;
    ssize_t got;
    while ((got = read(listen, &reason, sizeof reason)) < 0 && errno == EINTR)
        continue;
    return got == (ssize_t)sizeof reason ? reason : 0;
}

static bool fork_child(const char *const argv[], int out, bool detached, pid_t *pid, struct err *err)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_errno(err, "cannot start %s", argv[0]);
    *pid = fork();
    if (*pid == 0)
        become(argv, out, detached, ends[1]);
    int reason = *pid < 0 ? errno : 0;
    close(ends[1]);
    if (*pid > 0)
        reason = child_failure(ends[0]);
    close(ends[0]);
    if (reason == 0)
        return true;
    if (*pid > 0)
        waitpid(*pid, NULL, 0);
    errno = reason;
    return err_errno(err, "cannot start %s", argv[0]);
}

bool process_start(const char *const argv[], const char *log, bool detached, pid_t *pid, struct err *err)
{
    int out = -1;
    if (log != NULL && (out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) < 0)
        return err_errno(err, "cannot write the log %s", log);
    bool started = fork_child(argv, out, detached, pid, err);
    if (out >= 0)
        close(out);
    return started;
}

bool process_run(const char *const argv[], const char *log, struct err *err)
{
    pid_t pid;
    int status = 0;
    struct arena arena;
    if (!process_start(argv, log, false, &pid, err))
        return false;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    arena_init(&arena);
    const char *tail = log == NULL ? "" : process_log_tail(&arena, log, 5);
    if (WIFSIGNALED(status))
        err_set(err, ERR_SYSTEM, "%s was ended by signal %d\n%s", argv[0], WTERMSIG(status), tail);
    else
        err_set(err, ERR_SYSTEM, "%s ended with status %d\n%s", argv[0], WEXITSTATUS(status), tail);
    arena_release(&arena);
    return false;
}

/* In clock ticks since the machine started; 0 where there is no such process, or only its zombie. */
static unsigned long long start_time(pid_t pid)
{
    char path[64], stat[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    size_t len = fread(stat, 1, sizeof stat - 1, file);
    fclose(file);
    stat[len] = '\0';
    char *after_name = strrchr(stat, ')'); /* the name may hold anything */
    char state = '\0';
    unsigned long long started = 0;
    if (after_name == NULL || sscanf(after_name + 1,
                                     " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
                                     "%*d %*d %llu",
                                     &state, &started) != 2)
        return 0;
    return state == 'Z' ? 0 : started;
}

bool process_remember(const char *file, pid_t pid, struct err *err)
{
    char text[64];
    int len = snprintf(text, sizeof text, "%d\n%llu\n", (int)pid, start_time(pid));
    return file_write(file, text, (size_t)len, err);
}

pid_t process_remembered(const char *file)
{
    int pid = 0;
    unsigned long long started = 0;
    FILE *in = fopen(file, "re");
    if (in == NULL)
        return 0;
    int got = fscanf(in, "%d %llu", &pid, &started);
    fclose(in);
    return got == 2 && pid > 0 && started != 0 && start_time(pid) == started ? pid : 0;
}

void process_end(const char *file, long patience_ms)
{
    int64_t begin = clock_mono_ns();
    pid_t pid = process_remembered(file);
    if (pid != 0)
        kill(pid, SIGTERM);
    while ((pid = process_remembered(file)) != 0) {
        if (clock_seconds_since(begin) * 1000 >= (double)patience_ms)
            kill(pid, SIGKILL);
        waitpid(pid, NULL, WNOHANG); /* where it is our child */
        clock_sleep_ms(20);
    }
    unlink(file);
}

char *process_log_tail(struct arena *arena, const char *file, int lines)
{
    struct buf text;
    struct err err;
    if (!file_read(arena, file, &text, &err))
        return arena_strdup(arena, "");
    size_t from = text.len;
    while (from > 0 && lines >= 0 && text.len - from < 1500) {
        from--;
        if (text.data[from] == '\n' && from + 1 < text.len)
            lines--;
    }
    return text.data + (from > 0 ? from + 1 : 0);
}
