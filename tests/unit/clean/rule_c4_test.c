/* rule_c4: the same lines stay as with datatrove 0.10.1, and nearly the same number of sentences is counted. */
#include "tests/unit/clean/recorded.h"

static const struct reason reasons[] = {
    {"lorem_ipsum", "c4.lorem_ipsum"}, {"curly_bracket", "c4.curly_bracket"}, {NULL, NULL}};

static void lines(struct arena *arena, json_t *document, const struct clean *config, size_t i)
{
    json_t *text = json_object_get(document, "text"), *left = json_object_get(document, "c4_text");
    struct page page;
    struct finding finding = {"kept", 0, 0};
    char name[64];
    page_set(&page, arena, json_string_value(text), json_string_length(text));
    rule_c4(&page, config, &finding);
    snprintf(name, sizeof name, "c4, document %zu", i);
    SAME(finding.rule, in_our_words(reasons, json_string_value(json_object_get(document, "c4"))), name);
    if (left != NULL)
        OK(page.bytes == json_string_length(left) && memcmp(page.text, json_string_value(left), page.bytes) == 0,
           "c4, text of document %zu", i);
}

static void sentences(struct arena *arena, json_t *list)
{
    size_t i, k, lines = 0, same = 0;
    json_t *document, *count;
    json_array_foreach(list, i, document)
    {
        const char *text = json_string_value(json_object_get(document, "c4_text"));
        json_array_foreach(json_object_get(document, "c4_sentences"), k, count)
        {
            text += strspn(text, "\n");
            size_t bytes = strcspn(text, "\n"), ours = words_sentences(arena, text, bytes);
            if (ours == (size_t)json_integer_value(count))
                same++;
            else if (lines - same < 20)
                printf("# %zu sentences, spaCy %lld: %.*s\n", ours, (long long)json_integer_value(count), (int)bytes,
                       text);
            lines++;
            text += bytes;
        }
    }
    OK(same * 100 >= lines * 98, "%zu of %zu lines have as many sentences as spaCy counts", same, lines);
}

int main(void)
{
    struct arena arena;
    struct clean config;
    arena_init(&arena);
    settings(&arena, &config);
    config.c4.sentences = 0;
    size_t i;
    json_t *document, *list = recorded(&arena);
    json_array_foreach(list, i, document) lines(&arena, document, &config, i);
    sentences(&arena, list);

    struct page page;
    struct finding finding = {"kept", 0, 0};
    settings(&arena, &config);
    static const char four[] = "One is here. Two is here.\nThree is here.\nFour is here.";
    page_set(&page, &arena, four, strlen(four));
    OK(!rule_c4(&page, &config, &finding), "too few sentences");
    SAME(finding.rule, "c4.sentences", "its reason");
    NEAR(finding.value, 4, 0, "its value");
    NEAR(finding.limit, 5, 0, "its limit");
    arena_release(&arena);
    return DONE();
}
