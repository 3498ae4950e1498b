/* doctor_machine: this machine's programs, folders and space, and what killed processes left in the state folder. */
#include "lib/base/clock.h"
#include "lib/base/file.h"
#include "lib/base/process.h"
#include "lib/ledger/cluster.h"
#include "pipelines/doctor.h"
#include "pipelines/format.h"
#include "pipelines/outdated.h"
#include "pipelines/sections.h"
#include "pipelines/stages.h"
#include "pipelines/version.h"
#include "pipelines/workers.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

/* PostgreSQL alone keeps segments of 16 MiB, some of them ahead; a training keeps two checkpoints. */
static const double BAD_BYTES = 200e6, LOW_BYTES = 2e9, LOW_SHARE = 0.05, ANSWER_SECONDS = 3;

static void programs(struct doctor *doctor)
{
    struct err err;
    const char *path;
    for (size_t i = 0; stages[i] != NULL; i++)
        if (!stage_program(doctor->arena, stages[i]->name, &path, &err)) {
            finding_bad(&doctor->findings, "programs", err.code, "install Tidemill again: make install", "%s",
                        err.text);
            return;
        }
    finding_ok(&doctor->findings, "programs", "Tidemill %s, all stages", CODE_VERSION);
}

/* The folder, or the nearest above it that is there. */
static const char *nearest(struct arena *arena, const char *folder)
{
    while (!file_exists(folder) && strcmp(folder, "/") != 0)
        folder = path_folder(arena, folder);
    return folder;
}

static bool space_of(struct doctor *doctor, const char *check, const char *folder)
{
    struct statvfs info;
    if (statvfs(folder, &info) != 0)
        return true;
    double left = (double)info.f_bavail * (double)info.f_frsize, all = (double)info.f_blocks * (double)info.f_frsize;
    const char *text = format_bytes(doctor->arena, left);
    const char *remedy = "make room, or choose another place (--state, site.store)";
    if (left < BAD_BYTES || (info.f_files > 0 && info.f_favail == 0))
        finding_bad(&doctor->findings, check, ERR_SYSTEM, remedy, "%s and %llu files are left on the disk of %s", text,
                    (unsigned long long)info.f_favail, folder);
    else if (left < LOW_BYTES || left < all * LOW_SHARE)
        finding_warning(&doctor->findings, check, remedy, "%s are left on the disk of %s", text, folder);
    else
        return false;
    return true;
}

/* False where nobody answers: a network file system whose server is away holds who asks it, even against SIGKILL. So a
 * child asks, which holds nothing of ours and is left behind. */
static bool answers(const char *path)
{
    int64_t begin = clock_mono_ns();
    pid_t child = fork();
    if (child == 0) {
        struct statvfs info;
        for (int fd = 0; fd <= STDERR_FILENO; fd++)
            close(fd);
        _exit(statvfs(path, &info) != 0);
    }
    while (child > 0 && waitpid(child, NULL, WNOHANG) == 0) {
        if (clock_seconds_since(begin) > ANSWER_SECONDS) {
            kill(child, SIGKILL);
            return false;
        }
        clock_sleep_ms(5);
    }
    return true;
}

/* Writable, or not there yet in a place that is; with room. False where it does not answer. */
static bool folder(struct doctor *doctor, const char *check, const char *path)
{
    if (!answers(path)) {
        finding_bad(&doctor->findings, check, ERR_SYSTEM,
                    "see whether the server of that network file system can be reached; what waits for it then goes on",
                    "%s does not answer for %g s", path, ANSWER_SECONDS);
        return false;
    }
    const char *there = nearest(doctor->arena, path);
    if (access(path_join(doctor->arena, there, "."), W_OK | X_OK) != 0)
        finding_bad(&doctor->findings, check, ERR_SYSTEM,
                    "give it to the user who runs tidemill, or choose another place (--state, site.store)",
                    "%s cannot be written: %s", there, strerror(errno));
    else if (!space_of(doctor, check, there))
        finding_ok(&doctor->findings, check, "%s%s", path, there == path ? "" : ", not made yet");
    return true;
}

static void private_server(struct doctor *doctor)
{
    struct err err;
    if (site_postgres_embedded(doctor->site) && !cluster_possible(doctor->site->state, &err))
        finding_bad(&doctor->findings, "server", err.code, NULL, "%s", err.text);
}

