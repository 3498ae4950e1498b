/* fixture: a task of train.fit made by hand: a tokenizer of bytes, token shards of a text that repeats with variations.
 */
#ifndef TESTS_UNIT_TRAIN_FIXTURE_H
#define TESTS_UNIT_TRAIN_FIXTURE_H

#include "lib/nn/random.h"
#include "lib/text/byte_level.h"
#include "lib/text/token_shard.h"
#include "tests/unit/tap.h"
#include "train/train.h"

#include <stdlib.h>
#include <unistd.h>

struct fixture {
    struct arena arena;
    struct store store;
    char folder[64];
    struct task_input inputs[8];
    struct task task;
    struct train config;
};

static inline void or_end(bool ok, const struct err *err)
{
    if (ok)
        return;
    printf("Bail out! %s\n", err->text);
    exit(1);
}

static inline void set_option(struct fixture *f, const char *path, const char *value)
{
    struct err err = {0};
    const struct option *option = option_find(train_info.sections[0], path);
    snprintf(err.text, sizeof err.text, "%s: no such option", path);
    or_end(option != NULL && option_set(option, &f->arena, &f->config, value, &err), &err);
}

static inline void add_input(struct fixture *f, const char *role, int64_t ordinal, const struct digest *digest)
{
    f->inputs[f->task.input_count++] = (struct task_input){role, ordinal, *digest};
}

static inline struct digest put_tokenizer(struct fixture *f)
{
    struct buf json, character;
    struct digest digest;
    struct err err = {0};
    buf_init(&json, &f->arena);
    buf_init(&character, &f->arena);
    buf_text(&json, "{\"version\":\"1.0\",\"added_tokens\":[{\"id\":0,\"content\":\"<|endoftext|>\",\"special\":true}],"
                    "\"normalizer\":null,\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false,"
                    "\"trim_offsets\":true,\"use_regex\":true},\"decoder\":{\"type\":\"ByteLevel\"},"
                    "\"model\":{\"type\":\"BPE\",\"merges\":[],\"vocab\":{\"<|endoftext|>\":0");
    for (int i = 0; i < 256; i++) {
        buf_clear(&character);
        byte_level_write(&character, (unsigned char)i);
        buf_char(&json, ',');
        buf_json(&json, character.data, character.len);
        buf_printf(&json, ":%d", i + 1);
    }
    buf_text(&json, "}}}");
    or_end(store_put(&f->store, json.data, json.len, &digest, &err), &err);
    return digest;
}

/* Words in a random order: enough to learn from in a few steps. */
static inline void put_shard(struct fixture *f, const char *bin_role, const char *idx_role, int64_t ordinal,
                             size_t words, const struct digest *tokenizer)
{
    static const char *const word[] = {"tide ", "mill ", "grinds ", "grain ", "at ", "night. "};
    struct token_writer *writer = token_writer_new(&f->arena, 257, tokenizer);
    struct digest bin, idx, sidecar;
    struct random random;
    int64_t bytes[3];
    int32_t ids[8];
    struct err err = {0};
    random_init(&random, (uint64_t)ordinal, RANDOM_ORDER, (uint32_t)words);
    for (size_t i = 0; i < words; i++) {
        const char *text = word[random_below(&random, 6)];
        size_t len = strlen(text);
        for (size_t j = 0; j < len; j++)
            ids[j] = text[j] + 1;
        or_end(token_writer_add(writer, "00000000000000000000000000000000", ids, len, &err), &err);
    }
    or_end(token_writer_keep(writer, &f->store, &bin, &idx, &sidecar, bytes, &err), &err);
    add_input(f, bin_role, ordinal, &bin);
    add_input(f, idx_role, ordinal, &idx);
}

static inline void set_up(struct fixture *f)
{
    struct err err = {0};
    memset(f, 0, sizeof *f);
    arena_init(&f->arena);
    snprintf(f->folder, sizeof f->folder, "/tmp/train_test.XXXXXX");
    or_end(mkdtemp(f->folder) != NULL && store_open(&f->store, &f->arena, f->folder, &err), &err);
    struct digest tokenizer = put_tokenizer(f);
    add_input(f, "tokenizer", 0, &tokenizer);
    put_shard(f, "train_bin", "train_idx", 0, 150, &tokenizer);
    put_shard(f, "train_bin", "train_idx", 1, 250, &tokenizer);
    put_shard(f, "validation_bin", "validation_idx", 0, 60, &tokenizer);
    f->task = (struct task){.arena = &f->arena,
                            .store = &f->store,
                            .inputs = f->inputs,
                            .input_count = f->task.input_count,
                            .kind = "train.fit",
                            .attempt = 1};
    option_defaults(train_info.sections[0], &f->arena, &f->config);
    set_option(f, "name", "mill");
    set_option(f, "shape.layers", "2");
    set_option(f, "shape.heads", "2");
    set_option(f, "shape.width", "16");
    set_option(f, "shape.context", "16");
    set_option(f, "batch", "128");
    set_option(f, "steps", "40");
    set_option(f, "learning_rate", "0.01");
    set_option(f, "validate_every", "10");
    set_option(f, "report_every", "5");
}

static inline void tear_down(struct fixture *f)
{
    struct err err = {0};
    or_end(folder_remove(f->folder, &err), &err);
    arena_release(&f->arena);
}

#endif
