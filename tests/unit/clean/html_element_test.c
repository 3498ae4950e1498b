/* html_element: every name is found, and words of classes are told apart. */
#include "clean/html_element.h"
#include "tests/unit/tap.h"

static bool boilerplate(const char *name, const char *value, enum element element)
{
    const char *const list[] = {name, value, NULL};
    struct attributes attributes;
    attributes_of(&attributes, list);
    return element_boilerplate(element, &attributes);
}

static bool hidden(const char *name, const char *value)
{
    const char *const list[] = {"x", NULL, name, value, NULL};
    struct attributes attributes;
    attributes_of(&attributes, list);
    return element_hidden(&attributes);
}

int main(void)
{
    static const char *const first_and_last[] = {"a",    "address",  "br",  "form", "h1",
                                                 "head", "noscript", "pre", "xmp",  "video"};
    for (size_t i = 0; i < sizeof first_and_last / sizeof *first_and_last; i++)
        OK(element_of(first_and_last[i]) != ELEMENT_INLINE, "%s", first_and_last[i]);
    OK(element_of("b") == ELEMENT_INLINE && element_of("zzz") == ELEMENT_INLINE && element_of("") == ELEMENT_INLINE,
       "what is not listed is part of a line");

    OK(boilerplate("class", "x site-nav", ELEMENT_LINE) && boilerplate("id", "Main_Menu", ELEMENT_LINE),
       "parts of words");
    OK(!boilerplate("class", "navy menus", ELEMENT_LINE) && !boilerplate("class", "has-sidebar", ELEMENT_LINE) &&
           !boilerplate("class", "", ELEMENT_LINE),
       "no others");
    OK(boilerplate("role", "Navigation", ELEMENT_INLINE) && !boilerplate("role", "main", ELEMENT_LINE), "roles");
    OK(!boilerplate("class", "menu", ELEMENT_HEADING) && !boilerplate("class", "menu", ELEMENT_CELL),
       "headings and cells are not judged by their class");
    OK(hidden("hidden", NULL) && hidden("aria-hidden", "TRUE") && hidden("style", "Display: none"), "hidden");
    OK(!hidden("aria-hidden", "false") && !hidden("style", "color: red") && !hidden("hidde", ""), "not hidden");
    struct attributes none;
    attributes_of(&none, NULL);
    OK(!element_hidden(&none) && !element_boilerplate(ELEMENT_LINE, &none), "no attributes");
    return DONE();
}
