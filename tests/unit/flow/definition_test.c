/* definition: trees with places, binding, every error with its place and the way out. */
#include "lib/flow/definition.h"
#include "tests/unit/tap.h"

struct sample {
    const char *name;
    int64_t layers;
    double share;
    struct texts keep;
    struct pairs fields, words;
    bool near;
};

#define OPT(field_, path_, type_, initial_)                                                                            \
    {                                                                                                                  \
        .path = path_, .type = type_, .offset = offsetof(struct sample, field_), .initial = initial_,                  \
        .help = "a " path_                                                                                             \
    }

static const struct option clean_options[] = {
    {.path = "language.keep",
     .type = OPTION_TEXTS,
     .offset = offsetof(struct sample, keep),
     .initial = "",
     .choices = "en|zh|xh"},
    OPT(share, "language.score", OPTION_SHARE, "0.65"),
    OPT(fields, "fields", OPTION_MAP, ""),
    {.path = "kafka",
     .type = OPTION_MAP,
     .offset = offsetof(struct sample, words),
     .initial = "embedded",
     .choices = "embedded|apache"},
    {.type = OPTION_END},
};
static const struct option model_options[] = {
    OPT(name, "name", OPTION_TEXT, NULL),
    OPT(layers, "shape.layers", OPTION_INT, "4"),
    {.type = OPTION_END},
};
static const struct option top_options[] = {OPT(name, "pipeline", OPTION_TEXT, NULL), {.type = OPTION_END}};
static const struct option near_options[] = {OPT(near, "near", OPTION_BOOL, "no"), {.type = OPTION_END}};

static const struct section top = {"", "top", sizeof(struct sample), top_options, NULL};
static const struct section clean = {"clean", "cleaning", sizeof(struct sample), clean_options, NULL};
static const struct section duplicates = {"clean.duplicates", "duplicates", sizeof(struct sample), near_options, NULL};
static const struct section models = {"train.models[]", "models", sizeof(struct sample), model_options, NULL};
static const struct section *const sections[] = {&top, &clean, &duplicates, &models, NULL};

static struct arena arena;

static void parse(struct definition *definition, const char *text)
{
    definition_parse(definition, &arena, "n.yaml", text, strlen(text));
}

/* Everything that `tidemill check` does to a text, as one report. */
static const char *report_of(const char *text)
{
    struct definition definition;
    struct sample sample;
    struct buf out;
    parse(&definition, text);
    definition_check_keys(&definition, sections);
    bool ok = definition_bind(&definition, &top, "", &arena, &sample);
    ok &= definition_bind(&definition, &clean, "clean", &arena, &sample);
    ok &= definition_bind(&definition, &duplicates, "clean.duplicates", &arena, &sample);
    for (size_t i = 0; i < definition_count(&definition, "train.models[]"); i++)
        ok &= definition_bind(&definition, &models, arena_printf(&arena, "train.models[%zu]", i), &arena, &sample);
    buf_init(&out, &arena);
    definition_report(&definition, &out);
    if (ok && definition.error_count == 0)
        buf_text(&out, "valid");
    return out.data;
}

static void test_values(void)
{
    struct definition definition;
    struct sample sample;
    parse(&definition, "pipeline: p\n"
                       "clean:\n"
                       "  language: {keep: [en, zh], score: 70%}\n"
                       "  fields: {id: ticket, text.x: body}\n"
                       "  kafka: apache\n"
                       "train:\n"
                       "  models:\n"
                       "    - {name: a}\n"
                       "    - name: b\n"
                       "      shape: {layers: 2k}\n");
    OK(definition_bind(&definition, &clean, "clean", &arena, &sample), "a section binds");
    OK(sample.keep.count == 2, "a list");
    SAME(sample.keep.item[1], "zh", "its second text");
    NEAR(sample.share, 0.7, 1e-12, "a share");
    SAME(pairs_get(&sample.fields, "text.x"), "body", "a free key with a dot");
    SAME(pairs_get(&sample.words, ""), "apache", "a word in the place of a mapping");
    OK(definition_count(&definition, "train.models[]") == 2, "two models");
    OK(definition_bind(&definition, &models, "train.models[1]", &arena, &sample), "the second binds");
    SAME(sample.name, "b", "its name");
    OK(sample.layers == 2000, "its layers");
    OK(definition_bind(&definition, &models, "train.models[0]", &arena, &sample), "the first binds");
    OK(sample.layers == 4, "a default");
    OK(definition_bind(&definition, &duplicates, "clean.duplicates", &arena, &sample), "an absent section binds");
    const struct node *node = definition_find(&definition, "train.models[1].shape.layers");
    OK(node != NULL && node->line == 10 && node->column == 23, "a node knows its place");
    OK(definition_find(&definition, "train.models[2]") == NULL, "no third model");
    OK(definition_find(&definition, "train.models[x]") == NULL, "no model x");
}

