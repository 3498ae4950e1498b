/*
 * export: the command `export`: a folder that Hugging Face transformers loads (config.json, model.safetensors,
 * tokenizer.json and what belongs to them), with a model card that says what the model is made of, how good it is, and
 * what it cost. Written beside the target and renamed when it is whole.
 */
#include "registry/report.h"

#include "lib/base/file.h"
#include "lib/base/json.h"
#include "lib/base/log.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define END_OF_TEXT "<|endoftext|>"

struct export
{
    struct session *session;
    const char *folder;
    struct version version;
    int64_t end_of_text; /* its id; -1: none */
    int64_t context;     /* longest sequence; 0: unknown */
};

static bool put_file(struct export *export, const char *name, const char *data, size_t len, struct err *err)
{
    return file_write(path_join(export->session->arena, export->folder, name), data, len, err);
}

static bool copy_artifact(struct export *export, const char *name, const struct digest *digest, struct err *err)
{
    struct map map;
    return store_map(&export->session->store, export->session->arena, digest, &map, err) &&
           put_file(export, name, map.data, map.size, err) && mapping_sound(err);
}

/* What of the configuration and the tokenizer the small files repeat. */
static bool read_facts(struct export *export, struct err *err)
{
    struct arena *arena = export->session->arena;
    struct map config_map, tokenizer_map;
    if (!store_map(&export->session->store, arena, &export->version.config, &config_map, err) ||
        !store_map(&export->session->store, arena, &export->version.tokenizer, &tokenizer_map, err))
        return false;
    json_t *config = json_read(arena, config_map.data, config_map.size, err), *token;
    json_t *tokenizer = config ? json_read(arena, tokenizer_map.data, tokenizer_map.size, err) : NULL;
    if (!tokenizer)
        return err_wrap(err, "%s v%lld", export->version.model, (long long)export->version.number);
    size_t i;
    export->end_of_text = -1;
    export->context = json_int_or(config, "n_positions", json_int_or(config, "max_position_embeddings", 0));
    json_array_foreach(json_object_get(tokenizer, "added_tokens"), i, token)
    {
        if (strcmp(json_text_or(token, "content", ""), END_OF_TEXT) == 0)
            export->end_of_text = json_int_or(token, "id", -1);
    }
    return true;
}

static bool put_json(struct export *export, const char *name, json_t *value, struct err *err)
{
    json_keep(export->session->arena, value);
    char *text = json_dumps(value, JSON_INDENT(2) | JSON_SORT_KEYS);
    if (!text)
        return err_set(err, ERR_SYSTEM, "no memory for %s", name);
    const char *copy = arena_printf(export->session->arena, "%s\n", text);
    free(text);
    return put_file(export, name, copy, strlen(copy), err);
}

static json_t *special_tokens(const struct export *export)
{
    json_t *object = json_object();
    static const char *const roles[] = {"bos_token", "eos_token", "unk_token", "pad_token"};
    for (size_t i = 0; i < sizeof roles / sizeof *roles && export->end_of_text >= 0; i++)
        json_object_set_new(object, roles[i], json_string(END_OF_TEXT));
    return object;
}

static bool put_settings(struct export *export, struct err *err)
{
    json_t *tokenizer = special_tokens(export), *generation = json_object();
    json_object_set_new(tokenizer, "tokenizer_class", json_string("PreTrainedTokenizerFast"));
    json_object_set_new(tokenizer, "clean_up_tokenization_spaces", json_false());
    json_object_set_new(tokenizer, "add_prefix_space", json_false());
    if (export->context > 0)
        json_object_set_new(tokenizer, "model_max_length", json_integer(export->context));
    if (export->end_of_text >= 0) {
        json_object_set_new(generation, "bos_token_id", json_integer(export->end_of_text));
        json_object_set_new(generation, "eos_token_id", json_integer(export->end_of_text));
        json_object_set_new(generation, "pad_token_id", json_integer(export->end_of_text));
    }
    json_object_set_new(generation, "do_sample", json_true());
    json_object_set_new(generation, "temperature", json_real(0.8));
    json_object_set_new(generation, "top_k", json_integer(50));
    return put_json(export, "tokenizer_config.json", tokenizer, err) &&
           put_json(export, "special_tokens_map.json", special_tokens(export), err) &&
           put_json(export, "generation_config.json", generation, err);
}

static bool put_provenance(struct export *export, struct err *err)
{
    struct rows rows;
    struct digest digest;
    struct session *session = export->session;
    if (!ledger_exec(session->ledger, session->arena, STATEMENT_REGISTRY_PROVENANCE, PARAMS(export->version.id), &rows,
                     err))
        return false;
    if (rows.count == 0 || !row_digest(&rows, 0, 0, &digest))
        return true; /* registered by something else than a release task */
    return copy_artifact(export, "provenance.json", &digest, err);
}

static bool write_files(struct export *export, struct err *err)
{
    struct report report;
    struct buf card;
    buf_init(&card, export->session->arena);
    if (!report_gather(export->session, &export->version, &report, err))
        return false;
    report_card(&report, &card);
    return copy_artifact(export, "model.safetensors", &export->version.weights, err) &&
           copy_artifact(export, "config.json", &export->version.config, err) &&
           copy_artifact(export, "tokenizer.json", &export->version.tokenizer, err) && read_facts(export, err) &&
           put_settings(export, err) && put_provenance(export, err) &&
           put_file(export, "README.md", card.data, card.len, err);
}

/* A folder that holds something is never written over. */
static bool check_target(const char *path, struct err *err)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    int entries = 0;
    if (!folder)
        return !file_exists(path) || err_set(err, ERR_USAGE, "%s is not a folder", path);
    while ((entry = readdir(folder)))
        entries += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(folder);
    if (entries > 0)
        return err_set(err, ERR_USAGE, "the folder %s is not empty; choose another, or empty it", path);
    return rmdir(path) == 0 || err_errno(err, "cannot use the folder %s", path);
}

bool command_export(struct session *session, struct err *err)
{
    struct export export = {.session = session};
    size_t len = strlen(session->arguments[1]);
    while (len > 1 && session->arguments[1][len - 1] == '/')
        len--;
    const char *target = arena_strndup(session->arena, session->arguments[1], len);
    export.folder = arena_printf(session->arena, "%s.part", target);
    if (!find_version(session, session->arguments[0], &export.version, err) || !check_target(target, err) ||
        (file_exists(export.folder) && !folder_remove(export.folder, err)) || !folder_make(export.folder, err))
        return false;
    if (!write_files(&export, err)) {
        struct err ignored;
        if (!folder_remove(export.folder, &ignored)) /* the first failure is the one to tell */
            log_line(LOG_WARN, "%s", ignored.text);
        return false;
    }
    if (rename(export.folder, target) != 0)
        return err_errno(err, "cannot rename %s to %s", export.folder, target);
    if (session->json) {
        struct buf path;
        buf_init(&path, session->arena);
        buf_json(&path, target, strlen(target));
        fprintf(session->out, "{\"model\":\"%s\",\"version\":%lld,\"folder\":%s}\n", export.version.model,
                (long long)export.version.number, path.data);
    } else {
        fprintf(session->out, "%s v%lld is in %s\n", export.version.model, (long long)export.version.number, target);
    }
    return true;
}
