/*
 * html: see the header. The parser tells of each element's begin and end; a stack of what is open says whether text is
 * left out, link or code. libxml2 repairs broken nesting, and what it closes it reports.
 *
 * Cost is bounded where libxml2's is not: it compares each attribute of a tag with those before, and looks through the
 * stack of open elements at each end tag, so both numbers are limited.
 */
#include "clean/html.h"

#include "clean/html_block.h"
#include "clean/html_element.h"

#include <libxml/HTMLparser.h>
#include <string.h>

#define ATTRIBUTES 1000 /* most of one tag */

struct open {
    enum element element;
    bool skip;    /* its text and that of what it holds is left out */
    bool code;    /* white space stays */
    bool compact; /* within an item, cell: no blank lines */
};

#define KNOWN 64

struct known {
    const xmlChar *name;
    enum element element;
};

struct reader {
    htmlParserCtxt *parser;
    const struct html_settings *settings;
    struct finding *finding;
    struct arena *arena;
    struct blocks blocks;
    struct open *open;
    size_t depth, capacity;
    size_t links, articles; /* how many of them are open */
    bool fresh;             /* an item, cell or description began and has no text yet */
    bool chrome;            /* leave boilerplate out */
    bool refused;
    struct known known[KNOWN];
    size_t left; /* bytes left out as boilerplate that are no link */
};

static unsigned char gap_of(const struct reader *reader, enum element element)
{
    bool compact = reader->depth > 0 && reader->open[reader->depth - 1].compact;
    bool blank = element == ELEMENT_BLOCK || element == ELEMENT_HEADING || element == ELEMENT_CODE;
    return blank && !compact ? 2 : 1;
}

/* Breaks lines where an element begins. */
static void lay_out_begin(struct reader *reader, enum element element)
{
    struct blocks *blocks = &reader->blocks;
    switch (element) {
    case ELEMENT_INLINE:
    case ELEMENT_LINK:
    case ELEMENT_SKIP:
        return;
    case ELEMENT_BREAK:
        blocks_newline(blocks);
        return;
    case ELEMENT_CELL:
        blocks_tab(blocks);
        break;
    case ELEMENT_TERM:
        blocks_end(blocks, reader->open[reader->depth - 1].compact ? 1 : 2);
        break;
    default:
        if (!reader->fresh || blocks->open)
            blocks_end(blocks, gap_of(reader, element));
    }
    blocks->item = blocks->item || element == ELEMENT_ITEM;
    blocks->heading = element == ELEMENT_HEADING;
    if (element == ELEMENT_ITEM || element == ELEMENT_LINE || element == ELEMENT_CELL)
        reader->fresh = true;
}

static void lay_out_end(struct reader *reader, enum element element)
{
    struct blocks *blocks = &reader->blocks;
    if (element == ELEMENT_INLINE || element == ELEMENT_LINK || element == ELEMENT_SKIP || element == ELEMENT_BREAK ||
        element == ELEMENT_CELL)
        return;
    if (element == ELEMENT_ITEM)
        blocks->item = false;
    blocks_end(blocks, element == ELEMENT_TERM ? 1 : gap_of(reader, element));
}

static bool boilerplate(const struct reader *reader, enum element element, const struct attributes *attributes)
{
    if (element == ELEMENT_ASIDE || (element == ELEMENT_CHROME && reader->articles == 0))
        return true;
    return element_boilerplate(element, attributes);
}

/* element_of, remembered: libxml2 gives equal names the same address while it reads a page. */
static enum element known_element(struct reader *reader, const xmlChar *name)
{
    struct known *known = &reader->known[((uintptr_t)name >> 2) % KNOWN];
    if (known->name != name)
        *known = (struct known){name, element_of((const char *)name)};
    return known->element;
}

static void begin(void *context, const xmlChar *name, const xmlChar **raw)
{
    struct reader *reader = context;
    struct attributes attributes;
    if (reader->refused)
        return;
    if ((int64_t)reader->depth >= reader->settings->depth) {
        reader->refused =
            !falls(reader->finding, "html.depth", (double)reader->depth + 1, (double)reader->settings->depth);
        xmlStopParser(reader->parser);
        return;
    }
    attributes_of(&attributes, (const char *const *)raw);
    enum element element = known_element(reader, name);
    const struct open *above = reader->depth > 0 ? &reader->open[reader->depth - 1] : NULL;
    struct open here = {.element = element};
    if (above != NULL)
        here = (struct open){element, above->skip, above->code, above->compact};
    bool skipped = here.skip;
    here.skip = here.skip || element == ELEMENT_SKIP || element_hidden(&attributes) ||
                (reader->chrome && boilerplate(reader, element, &attributes));
    here.code = here.code || element == ELEMENT_CODE;
    here.compact = here.compact || element == ELEMENT_ITEM || element == ELEMENT_CELL;
    if (!skipped && reader->depth > 0)
        lay_out_begin(reader, element);
    reader->links += element == ELEMENT_LINK;
    reader->articles += element == ELEMENT_ARTICLE;
    ARENA_PUSH(reader->arena, reader->open, reader->depth, reader->capacity);
    reader->open[reader->depth++] = here;
}

