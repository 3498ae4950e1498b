/* load: every faulty definition of tests/data/definitions gives exactly the report that stands beside it. */
#include "pipelines/load.h"

#include "lib/base/file.h"
#include "tests/unit/tap.h"

#include <glob.h>
#include <unistd.h>

static struct arena arena;

static const char *expected(const char *yaml)
{
    struct buf text;
    struct err err;
    const char *name = arena_printf(&arena, "%.*s.expected", (int)(strlen(yaml) - strlen(".yaml")), yaml);
    if (!file_read(&arena, name, &text, &err))
        return err.text[0] != '\0' ? arena_strdup(&arena, err.text) : "";
    if (text.len > 0 && text.data[text.len - 1] == '\n')
        text.data[--text.len] = '\0';
    return text.data;
}

static void test_file(const char *yaml)
{
    struct loaded loaded;
    struct err err;
    const char *report;
    bool valid = load_definition(&loaded, &arena, yaml, NULL, "/nonexistent", &report, &err);
    if (strcmp(yaml, "good.yaml") == 0) {
        OK(valid && report == NULL, "the good definition is valid");
        OK(loaded.sources == 1 && loaded.models == 1, "it has a source and a model");
        SAME(load_text(&loaded, &arena, "train.models[0]", "family"), "gpt2", "a choice by its place");
        NEAR(load_number(&loaded, &arena, "train.models[0]", "shape.width"), 128, 0, "a number by its place");
        OK(load_texts(&loaded, &arena, "evaluate", "baselines")->count == 2, "a list by its place");
        OK(load_text(&loaded, &arena, "train.models[0]", "nothing") == NULL, "no such option");
        return;
    }
    OK(!valid && err.code == ERR_DEFINITION, "%s is refused", yaml);
    SAME(report, expected(yaml), yaml);
}

int main(void)
{
    glob_t found;
    arena_init(&arena);
    if (chdir("tests/data/definitions") != 0 || glob("*.yaml", 0, NULL, &found) != 0) {
        OK(false, "run from the root of the repository");
        return DONE();
    }
    OK(found.gl_pathc > 25, "%zu definitions", found.gl_pathc);
    for (size_t i = 0; i < found.gl_pathc; i++)
        test_file(found.gl_pathv[i]);
    globfree(&found);
    struct loaded loaded;
    struct err err;
    const char *report;
    OK(!load_definition(&loaded, &arena, "none.yaml", NULL, NULL, &report, &err) && report == NULL, "a missing file");
    SAME(err.text, "none.yaml: No such file or directory", "is named");
    arena_release(&arena);
    return DONE();
}
