/*
 * command: what a user can ask of an exported folder (config.json, model.safetensors, tokenizer.json).
 *
 *   tidemill-evaluate logits DIR TEXT | --ids 1,2,3      {"ids":[...],"logits":[[...], ...]} on standard output
 *   tidemill-evaluate generate DIR PROMPT [--tokens N] [--temperature T] [--top-k K] [--seed S]
 *
 * Logits are printed so that nothing is lost (9 digits), to be held against another program's. Both print their errors,
 * because nobody stands above them.
 */
#include "evaluate/evaluate.h"

#include "evaluate/sample.h"
#include "lib/base/mapping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct folder {
    struct model *model;
    struct tokenizer *tokenizer;
};

static const char usage[] =
    "usage: tidemill-evaluate logits DIR TEXT\n"
    "       tidemill-evaluate logits DIR --ids 1,2,3\n"
    "       tidemill-evaluate generate DIR PROMPT [--tokens 64] [--temperature 0.8] [--top-k 50]"
    " [--seed 1]\n";

static bool load_folder(struct arena *arena, const char *path, struct folder *folder, struct err *err)
{
    struct map config, tokenizer, *weights = ARENA_NEW(arena, struct map);
    if (!file_map(arena, path_join(arena, path, "config.json"), &config, err) ||
        !file_map(arena, path_join(arena, path, "tokenizer.json"), &tokenizer, err) ||
        !file_map(arena, path_join(arena, path, "model.safetensors"), weights, err))
        return false;
    folder->model = model_load(arena, config.data, config.size, weights, NULL, err);
    if (folder->model == NULL)
        return err_wrap(err, "%s", path);
    folder->tokenizer = tokenizer_load(arena, tokenizer.data, tokenizer.size, err);
    return folder->tokenizer != NULL || err_wrap(err, "%s/tokenizer.json", path);
}

static bool parse_count(const char *option, const char *text, int64_t *value, struct err *err)
{
    return quantity_count(text, value) || err_set(err, ERR_USAGE, "%s: \"%s\" is not a whole number", option, text);
}

static bool parse_ids(struct arena *arena, const char *text, const struct model *model, int32_t **ids, size_t *count,
                      struct err *err)
{
    struct texts parts = text_split(arena, text, ',');
    *ids = ARENA_ARRAY(arena, int32_t, parts.count);
    *count = parts.count;
    for (size_t i = 0; i < parts.count; i++) {
        int64_t id;
        if (!parse_count("--ids", parts.item[i], &id, err))
            return false;
        if (id < 0 || id >= model_vocabulary(model))
            return err_set(err, ERR_USAGE, "--ids: %lld is not in [0, %lld)", (long long)id,
                           (long long)model_vocabulary(model));
        (*ids)[i] = (int32_t)id;
    }
    return true;
}

static void encode(struct arena *arena, const struct folder *folder, const char *text, int32_t **ids, size_t *count)
{
    size_t bytes = strlen(text);
    *ids = ARENA_ARRAY(arena, int32_t, bytes + 1);
    *count = tokenizer_encode(tokenizer_cache_new(arena, folder->tokenizer), text, bytes, *ids);
}

static void print_logits(const int32_t *ids, size_t count, const float *logits, size_t vocabulary)
{
    printf("{\"ids\":[");
    for (size_t i = 0; i < count; i++)
        printf("%s%d", i ? "," : "", ids[i]);
    printf("],\"logits\":[");
    for (size_t i = 0; i < count; i++) {
        printf("%s[", i ? "," : "");
        for (size_t v = 0; v < vocabulary; v++)
            printf("%s%.9g", v ? "," : "", (double)logits[i * vocabulary + v]);
        printf("]");
    }
    printf("]}\n");
}

