/* The release task: what it leaves for the ledger, that its provenance is the same every time, and what it refuses. */
#include "registry/registry.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

static struct arena arena;
static struct store store;

/* A safetensors file of two tensors, 6 + 4 elements. */
static struct digest put_weights(struct err *err)
{
    static const char header[] =
        "{\"__metadata__\":{\"format\":\"pt\"},\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],"
        "\"data_offsets\":[0,24]},\"b\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[24,40]}}";
    struct buf buf;
    struct digest digest = {{0}};
    buf_init(&buf, &arena);
    for (size_t i = 0; i < 8; i++)
        buf_char(&buf, (char)((sizeof header - 1) >> 8 * i));
    buf_add(&buf, header, sizeof header - 1);
    for (size_t i = 0; i < 40; i++)
        buf_char(&buf, '\0');
    if (!store_put(&store, buf.data, buf.len, &digest, err))
        BUG("%s", err->text);
    return digest;
}

static struct digest put_text(const char *text)
{
    struct digest digest = {{0}};
    struct err err;
    if (!store_put(&store, text, strlen(text), &digest, &err))
        BUG("%s", err.text);
    return digest;
}

static struct task make_task(const char *verdict, struct task_input inputs[6])
{
    struct err err;
    inputs[0] = (struct task_input){"config", 0, put_text("{}")};
    inputs[1] = (struct task_input){"dataset", 0, put_text("{\"documents\":1}")};
    inputs[2] = (struct task_input){"score", 0, put_text("{\"subject\":\"small\"}")};
    inputs[3] = (struct task_input){"tokenizer", 0, put_text("{\"model\":{}}")};
    inputs[4] = (struct task_input){"verdict", 0, put_text(verdict)};
    inputs[5] = (struct task_input){"weights", 0, put_weights(&err)};
    return (struct task){.arena = &arena,
                         .store = &store,
                         .pipeline = "manuals",
                         .kind = "registry.release",
                         .spec = json_keep(&arena, json_pack("{s:s}", "model", "small")),
                         .inputs = inputs,
                         .input_count = 6};
}

static const char passed[] = "{\"passed\":true,\"gates\":[{\"gate\":\"a < b\",\"passed\":true,\"reason\":\"1 < 2\"}]}";
static const char refused[] = "{\"passed\":false,\"gates\":[{\"gate\":\"a < b\",\"passed\":true,\"reason\":\"1 < 2\"},"
                              "{\"gate\":\"c < d\",\"passed\":false,\"reason\":\"4 is not below 3\"}]}";
static const struct release settings = {.model = "small", .alias = "production"};

static void test_released(void)
{
    struct err err = {0};
    struct task_input inputs[6];
    struct map map;
    struct task task = make_task(passed, inputs), again = make_task(passed, inputs);
    if (!OK(registry_release(&task, &settings, &err) && task.release, "a model that passed"))
        printf("# %s\n", err.text);
    OK(task.release->released && task.release->parameters == 10, "is released; its parameters are counted");
    SAME(task.release->reason, "gates 1/1 passed", "with its reason");
    OK(digest_equal(&task.release->weights, &inputs[5].digest) &&
           digest_equal(&task.release->dataset, &inputs[1].digest),
       "with its digests");
    OK(task.output_count == 1 && store_map(&store, &arena, &task.outputs[0].digest, &map, &err),
       "it leaves a provenance");
    json_t *statement = json_read(&arena, map.data, map.size, &err);
    SAME(json_text_or(statement, "_type", ""), "https://in-toto.io/Statement/v1", "an in-toto statement");
    SAME(json_text_or(statement, "predicateType", ""), "https://slsa.dev/provenance/v1", "with SLSA's predicate");
    char hex[DIGEST_HEX];
    digest_hex(&inputs[5].digest, hex);
    SAME(
        json_text_or(json_object_get(json_array_get(json_object_get(statement, "subject"), 0), "digest"), "sha256", ""),
        hex, "whose first subject is the weights");
    OK(registry_release(&again, &settings, &err) && digest_equal(&again.outputs[0].digest, &task.outputs[0].digest),
       "the same every time");
}

static void test_refused(void)
{
    struct err err = {0};
    struct task_input inputs[6], others[6];
    struct task task = make_task(refused, inputs), other = make_task(passed, others);
    OK(registry_release(&task, &settings, &err) && !task.release->released,
       "a model that a gate refused is kept, not released");
    SAME(task.release->reason, "gates 1/2 passed: 4 is not below 3", "and says why");
    struct release another = {.model = "large", .alias = "production"};
    OK(registry_release(&other, &another, &err) && !other.release->released,
       "nor is one that the definition does not name");
    SAME(other.release->reason, "not released: registry.release names large", "which says so");
}

static void test_damage(void)
{
    struct err err = {0};
    struct task_input inputs[6];
    struct task task = make_task("[]", inputs);
    OK(!registry_release(&task, &settings, &err) && strstr(err.text, "the verdict does not say"),
       "a verdict of no use: %s", err.text);
    task = make_task(passed, inputs);
    inputs[5].digest = put_text("short");
    OK(!registry_release(&task, &settings, &err) && strstr(err.text, "no safetensors file"), "weights of no use: %s",
       err.text);
    struct map lying = {"\xff\xff\xff\xff\xff\xff\xff\xff{}", 10};
    int64_t parameters;
    OK(!count_parameters(&arena, &lying, &parameters, &err) && strstr(err.text, "cut off"),
       "a header longer than the file");
    static const char huge[] = "\x50\0\0\0\0\0\0\0{\"a\":{\"shape\":[4611686018427387904,4611686018427387904]}}"
                               "                                   ";
    struct map overflowing = {huge, 88};
    OK(!count_parameters(&arena, &overflowing, &parameters, &err) && strstr(err.text, "impossible shape"),
       "a shape beyond all bounds: %s", err.text);
    task = make_task(passed, inputs);
    task.input_count = 4;
    OK(!registry_release(&task, &settings, &err) && strstr(err.text, "has no input \"weights\""),
       "a missing input is named");
}

int main(void)
{
    struct err err;
    arena_init(&arena);
    char *root = arena_strdup(&arena, "/tmp/tidemill-release-XXXXXX");
    if (!mkdtemp(root) || !store_open(&store, &arena, root, &err))
        BUG("no store for the test");
    test_released();
    test_refused();
    test_damage();
    OK(folder_remove(root, &err), "cleared away");
    arena_release(&arena);
    return DONE();
}
