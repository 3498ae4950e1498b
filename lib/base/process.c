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
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct child {
    const char *const *argv;
    int out;      /* of its output; -1: ours */
    int gate[2];  /* a service waits at [0] until it is remembered; -1: no service */
    int tells[2]; /* it writes errno to [1] where it cannot become argv */
    pid_t pid;
};

/* A service whose parent was killed before it was remembered hears the end of the file, and ends. */
static void await_gate(const struct child *child)
{
    char go;
    ssize_t got;
    setsid();
    close(child->gate[1]);
    while ((got = read(child->gate[0], &go, 1)) < 0 && errno == EINTR)
        continue;
    if (got != 1)
        _exit(127);
}

/* In the child: redirect, detach, become argv. Only async-signal-safe calls. Reports errno through `tells`. */
static void become(const struct child *child)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing >= 0)
        dup2(nothing, STDIN_FILENO);
    if (child->out >= 0) {
        dup2(child->out, STDOUT_FILENO);
        dup2(child->out, STDERR_FILENO);
    }
    if (child->gate[0] >= 0)
        await_gate(child);
    execvp(child->argv[0],
           (char *const *)(uintptr_t)child->argv); /* it changes nothing; its type is older than const */
    int reason = errno;
    ssize_t told = write(child->tells[1], &reason, sizeof reason);
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

static bool remember(const char *file, pid_t pid, struct err *err)
{
    char text[64];
    int len = snprintf(text, sizeof text, "%d\n%llu\n", (int)pid, start_time(pid));
    return file_write(file, text, (size_t)len, err);
}

/* The child may have been killed meanwhile, which the next one who asks for it will see. */
static bool open_gate(struct child *child, const char *file, struct err *err)
{
    close(child->gate[0]);
    bool remembered = remember(file, child->pid, err);
    if (remembered)
        (void)!send(child->gate[1], "", 1, MSG_NOSIGNAL);
    close(child->gate[1]);
    return remembered;
}

static bool fork_child(struct child *child, const char *file, struct err *err)
{
    const char *name = child->argv[0];
    if (file != NULL && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, child->gate) != 0)
        return err_errno(err, "cannot start %s", name);
    if (pipe2(child->tells, O_CLOEXEC) != 0)
        return err_errno(err, "cannot start %s", name);
    child->pid = fork();
    if (child->pid == 0)
        become(child);
    int reason = child->pid < 0 ? errno : 0;
    close(child->tells[1]);
    bool known = child->pid < 0 || file == NULL || open_gate(child, file, err);
    if (child->pid > 0)
        reason = child_failure(child->tells[0]);
    close(child->tells[0]);
    if (known && reason == 0)
        return true;
    if (child->pid > 0)
        waitpid(child->pid, NULL, 0);
    if (!known)
        return err_wrap(err, "cannot start %s", name);
    errno = reason;
    return err_errno(err, "cannot start %s", name);
}

static bool start(struct child *child, const char *const argv[], const char *log, const char *file, struct err *err)
{
    *child = (struct child){.argv = argv, .out = -1, .gate = {-1, -1}};
    if (log != NULL && (child->out = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) < 0)
        return err_errno(err, "cannot write the log %s", log);
    bool started = fork_child(child, file, err);
    if (child->out >= 0)
        close(child->out);
    return started;
}

bool process_serve(const char *const argv[], const char *log, const char *file, struct err *err)
{
    struct child child;
    return start(&child, argv, log, file, err);
}

bool process_run(const char *const argv[], const char *log, struct err *err)
{
    struct child child;
    int status = 0;
    struct arena arena;
    if (!start(&child, argv, log, NULL, err))
        return false;
    while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR)
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
