/* html: what is text and what is not, how it is laid out, and that no page takes it down. */
#include "tests/unit/clean/recorded.h"

#include "clean/html.h"

static struct arena arena;
static struct finding finding;

static char *text_of(const char *html, size_t bytes)
{
    struct clean config;
    struct buf out;
    settings(&arena, &config);
    buf_init(&out, &arena);
    finding = (struct finding){NULL, 0, 0};
    return html_text(&out, html, bytes, &config.html, &finding) ? out.data : NULL;
}

static void gives(const char *html, const char *text, const char *name)
{
    SAME(text_of(html, strlen(html)), text, name);
}

static void layout(void)
{
    gives("<p>One\n  two</p><p>three &amp; four&nbsp; five</p>", "One two\n\nthree & four five", "paragraphs");
    gives("<h1>Head</h1>text<div>a line</div><div>another</div>", "Head\n\ntext\na line\nanother",
          "headings and lines");
    gives("<p>Do:</p><ul><li>one</li><li><p>two</p><p>more</p></li></ul><p>Done.</p>",
          "Do:\n\n- one\n- two\nmore\n\nDone.", "a list");
    gives("<dl><dt>term</dt><dd><p>what it is</p></dd><dt>next</dt><dd>this</dd></dl>",
          "term\nwhat it is\n\nnext\nthis", "a list of terms");
    gives("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2 <b>3</b></td></tr></table>", "a\tb\n1\t2 3",
          "a table");
    gives("<p>Type</p><pre>\nfor (;;)\n    stop();\n\n\tend</pre><p>now.</p>",
          "Type\n\nfor (;;)\n    stop();\n\n\tend\n\nnow.", "code keeps its lines");
    gives("one<br>two<br/>three", "one\ntwo\nthree", "line breaks");
    gives("f<i>oo</i>bar <b> baz</b>", "foobar baz", "inline elements do not part words");
    gives("<title>no</title><body><p>Gr&ouml;&szlig;e &#8364; &#x6C34;</p>", "Größe € 水", "entities");
}

static void left_out(void)
{
    gives("<script>var a = '<p>no</p>';</script><style>p {}</style><p>yes</p><noscript>no</noscript>", "yes",
          "scripts");
    gives("<nav><p>no</p></nav><header>no</header><p>yes</p><aside>no</aside><footer>no</footer>", "yes", "elements");
    gives("<article><header><h1>Title</h1></header><p>yes</p></article>", "Title\n\nyes", "an article's own header");
    gives("<div class='site-nav x'>no</div><div id=sidebar>no</div><div role=navigation>no</div><p>yes</p>", "yes",
          "classes, ids and roles");
    gives("<div class='no-sidebar'>yes</div><p class='navy'>blue</p>", "yes\n\nblue", "words that only look like it");
    gives("<div hidden>no</div><p style='color: red; display: none'>no</p><p aria-hidden=true>no</p><p>yes</p>", "yes",
          "what is hidden");
    gives("<form><p>yes</p><select><option>no</option></select><button>no</button></form>", "yes", "form controls");
    gives("<p>Some text stands here.</p><ul><li><a href=a>Alpha page</a></li><li><a href=b>Beta page</a></li>"
          "<li><a href=c>Gamma page</a></li></ul><p>And more.</p>",
          "Some text stands here.\n\nAnd more.", "a block of links");
    gives("<p>See <a href=a>Section 13.2 of the manual</a>.</p>", "See Section 13.2 of the manual.",
          "a sentence that is mostly a link stays");
    gives("<div class=navheader><table><tr><th>13.1. Introduction</th></tr><tr><td><a href=p>Prev</a></td></tr></table>"
          "<hr/></div><div class=sect1><h2>13.1. Introduction</h2><p>The text.</p></div>"
          "<div class=navfooter><hr/>no</div>",
          "13.1. Introduction\n\nThe text.", "PostgreSQL's navheader and navfooter");
}

static void fallback(void)
{
    struct buf page;
    buf_init(&page, &arena);
    buf_text(&page, "<div class=menu>");
    for (int i = 0; i < 100; i++)
        buf_text(&page, "<p>The menu of the day is soup with bread from the mill.</p>");
    buf_text(&page, "</div>");
    const char *text = text_of(page.data, page.len);
    OK(text != NULL && strlen(text) > 5000, "a page that is all menu keeps its text");
}

static char *repeat(const char *what, size_t times, size_t *bytes)
{
    struct buf out;
    buf_init(&out, &arena);
    for (size_t i = 0; i < times; i++)
        buf_text(&out, what);
    *bytes = out.len;
    return out.data;
}

static void hostile(void)
{
    size_t bytes;
    char *page = repeat("<div>", 200000, &bytes);
    OK(text_of(page, bytes) == NULL, "deep nesting is refused");
    SAME(finding.rule, "html.depth", "its reason");
    NEAR(finding.limit, 1000, 0, "its limit");
    page = repeat("</p></div></b>", 300000, &bytes);
    OK(text_of(page, bytes) != NULL, "end tags of nothing");
    page = repeat("<p>text", 100000, &bytes);
    OK(text_of(page, bytes) != NULL, "no closing tags");
    page = repeat("&#x;&#99999999;&amp&bogus;&", 100000, &bytes);
    OK(text_of(page, bytes) != NULL, "broken entities");
    page = repeat("<", 1000000, &bytes);
    OK(text_of(page, bytes) != NULL, "nothing but <");
    page = repeat("<!--", 500000, &bytes);
    OK(text_of(page, bytes) != NULL, "comments that do not end");
    page = repeat("<a b=", 300000, &bytes);
    OK(text_of(page, bytes) != NULL || finding.rule != NULL, "tags within tags");

    struct buf large;
    buf_init(&large, &arena);
    buf_text(&large, "<p>before</p><img alt=\"");
    memset(buf_reserve(&large, 10 << 20), 'x', 10 << 20);
    large.len += 10 << 20;
    buf_text(&large, "\"><p>after</p>");
    SAME(text_of(large.data, large.len), "before\n\nafter", "an attribute of 10 MB");

    buf_clear(&large);
    buf_text(&large, "<p");
    for (int i = 0; i < 50000; i++)
        buf_printf(&large, " a%d", i);
    buf_text(&large, ">text</p>");
    OK(text_of(large.data, large.len) == NULL, "50,000 attributes are refused");
    SAME(finding.rule, "html.attributes", "their reason");

    static const char nul[] = "<p>one\0two</p><p>three</p>";
    const char *text = text_of(nul, sizeof nul - 1);
    OK(text != NULL && strstr(text, "three") != NULL, "text after a NUL is read");
    gives("<meta charset=\"iso-8859-1\"><p>Größe</p>", "Größe", "a declaration that is not true of this text");
    gives("<p>one<script>if (a < b) { '</p>' ", "one", "a script that does not end");
    gives("", "", "nothing");
    gives("plain text, 1 < 2", "plain text, 1 < 2", "no element at all");
}

int main(void)
{
    arena_init(&arena);
    layout();
    left_out();
    fallback();
    hostile();
    arena_release(&arena);
    return DONE();
}
