/* worker_site: see worker_site.h. The file is JSON, and so YAML: a definition of which a worker reads `site:`. */
#include "pipelines/worker_site.h"

#include "lib/base/digest.h"
#include "lib/base/file.h"
#include "lib/base/json.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the runner alone heeds; and a stage's workers are told of their own number only, which says how many threads
 * each has. */
static bool matters(const struct option *option)
{
    static const char *const others[] = {"partitions", "replication", "min_insync_replicas",
                                         "keep",       "prices.",     "workers."};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (text_ends(others[i], ".") ? text_starts(option->path, others[i]) : text_equal(option->path, others[i]))
            return false;
    return true;
}

/* As a person would write it. */
static json_t *written(struct arena *arena, const struct option *option, const struct site *site)
{
    json_t *value = json_keep(arena, option_json(option, arena, site));
    if (option->type == OPTION_DURATION)
        return json_string(arena_printf(arena, "%lldms", (long long)json_integer_value(value)));
    return json_incref(value);
}

static json_t *settings_of(struct arena *arena, const struct site *site, const char *stage)
{
    json_t *settings = json_keep(arena, json_object());
    for (const struct option *option = site_section.options; option->type != OPTION_END; option++)
        if (matters(option))
            json_object_set_new(settings, option->path, written(arena, option, site));
    if (site_kafka(site) != SITE_KAFKA_CLUSTER)
        json_object_set_new(settings, "kafka",
                            json_string(site_kafka(site) == SITE_KAFKA_APACHE ? "apache" : "embedded"));
    if (site->threads == 0)
        json_object_set_new(settings, "workers", json_pack("{s:I}", stage, (json_int_t)site_worker_count(site, stage)));
    return settings;
}

bool worker_site_keep(struct arena *arena, const char *folder, const struct site *site, const char *given,
                      const char *stage, const char **file, struct err *err)
{
    char hex[DIGEST_HEX];
    const char *text = json_canonical(
        arena,
        json_keep(arena, json_pack("{s:O, s:s}", "site", settings_of(arena, site, stage), "started_for", given)));
    struct digest digest = digest_of(text, strlen(text));
    digest_hex(&digest, hex);
    *file = arena_printf(arena, "%s/site-%.16s.yaml", folder, hex);
    return file_exists(*file) || file_write_private(*file, text, strlen(text), err);
}

void worker_site_forget(struct arena *arena, const char *folder)
{
    const struct dirent *entry;
    DIR *list = opendir(folder);
    while (list != NULL && (entry = readdir(list)) != NULL)
        if (text_starts(entry->d_name, "site-") && text_ends(entry->d_name, ".yaml"))
            unlink(path_join(arena, folder, entry->d_name));
    if (list != NULL)
        closedir(list);
}

/* The file behind "--state DIR", which is how a worker is started here. */
static const char *file_of(struct arena *arena, pid_t pid)
{
    struct buf line;
    struct err ignored;
    if (!file_read(arena, arena_printf(arena, "/proc/%d/cmdline", (int)pid), &line, &ignored))
        return NULL;
    const char *word = line.data, *end = line.data + line.len;
    for (int i = 0; i < 3 && word < end; i++)
        word += strlen(word) + 1;
    return word < end ? word : NULL;
}

static json_t *read_file(struct arena *arena, const char *file)
{
    struct buf text;
    struct err ignored;
    return file != NULL && file_read(arena, file, &text, &ignored) ? json_read(arena, text.data, text.len, &ignored)
                                                                   : NULL;
}

static bool same_file(const char *one, const char *other)
{
    struct stat first, second;
    return one != NULL && other != NULL && stat(one, &first) == 0 && stat(other, &second) == 0 &&
           first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

static bool same_ledger(const json_t *one, const json_t *other)
{
    return json_equal(json_object_get(one, "postgres"), json_object_get(other, "postgres"));
}

void worker_site_look(struct arena *arena, pid_t pid, const struct site *site, const char *given, const char *stage,
                      struct worker_site *look)
{
    struct site now;
    struct err ignored;
    const json_t *kept = read_file(arena, file_of(arena, pid)), *settings = json_object_get(kept, "site");
    json_t *wanted = settings_of(arena, site, stage);
    *look = (struct worker_site){.given = json_string_value(json_object_get(kept, "started_for"))};
    if (look->given == NULL || json_equal(settings, wanted))
        return;
    look->other = true;
    look->elsewhere = !same_ledger(settings, wanted);
    look->ours = strcmp(look->given, given) == 0;
    if (!site_read(arena, *look->given != '\0' ? look->given : NULL, site->state, &now, &ignored))
        return;
    look->changed = !json_equal(settings, settings_of(arena, &now, stage));
    look->ours = look->ours || same_file(now.file, site->file);
}
