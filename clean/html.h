/*
 * html: the main text of a page, with libxml2's HTML parser as a stream of events, so that no tree is built and memory
 * stays in proportion to the page.
 *
 * Scripts, styles, forms, hidden parts, navigation, headers, footers and blocks made of links are left out. Headings,
 * paragraphs, list items, table rows and code each stand on lines of their own; code keeps its line breaks; cells of a
 * row are parted by tabs. A page that is hostile (too large, nested too deep, thousands of attributes on a tag) is
 * refused with a finding.
 */
#ifndef CLEAN_HTML_H
#define CLEAN_HTML_H

#include "clean/rule.h"

#include "lib/base/buf.h"

/* Appends the page's main text to `out`; false where the page is refused. */
bool html_text(struct buf *out, const char *html, size_t bytes, const struct html_settings *settings,
               struct finding *finding);

#endif
