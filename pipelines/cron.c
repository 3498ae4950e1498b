/* cron: the line of a crontab for the schedule of a definition. */
#include "lib/base/file.h"
#include "pipelines/command.h"
#include "pipelines/load.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A path as one word of a crontab's command: the shell's quotes, and cron's own '%'. */
static void quote(struct buf *out, const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+,:@=";
    bool bare = path[strspn(path, plain)] == '\0';
    if (!bare)
        buf_char(out, '\'');
    for (const char *p = path; *p != '\0'; p++) {
        if (*p == '\'')
            buf_text(out, "'\\''");
        else if (*p == '%')
            buf_text(out, "\\%");
        else
            buf_char(out, *p);
    }
    if (!bare)
        buf_char(out, '\'');
}

static void add_days(struct buf *out, const struct texts *days)
{
    if (days->count == 0)
        buf_char(out, '*');
    for (size_t i = 0; i < days->count; i++)
        buf_printf(out, "%s%s", i > 0 ? "," : "", days->item[i]);
}

/* The name of the machine's time zone, "UTC" where it has none. */
static const char *machine_zone(struct arena *arena)
{
    static const char above[] = "/zoneinfo/";
    char target[PATH_MAX];
    ssize_t len = readlink("/etc/localtime", target, sizeof target - 1);
    target[len > 0 ? len : 0] = '\0';
    const char *zone = strstr(target, above);
    if (zone == NULL)
        return "UTC";
    zone += strlen(above);
    return text_starts(zone, "Etc/") ? arena_strdup(arena, zone + strlen("Etc/")) : arena_strdup(arena, zone);
}

/* " /usr/bin/tidemill run --quiet --state DIR FILE" */
static void add_command(struct buf *out, const char *program, const char *state, const char *file)
{
    buf_char(out, ' ');
    quote(out, program);
    buf_text(out, " run --quiet --state ");
    quote(out, state);
    buf_char(out, ' ');
    quote(out, file);
}

static bool own_path(char path[PATH_MAX], struct err *err)
{
    ssize_t len = readlink("/proc/self/exe", path, PATH_MAX - 1);
    if (len < 0)
        return err_errno(err, "cannot find the path of this program");
    path[len] = '\0';
    return true;
}

bool cron_command(struct session *session, struct err *err)
{
    struct loaded loaded;
    const char *report, *state;
    char file[PATH_MAX], program[PATH_MAX];
    const struct arguments *arguments = &session->arguments;
    if (!load_definition(&loaded, session->arena, arguments->operands[0], NULL, arguments->state, &report, err))
        return false;
    const struct schedule *schedule = &loaded.schedule;
    if (schedule->at == NULL)
        return err_set(err, ERR_DEFINITION,
                       "%s: has no schedule; add for example: schedule: {at: \"02:30\", zone: UTC}",
                       arguments->operands[0]);
    if (realpath(arguments->operands[0], file) == NULL)
        return err_errno(err, "%s", arguments->operands[0]);
    if (!own_path(program, err) || !site_state(session->arena, arguments->state, &state, err))
        return false;
    struct buf line;
    buf_init(&line, session->arena);
    if (strcmp(schedule->zone, machine_zone(session->arena)) != 0) /* Debian's own cron keeps to the machine's zone */
        buf_printf(
            &line,
            "# in the zone %s, which the machine is not in: needs a cron that knows CRON_TZ (cronie)\nCRON_TZ=%s\n",
            schedule->zone, schedule->zone);
    buf_printf(&line, "%.2s %.2s * * ", schedule->at + 3, schedule->at);
    add_days(&line, &schedule->days);
    add_command(&line, program, state, file);
    if (schedule->missed == MISSED_RUN) {
        buf_text(&line, "\n@reboot"); /* the machine was off at the time; a slot that was run is not run again */
        add_command(&line, program, state, file);
    }
    puts(line.data);
    return true;
}