/* The names of files of dead processes, and how many. */
static size_t stale(struct doctor *doctor, const char *pattern, const char **first)
{
    glob_t found;
    size_t count = 0;
    if (glob(arena_printf(doctor->arena, "%s/%s", doctor->site->state, pattern), 0, NULL, &found) != 0)
        return 0;
    for (size_t i = 0; i < found.gl_pathc; i++)
        if (process_remembered(found.gl_pathv[i]) == 0 && count++ == 0)
            *first = arena_strdup(doctor->arena, found.gl_pathv[i]);
    globfree(&found);
    return count;
}

static void pid_files(struct doctor *doctor)
{
    const char *first = NULL;
    const char *postmaster = path_join(doctor->arena, doctor->site->state, "postgres/data/postmaster.pid");
    size_t count = stale(doctor, "workers/*.pid", &first) + stale(doctor, "kafka/pid", &first);
    if (file_exists(postmaster) && cluster_running(doctor->arena, doctor->site->state) == NULL) {
        first = postmaster;
        count++;
    }
    if (count > 0)
        finding_warning(&doctor->findings, "processes",
                        "their logs in log/ say why; tidemill run and tidemill up start them again, tidemill down "
                        "removes the files",
                        "%zu died or were killed and left a pid file; the first: %s", count, first);
    else
        finding_ok(&doctor->findings, "processes", "none left a pid file behind");
}

static const char *of_file(struct doctor *doctor, const char *given)
{
    return *given != '\0' ? arena_printf(doctor->arena, " %s", given) : "";
}

/* Those of before an upgrade, or of before their settings were changed. */
static void outdated_workers(struct doctor *doctor, const struct workers *workers)
{
    struct outdated outdated = outdated_find(workers->arena, workers->folder, workers->site, workers->given, NULL);
    if (outdated.program > 0)
        finding_warning(&doctor->findings, "workers", "tidemill up replaces them, as does the next tidemill run",
                        "%zu run another version or installation of their program than is installed beside tidemill",
                        outdated.program);
    if (outdated.changed > 0) {
        const char *given = of_file(doctor, outdated.given[0]);
        finding_warning(&doctor->findings, "workers",
                        arena_printf(doctor->arena, "tidemill up%s replaces them, as does the next run with it", given),
                        "%zu go on with site settings that have changed since they were started", outdated.changed);
    }
    if (outdated.other > 0)
        finding_warning(
            &doctor->findings, "workers",
            arena_printf(doctor->arena, "tidemill down and then tidemill up %s give them these", workers->given),
            "%zu were started for other site settings, of%s", outdated.other,
            *outdated.given[1] != '\0' ? of_file(doctor, outdated.given[1]) : " no file");
}

/* Those too that `tidemill up` was to leave running and that ended. */
static void all_workers(struct doctor *doctor)
{
    struct workers workers;
    struct err ignored;
    if (!file_exists(path_join(doctor->arena, doctor->site->state, "workers")) ||
        !workers_open(&workers, doctor->arena, doctor->site, doctor->file, &ignored))
        return;
    size_t missing = workers_missing(&workers);
    outdated_workers(doctor, &workers);
    if (missing > 0)
        finding_warning(&doctor->findings, "workers",
                        "tidemill up starts them again, every minute too (docs/operations.md, Several machines); their "
                        "logs in log/ say why they ended",
                        "%zu of the %zu that site.workers wants here do not run", missing, workers.count);
}

static void damaged(struct doctor *doctor)
{
    size_t count = 0;
    const char *path = path_join(doctor->arena, doctor->site->store, "damaged");
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;)
        count += entry->d_name[0] != '.';
    if (dir != NULL)
        closedir(dir);
    if (count > 0)
        finding_warning(
            &doctor->findings, "artifacts",
            "look at the disk; the next run that needs them makes them again; tidemill gc --delete frees old ones",
            "%zu damaged ones were set aside in %s", count, path);
    else
        finding_ok(&doctor->findings, "artifacts", "none was found damaged (tidemill registry verify reads all)");
}

void doctor_machine(struct doctor *doctor)
{
    programs(doctor);
    folder(doctor, "state", doctor->site->state);
    folder(doctor, "logs", path_join(doctor->arena, doctor->site->state, "log"));
    doctor->store = folder(doctor, "store", doctor->site->store);
    private_server(doctor);
    pid_files(doctor);
    all_workers(doctor);
    if (doctor->store)
        damaged(doctor);
}
