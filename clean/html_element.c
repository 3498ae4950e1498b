/*
 * html_element: see the header. Elements are those of the HTML Living Standard; roles are WAI-ARIA's landmarks; the
 * words of class and id are those that page templates use (DocBook, MediaWiki, Bootstrap, WordPress, Sphinx).
 */
#include "clean/html_element.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct name {
    const char *name;
    enum element element;
};

static const struct name names[] = {
    /* in the order of strcmp */
    {"a", ELEMENT_LINK},          {"address", ELEMENT_LINE},  {"article", ELEMENT_ARTICLE},
    {"aside", ELEMENT_ASIDE},     {"audio", ELEMENT_SKIP},    {"blockquote", ELEMENT_BLOCK},
    {"br", ELEMENT_BREAK},        {"button", ELEMENT_SKIP},   {"canvas", ELEMENT_SKIP},
    {"caption", ELEMENT_BLOCK},   {"center", ELEMENT_LINE},   {"datalist", ELEMENT_SKIP},
    {"dd", ELEMENT_LINE},         {"details", ELEMENT_LINE},  {"dialog", ELEMENT_SKIP},
    {"dir", ELEMENT_BLOCK},       {"div", ELEMENT_LINE},      {"dl", ELEMENT_BLOCK},
    {"dt", ELEMENT_TERM},         {"embed", ELEMENT_SKIP},    {"fieldset", ELEMENT_LINE},
    {"figcaption", ELEMENT_LINE}, {"figure", ELEMENT_BLOCK},  {"footer", ELEMENT_ASIDE},
    {"form", ELEMENT_LINE},       {"frameset", ELEMENT_SKIP}, {"h1", ELEMENT_HEADING},
    {"h2", ELEMENT_HEADING},      {"h3", ELEMENT_HEADING},    {"h4", ELEMENT_HEADING},
    {"h5", ELEMENT_HEADING},      {"h6", ELEMENT_HEADING},    {"head", ELEMENT_SKIP},
    {"header", ELEMENT_CHROME},   {"hgroup", ELEMENT_BLOCK},  {"hr", ELEMENT_BLOCK},
    {"iframe", ELEMENT_SKIP},     {"legend", ELEMENT_LINE},   {"li", ELEMENT_ITEM},
    {"listing", ELEMENT_CODE},    {"main", ELEMENT_ARTICLE},  {"map", ELEMENT_SKIP},
    {"menu", ELEMENT_BLOCK},      {"nav", ELEMENT_ASIDE},     {"noframes", ELEMENT_SKIP},
    {"noscript", ELEMENT_SKIP},   {"object", ELEMENT_SKIP},   {"ol", ELEMENT_BLOCK},
    {"optgroup", ELEMENT_SKIP},   {"option", ELEMENT_SKIP},   {"p", ELEMENT_BLOCK},
    {"plaintext", ELEMENT_CODE},  {"pre", ELEMENT_CODE},      {"script", ELEMENT_SKIP},
    {"search", ELEMENT_ASIDE},    {"section", ELEMENT_LINE},  {"select", ELEMENT_SKIP},
    {"style", ELEMENT_SKIP},      {"summary", ELEMENT_LINE},  {"svg", ELEMENT_SKIP},
    {"table", ELEMENT_BLOCK},     {"tbody", ELEMENT_LINE},    {"td", ELEMENT_CELL},
    {"template", ELEMENT_SKIP},   {"textarea", ELEMENT_SKIP}, {"tfoot", ELEMENT_LINE},
    {"th", ELEMENT_CELL},         {"thead", ELEMENT_LINE},    {"title", ELEMENT_SKIP},
    {"tr", ELEMENT_ROW},          {"ul", ELEMENT_BLOCK},      {"video", ELEMENT_SKIP},
    {"xmp", ELEMENT_CODE},
};

static int compare(const void *key, const void *row)
{
    return strcmp(key, ((const struct name *)row)->name);
}