static void end(void *context, const xmlChar *name)
{
    struct reader *reader = context;
    enum element element = known_element(reader, name);
    if (reader->refused)
        return;
    while (reader->depth > 0) {
        struct open closed = reader->open[--reader->depth];
        reader->links -= closed.element == ELEMENT_LINK;
        reader->articles -= closed.element == ELEMENT_ARTICLE;
        if (reader->depth == 0 || !reader->open[reader->depth - 1].skip)
            lay_out_end(reader, closed.element);
        if (closed.element == element)
            return;
    }
}

static void text(void *context, const xmlChar *characters, int bytes)
{
    struct reader *reader = context;
    const struct open *here = reader->depth > 0 ? &reader->open[reader->depth - 1] : NULL;
    if (here == NULL || reader->refused || bytes <= 0)
        return;
    if (here->skip) {
        reader->left += here->element == ELEMENT_SKIP || reader->links > 0 ? 0 : (size_t)bytes;
        return;
    }
    if (here->code)
        blocks_code(&reader->blocks, (const char *)characters, (size_t)bytes, reader->links > 0);
    else
        blocks_text(&reader->blocks, (const char *)characters, (size_t)bytes, reader->links > 0);
    reader->fresh = reader->fresh && !reader->blocks.open;
}

/* Counts the attributes of the tag at html[at] up to its end, as libxml2 will see them. */
static size_t attribute_count(const char *html, size_t bytes, size_t *at)
{
    size_t count = 0, i = *at;
    bool value = false, parted = false;
    for (; i < bytes && html[i] != '>'; i++) {
        char c = html[i];
        bool blank = c == ' ' || (c >= '\t' && c <= '\r') || c == '/';
        if (value && (c == '"' || c == '\'')) {
            const char *quote = memchr(html + i + 1, c, bytes - i - 1);
            i = quote == NULL ? bytes - 1 : (size_t)(quote - html);
            value = false;
            parted = true;
            continue;
        }
        count += parted && !blank && c != '=';
        value = c == '=' || (value && blank);
        parted = blank && !value;
    }
    *at = i;
    return count;
}

static bool attributes_bounded(const char *html, size_t bytes, struct finding *finding)
{
    for (size_t at = 0; at < bytes;) {
        const char *tag = memchr(html + at, '<', bytes - at);
        if (tag == NULL)
            return true;
        at = (size_t)(tag - html) + 1;
        if (at >= bytes || !((html[at] | 0x20) >= 'a' && (html[at] | 0x20) <= 'z'))
            continue;
        size_t count = attribute_count(html, bytes, &at);
        if (count > ATTRIBUTES)
            return falls(finding, "html.attributes", (double)count, ATTRIBUTES);
    }
    return true;
}

static bool parse(struct reader *reader, const char *html, size_t bytes)
{
    static const int options = HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                               HTML_PARSE_NODEFDTD | HTML_PARSE_IGNORE_ENC;
    htmlParserCtxt *parser = htmlNewParserCtxt();
    if (parser == NULL)
        arena_exhausted("libxml2 has none for a parser");
    reader->parser = parser;
    *parser->sax = (xmlSAXHandler){.startElement = begin, .endElement = end, .characters = text, .cdataBlock = text};
    parser->userData = reader;
    blocks_init(&reader->blocks, reader->arena);
    xmlResetLastError();
    xmlDoc *tree = htmlCtxtReadMemory(parser, html, (int)bytes, NULL, "UTF-8", options);
    const xmlError *last = xmlGetLastError();
    if (last != NULL && last->code == XML_ERR_NO_MEMORY) /* what it had so far is not the page */
        arena_exhausted("libxml2 was refused some");
    blocks_end(&reader->blocks, 0);
    xmlFreeDoc(tree);
    htmlFreeParserCtxt(parser);
    return !reader->refused;
}

bool html_text(struct buf *out, const char *html, size_t bytes, const struct html_settings *settings,
               struct finding *finding)
{
    if ((int64_t)bytes > settings->bytes || bytes > INT32_MAX / 2)
        return falls(finding, "html.bytes", (double)bytes, (double)settings->bytes);
    if (bytes == 0)
        return true;
    if (!attributes_bounded(html, bytes, finding))
        return false;
    struct reader reader = {
        .settings = settings, .finding = finding, .arena = out->arena, .chrome = settings->boilerplate};
    if (!parse(&reader, html, bytes))
        return false;
    size_t start = out->len;
    blocks_write(&reader.blocks, settings->links, out);
    if (settings->boilerplate && out->len - start < 200 && reader.left > 10 * (out->len - start) + 1000) {
        /* A page that calls nearly all of itself a menu has words in its classes that mean something else there. */
        struct reader again = {.settings = settings, .finding = finding, .arena = out->arena};
        if (!parse(&again, html, bytes))
            return false;
        out->len = start;
        blocks_write(&again.blocks, settings->links, out);
    }
    return true;
}
