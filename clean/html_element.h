/* html_element: what each element of HTML means for the text, and which parts of a page are boilerplate. */
#ifndef CLEAN_HTML_ELEMENT_H
#define CLEAN_HTML_ELEMENT_H

#include <stdbool.h>

enum element {
    ELEMENT_INLINE,  /* part of the line that it stands in */
    ELEMENT_LINK,    /* the same, and its letters count as link */
    ELEMENT_LINE,    /* begins and ends a line: div, section, dd */
    ELEMENT_BLOCK,   /* as LINE, with a blank line before and after: p, table, blockquote */
    ELEMENT_HEADING, /* as BLOCK; never taken for boilerplate by its links */
    ELEMENT_ITEM,    /* li: as LINE, after a dash */
    ELEMENT_TERM,    /* dt: a blank line before, none after */
    ELEMENT_ROW,     /* tr: as LINE */
    ELEMENT_CELL,    /* td, th: a tab before, unless it is the row's first */
    ELEMENT_CODE,    /* pre: as BLOCK, white space stays */
    ELEMENT_BREAK,   /* br */
    ELEMENT_ARTICLE, /* article, main: as LINE; a header in it is the text's own */
    ELEMENT_CHROME,  /* header: boilerplate unless in an article */
    ELEMENT_ASIDE,   /* nav, aside, footer: boilerplate */
    ELEMENT_SKIP     /* no text: script, style, form controls, media */
};

enum element element_of(const char *name);

/* The attributes that matter here; NULL where there is none. */
struct attributes {
    const char *class, *id, *role, *style, *aria_hidden;
    bool hidden;
};

/* From a list of names and values in turn, which ends with NULL; NULL is no attributes. */
void attributes_of(struct attributes *known, const char *const *list);

/* True where they say that nobody sees the element: hidden, aria-hidden, display: none. */
bool element_hidden(const struct attributes *known);

/* True where role, class or id say that the element is navigation or the like. */
bool element_boilerplate(enum element element, const struct attributes *known);

#endif