static bool logits_command(struct arena *arena, int argc, char **argv, struct err *err)
{
    bool given = argc == 5 && strcmp(argv[3], "--ids") == 0;
    if (argc != 4 && !given)
        return err_set(err, ERR_USAGE, "%s", usage);
    struct folder folder;
    int32_t *ids;
    size_t count;
    if (!load_folder(arena, argv[2], &folder, err))
        return false;
    if (!given)
        encode(arena, &folder, argv[3], &ids, &count);
    else if (!parse_ids(arena, argv[4], folder.model, &ids, &count, err))
        return false;
    if (count == 0 || count > (size_t)model_context(folder.model))
        return err_set(err, ERR_USAGE, "%zu tokens; the model takes 1 to %lld at once", count,
                       (long long)model_context(folder.model));
    size_t vocabulary = (size_t)model_vocabulary(folder.model);
    float *logits = ARENA_ARRAY(arena, float, count *vocabulary);
    if (!model_logits(folder.model, ids, count, logits, err))
        return false;
    print_logits(ids, count, logits, vocabulary);
    return true;
}

struct wish {
    int64_t tokens, top_k, seed;
    double temperature;
};

static bool parse_wish(struct wish *wish, int argc, char **argv, struct err *err)
{
    for (int i = 4; i < argc; i += 2) {
        const char *option = argv[i], *value = i + 1 < argc ? argv[i + 1] : "";
        int64_t *count = strcmp(option, "--tokens") == 0  ? &wish->tokens
                         : strcmp(option, "--top-k") == 0 ? &wish->top_k
                         : strcmp(option, "--seed") == 0  ? &wish->seed
                                                          : NULL;
        char *end;
        if (count != NULL) {
            if (!parse_count(option, value, count, err))
                return false;
        } else if (strcmp(option, "--temperature") == 0) {
            wish->temperature = strtod(value, &end);
            if (end == value || *end != '\0' || !(wish->temperature >= 0))
                return err_set(err, ERR_USAGE, "--temperature: \"%s\" is not a number from 0 up", value);
        } else {
            return err_set(err, ERR_USAGE, "unknown option %s\n%s", option, usage);
        }
    }
    if (wish->tokens < 1 || wish->tokens > 1000000 || wish->top_k < 0)
        return err_set(err, ERR_USAGE, "--tokens is from 1 to 1000000, --top-k from 0 up");
    return true;
}

static bool generate_command(struct arena *arena, int argc, char **argv, struct err *err)
{
    struct wish wish = {.tokens = 64, .top_k = 50, .seed = 1, .temperature = 0.8};
    if (argc < 4)
        return err_set(err, ERR_USAGE, "%s", usage);
    struct folder folder;
    if (!parse_wish(&wish, argc, argv, err) || !load_folder(arena, argv[2], &folder, err))
        return false;
    int32_t *ids, *prompt, end = tokenizer_end_of_text(folder.tokenizer);
    size_t count, written, most = (size_t)wish.tokens;
    encode(arena, &folder, argv[3], &ids, &count);
    prompt = ARENA_ARRAY(arena, int32_t, count + 1);
    prompt[0] = end; /* a document begins after one */
    memcpy(prompt + 1, ids, count * sizeof *ids);
    size_t from = end < 0 ? 1u : 0u;
    int32_t *out = ARENA_ARRAY(arena, int32_t, most);
    struct sampler sampler = {.temperature = wish.temperature, .top_k = wish.top_k, .seed = (uint64_t)wish.seed};
    if (!model_generate(folder.model, prompt + from, count + 1 - from, &sampler, end, out, most, &written, err))
        return false;
    printf("%s%s\n", argv[3], sample_text(arena, folder.tokenizer, out, written));
    return true;
}

bool evaluate_command(int argc, char **argv, int *status)
{
    bool (*command)(struct arena *, int, char **, struct err *) = NULL;
    if (argc > 1 && strcmp(argv[1], "logits") == 0)
        command = logits_command;
    else if (argc > 1 && strcmp(argv[1], "generate") == 0)
        command = generate_command;
    if (command == NULL)
        return false;
    struct arena arena;
    struct err err;
    arena_init(&arena);
    bool done = command(&arena, argc, argv, &err);
    arena_release(&arena);
    if (done && fflush(stdout) != 0)
        done = err_errno(&err, "standard output");
    if (!done)
        fprintf(stderr, "tidemill-evaluate: %s\n", err.text);
    *status = done ? 0 : err_status(err.code);
    return true;
}
