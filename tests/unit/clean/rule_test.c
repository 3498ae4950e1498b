/* rule: found by name and profile, run in order, the first that fails is the reason. */
#include "tests/unit/clean/recorded.h"

static struct arena arena;
static struct clean config;
static struct finding finding;

static bool passes(const char *text)
{
    struct page page;
    finding = (struct finding){NULL, 0, 0};
    page_set(&page, &arena, text, strlen(text));
    return rules_pass(&page, &config, &finding);
}

int main(void)
{
    arena_init(&arena);
    settings(&arena, &config);
    OK(rule_find("gopher")->pass == rule_gopher && rule_find("c4@datatrove-0.10")->pass == rule_c4,
       "by name, with profile or without");
    OK(rule_find("goph") == NULL && rule_find("gopher@nltk") == NULL && rule_find("gophers") == NULL,
       "nothing like it");

    const char *none[1] = {NULL}, *two[] = {"fineweb", "repetition"}, *turned[] = {"repetition", "fineweb"};
    config.rules = (struct texts){none, 0};
    OK(passes("any text"), "no rules");
    OK(!passes(""), "but none without text");
    SAME(finding.rule, "length.minimum", "its reason");
    config.length_maximum = 4;
    OK(passes("Größ") && !passes("Größe"), "length is in characters");
    SAME(finding.rule, "length.maximum", "its reason");
    NEAR(finding.value, 5, 0, "its value");

    config.length_maximum = 0;
    config.rules = (struct texts){two, 2};
    OK(!passes("again and again\nagain and again\nagain and again"), "it fails by both");
    SAME(finding.rule, "fineweb.line_punctuation", "the first is the reason");
    config.rules = (struct texts){turned, 2};
    OK(!passes("again and again\nagain and again\nagain and again"), "turned round");
    SAME(finding.rule, "repetition.lines", "the other is");
    config.repetition.lines = config.repetition.line_characters = 0;
    config.fineweb.line_punctuation = 0;
    OK(!passes("again and again\nagain and again\nagain and again"), "limits that are 0 are none");
    SAME(finding.rule, "repetition.top_2_gram", "and the next one counts");
    arena_release(&arena);
    return DONE();
}