static void test_errors(void)
{
    SAME(report_of("pipeline: p\nclean:\n  language: {keep: [en, xx]}\n  languag: en\n"),
         "n.yaml:3:25: clean.language.keep: \"xx\" is not a choice; did you mean \"xh\"?\n"
         "n.yaml:4:3: clean.languag: unknown option; did you mean \"language\"?\n",
         "all errors, in order");
    SAME(report_of("pipeline: p\ntrain:\n  models:\n    - name: a\n      shap: {layers: 1}\n"),
         "n.yaml:5:7: train.models[0].shap: unknown option; did you mean \"shape\"?\n", "an unknown key in a list");
    SAME(report_of("pipeline: p\ntrain:\n  layers: 3\n"),
         "n.yaml:3:3: train.layers: unknown option here; there is \"train.models[].shape.layers\"\n",
         "a key at the wrong place");
    SAME(report_of("pipeline: p\npipeline: q\n"), "n.yaml:2:1: pipeline: stands here twice; the first is in line 1\n",
         "a duplicate key");
    SAME(report_of("clean: {}\n"), "n.yaml:1:1: pipeline: must be given (a pipeline)\n", "a required option");
    SAME(report_of("pipeline: [a]\n"), "n.yaml:1:11: pipeline: must be a single value, not a list\n",
         "a list for a text");
    SAME(report_of("pipeline:\n"), "n.yaml:1:10: pipeline: has no value; leave the line out for the default\n",
         "no value");
    SAME(report_of("pipeline: p\nclean: yes\n"), "n.yaml:2:8: clean: must be a mapping, not a text\n",
         "a text for a section");
    SAME(report_of("pipeline: p\ntrain: {models: {name: a}}\n"),
         "n.yaml:2:17: train.models: must be a list; begin each element with \"- \"\n", "a mapping for a list");
    SAME(report_of("pipeline: p\nclean: {duplicates: {near: maybe}}\n"),
         "n.yaml:2:28: clean.duplicates.near: \"maybe\" is neither yes nor no\n", "a wrong bool");
    SAME(report_of("pipeline: p\nclean: {fields: 3}\n"),
         "n.yaml:2:17: clean.fields: must be a mapping like {key: value}, not a text\n", "a text for a map");
    SAME(report_of("pipeline: p\nclean: {kafka: apach}\n"),
         "n.yaml:2:16: clean.kafka: \"apach\" is not a choice; did you mean \"apache\"?\n", "a word near a choice");
    SAME(report_of("pipeline: p\nclean:\n  <<: {}\n"),
         "n.yaml:3:3: clean.<<: merge keys are not supported; write the options out\n", "merge keys");
}

static void test_yaml(void)
{
    SAME(report_of(""), "n.yaml:1:1: the file is empty; a definition begins with \"pipeline: NAME\"\n", "empty");
    SAME(report_of("- a\n"), "n.yaml:1:1: must be a mapping like \"pipeline: NAME\", not a list\n", "a list");
    SAME(report_of("pipeline: p\n\tclean: x\n"), "n.yaml:2:1: a tab cannot indent in YAML; use spaces\n", "a tab");
    SAME(report_of("pipeline: [a\n"),
         "n.yaml:2:1: not valid YAML: did not find expected ',' or ']' while parsing a flow sequence\n",
         "an open list");
    SAME(report_of("pipeline: \"\xff\"\n"), "n.yaml:1:12: not valid UTF-8 text: invalid leading UTF-8 octet\n",
         "bytes that are no UTF-8");
    SAME(report_of("pipeline: \"a\\0b\"\n"), "n.yaml:1:11: pipeline: a text may not hold a NUL character\n", "NUL");
    SAME(report_of("pipeline: p\n---\npipeline: q\n"),
         "n.yaml:3:1: a second document begins here; one file holds one\n", "two documents");
    SAME(report_of("pipeline: *p\n"), "n.yaml:1:11: pipeline: *p names no anchor that is complete before it\n",
         "no anchor");
    SAME(report_of("pipeline: &p [*p]\n"), "n.yaml:1:15: pipeline[0]: *p names no anchor that is complete before it\n",
         "a cycle");
    SAME(report_of("pipeline: &p name\nclean: {fields: {a: *p}}\n"), "valid", "an honest alias");
    SAME(report_of("? [a]\n: b\n"), "n.yaml:1:3: a key must be a plain word\n", "a list as a key");
}

static void test_bombs(void)
{
    struct buf text;
    buf_init(&text, &arena);
    buf_text(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 9; i++) {
        buf_printf(&text, "a%d: &a%d [", i, i);
        for (int j = 0; j < 9; j++)
            buf_printf(&text, "*a%d, ", i - 1);
        buf_text(&text, "x]\n");
    }
    SAME(report_of(text.data), "n.yaml:5:15: a4[1]: too large: over 20000 values, aliases expanded\n",
         "a billion laughs");
    buf_clear(&text);
    for (int i = 0; i < 1000; i++)
        buf_char(&text, '[');
    SAME(report_of(text.data), "n.yaml:1:33: nested over 32 levels deep\n", "deep nesting");
    buf_clear(&text);
    buf_text(&text, "pipeline: ");
    memset(buf_reserve(&text, DEFINITION_BYTES), 'x', DEFINITION_BYTES);
    text.len += DEFINITION_BYTES;
    text.data[text.len] = '\0';
    SAME(report_of(text.data), "n.yaml:1:1: the file has 1048586 bytes; the most is 1048576 (1 MiB)\n", "a huge file");
}

static void test_files(void)
{
    struct definition definition;
    struct err err;
    OK(!definition_read(&definition, &arena, "/nonexistent/n.yaml", &err), "an absent file");
    OK(err.code == ERR_DEFINITION && strstr(err.text, "/nonexistent/n.yaml") != NULL, "the error names it");
    OK(!definition_read(&definition, &arena, "/tmp", &err), "a folder");
    SAME(err.text, "/tmp: is a folder; name a YAML file in it", "says so");
    parse(&definition, "a: 1\nb: [\n");
    OK(!definition_valid(&definition, &err), "one error as an err");
    OK(err.code == ERR_DEFINITION && strncmp(err.text, "n.yaml:3:1: not valid YAML", 26) == 0, "with its place");
}

int main(void)
{
    arena_init(&arena);
    test_values();
    test_errors();
    test_yaml();
    test_bombs();
    test_files();
    arena_release(&arena);
    return DONE();
}
