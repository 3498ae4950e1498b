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

enum { LOG_TAIL = 1500 };

struct child {
    const char *const *argv;
    int out;      /* of its output; -1: ours */
    int gate[2];  /* a service waits at [0] until it is remembered; -1: no service */
    int tells[2]; /* it writes errno to [1] where it cannot become argv */
    pid_t pid;
};

/* In the child: what keeps it from becoming argv is told (errno). */
__attribute__((noreturn)) static void give_up(const struct child *child)
{
    int reason = errno;
    ssize_t told = write(child->tells[1], &reason, sizeof reason);
    _exit(told == (ssize_t)sizeof reason ? 127 : 126);
}

/* A service whose parent was killed before it was remembered hears the end of the file, and ends. */
static void await_gate(const struct child *child)
{
    char go;
    ssize_t got;
    setsid();
    close(child->gate[1]);
    while ((got = read(child->gate[0], &go, 1)) < 0 && errno == EINTR)
        continue;
    if (got == 0)
        _exit(127);
    if (got < 0)
        give_up(child);
}

/* In the child: redirect, detach, become argv. Only async-signal-safe calls. */
static void become(const struct child *child)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0)
        give_up(child);
    if (child->out >= 0 && (dup2(child->out, STDOUT_FILENO) < 0 || dup2(child->out, STDERR_FILENO) < 0))
        give_up(child);
    if (child->gate[0] >= 0)
        await_gate(child);
    execvp(child->argv[0],
           (char *const *)(uintptr_t)child->argv); /* it changes nothing; its type is older than const */
    give_up(child);
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

/* In clock ticks since the machine started; 0 where there is no such process, or only its zombie. False (errno) where
 * the system does not tell. */
static bool start_time(pid_t pid, unsigned long long *started)
{
    char path[64], stat[1024];
    *started = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return errno == ENOENT || errno == ESRCH;
    errno = 0;
    size_t len = fread(stat, 1, sizeof stat - 1, file);
    int reason = errno;
    fclose(file);
    errno = reason;
    if (len == 0)
        return errno == ESRCH; /* it ended meanwhile */
    stat[len] = '\0';
    char *after_name = strrchr(stat, ')'); /* the name may hold anything */
    char state = '\0';
    if (after_name == NULL ||
        sscanf(after_name + 1,
               " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
               "%*d %*d %llu",
               &state, started) != 2 ||
        state == 'Z')
        *started = 0;
    return true;
}

static bool remember(const char *file, pid_t pid, struct err *err)
{
    char text[64];
    unsigned long long started;
    if (!start_time(pid, &started))
        return err_errno(err, "cannot look at process %d", (int)pid);
    int len = snprintf(text, sizeof text, "%d\n%llu\n", (int)pid, started);
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

static void close_gate(const struct child *child)
{
    if (child->gate[0] < 0)
        return;
    close(child->gate[0]);
    close(child->gate[1]);
}

static bool fork_child(struct child *child, const char *file, struct err *err)
{
    const char *name = child->argv[0];
    if (file != NULL && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, child->gate) != 0)
        return err_errno(err, "cannot start %s", name);
    if (pipe2(child->tells, O_CLOEXEC) != 0) {
        err_errno(err, "cannot start %s", name);
        close_gate(child);
        return false;
    }
    child->pid = fork();
    if (child->pid == 0)
        become(child);
    int reason = child->pid < 0 ? errno : 0;
    close(child->tells[1]);
    if (child->pid < 0)
        close_gate(child);
    bool known = child->pid < 0 || file == NULL || open_gate(child, file, err);
    if (child->pid > 0)
        reason = child_failure(child->tells[0]);
    close(child->tells[0]);
    if (known && reason == 0)
        return true;
    while (child->pid > 0 && waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
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

/* Where a parent of ours passes over its children's ends, the system does not tell how they ended. */
static bool await_end(const struct child *child, int *status, struct err *err)
{
    pid_t ended;
    while ((ended = waitpid(child->pid, status, 0)) < 0 && errno == EINTR)
        continue;
    return ended == child->pid || err_errno(err, "cannot wait for %s", child->argv[0]);
}

bool process_run(const char *const argv[], const char *log, struct err *err)
{
    struct child child;
    int status = 0;
    struct arena arena;
    if (!start(&child, argv, log, NULL, err) || !await_end(&child, &status, err))
        return false;
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

/* The process of a service, 0 where it does not run; false where that cannot be told. */
static bool find(const char *file, pid_t *found)
{
    int pid = 0;
    unsigned long long remembered = 0, started = 0;
    *found = 0;
    FILE *in = fopen(file, "re");
    if (in == NULL)
        return errno == ENOENT || errno == ENOTDIR;
    int got = fscanf(in, "%d %llu", &pid, &remembered);
    fclose(in);
    if (got != 2 || pid <= 0 || remembered == 0)
        return true;
    if (!start_time(pid, &started))
        return false;
    if (started == remembered)
        *found = pid;
    return true;
}

pid_t process_remembered(const char *file)
{
    pid_t pid;
    (void)!find(file, &pid);
    return pid;
}

void process_end(const char *file, long patience_ms)
{
    pid_t pid, ended = 0;
    int64_t begin = clock_mono_ns();
    bool told = find(file, &pid);
    if (told && pid != 0 && kill(pid, SIGTERM) != 0 && errno == EPERM)
        return;
    while (!told || pid != 0) {
        bool late = clock_seconds_since(begin) * 1000 >= (double)patience_ms;
        if (late && (!told || (kill(pid, SIGKILL) != 0 && errno == EPERM)))
            return;
        ended = pid != 0 ? pid : ended;
        clock_sleep_ms(20);
        told = find(file, &pid);
    }
    if (ended != 0)
        waitpid(ended, NULL, WNOHANG); /* where it is our child */
    unlink(file);
}

/* A log may be as long as the disk. */
static size_t read_end(const char *file, char *text, size_t room)
{
    FILE *in = fopen(file, "re");
    if (in == NULL)
        return 0;
    (void)!fseek(in, -(long)room, SEEK_END); /* a shorter one is read from its beginning */
    size_t len = fread(text, 1, room, in);
    fclose(in);
    return len;
}

char *process_log_tail(struct arena *arena, const char *file, int lines)
{
    char text[LOG_TAIL];
    size_t len = read_end(file, text, sizeof text);
    while (len > 0 && text[len - 1] == '\n')
        len--;
    size_t from = len;
    while (from > 0 && lines > 0)
        lines -= text[--from] == '\n';
    if (from < len && text[from] == '\n')
        from++;
    return arena_strndup(arena, text + from, len - from);
}