enum element element_of(const char *name)
{
    const struct name *found = bsearch(name, names, sizeof names / sizeof *names, sizeof *names, compare);
    return found == NULL ? ELEMENT_INLINE : found->element;
}

void attributes_of(struct attributes *known, const char *const *list)
{
    *known = (struct attributes){NULL, NULL, NULL, NULL, NULL, false};
    for (; list != NULL && list[0] != NULL; list += 2) {
        const char *value = list[1] == NULL ? "" : list[1];
        switch (list[0][0]) {
        case 'c':
            known->class = strcmp(list[0], "class") == 0 ? value : known->class;
            break;
        case 'i':
            known->id = strcmp(list[0], "id") == 0 ? value : known->id;
            break;
        case 'r':
            known->role = strcmp(list[0], "role") == 0 ? value : known->role;
            break;
        case 's':
            known->style = strcmp(list[0], "style") == 0 ? value : known->style;
            break;
        case 'a':
            known->aria_hidden = strcmp(list[0], "aria-hidden") == 0 ? value : known->aria_hidden;
            break;
        case 'h':
            known->hidden = known->hidden || strcmp(list[0], "hidden") == 0;
            break;
        default:
            break;
        }
    }
}

bool element_hidden(const struct attributes *known)
{
    if (known->hidden || (known->aria_hidden != NULL && strcasecmp(known->aria_hidden, "true") == 0))
        return true;
    const char *style = known->style;
    return style != NULL && (strcasestr(style, "display:none") != NULL || strcasestr(style, "display: none") != NULL ||
                             strcasestr(style, "visibility:hidden") != NULL);
}

static bool listed(const char *const *list, size_t count, const char *word, size_t len)
{
    for (size_t i = 0; i < count; i++)
        if (((list[i][0] ^ word[0]) & ~0x20) == 0 && strncasecmp(list[i], word, len) == 0 && list[i][len] == '\0')
            return true;
    return false;
}

/* One class or id, cut at - and _: "site-nav" is navigation, "no-sidebar" is not a sidebar. */
static bool word_boilerplate(const char *word, size_t len)
{
    static const char *const bad[] = {
        "nav",     "navbar",   "navheader", "navfooter",   "navigation",  "breadcrumb", "breadcrumbs", "sidebar",
        "footer",  "menu",     "cookie",    "cookies",     "masthead",    "newsletter", "pager",       "pagination",
        "related", "share",    "sharing",   "social",      "toc",         "advert",     "ads",         "promo",
        "skip",    "skiplink", "catlinks",  "printfooter", "editsection", "noprint"};
    static const char *const not [] = {"no", "has", "with", "without", "not", "is"};
    bool found = false;
    for (size_t at = 0; at < len;) {
        size_t part = strcspn(word + at, "-_ \t\n\r\f");
        if (part > len - at)
            part = len - at;
        if (listed(not, sizeof not / sizeof *not, word + at, part))
            return false;
        found = found || (part > 0 && listed(bad, sizeof bad / sizeof *bad, word + at, part));
        at += part + 1;
    }
    return found;
}

static bool words_boilerplate(const char *words)
{
    for (const char *at = words; at != NULL && *at != '\0';) {
        at += strspn(at, " \t\n\r\f");
        size_t len = strcspn(at, " \t\n\r\f");
        if (len > 0 && len < 64 && word_boilerplate(at, len))
            return true;
        at += len;
    }
    return false;
}

bool element_boilerplate(enum element element, const struct attributes *known)
{
    static const char *const role[] = {"navigation", "banner",  "contentinfo", "search",  "complementary",
                                       "menu",       "menubar", "dialog",      "tablist", "toolbar"};
    const char *value = known->role;
    if (value != NULL && value[0] != '\0' && listed(role, sizeof role / sizeof *role, value, strlen(value)))
        return true;
    if (element == ELEMENT_HEADING || element == ELEMENT_ARTICLE || element == ELEMENT_INLINE ||
        element == ELEMENT_CELL || element == ELEMENT_ROW || element == ELEMENT_CODE)
        return false;
    return words_boilerplate(known->class) || words_boilerplate(known->id);
}
