/* cleaner: see the header. The order: main text, normal form, length and rules, language. Nothing fails: it is an
 * outcome. */
#include "clean/cleaner.h"

#include "clean/html.h"
#include "clean/language.h"
#include "clean/normalise.h"

#include <string.h>

static bool html(const struct document *document)
{
    const char *type = document_get(document, "content_type");
    return type != NULL && (text_starts(type, "text/html") || text_starts(type, "application/xhtml"));
}

/* "zh" keeps zh and zh-Hant. */
static bool same_language(const char *code, const char *wanted)
{
    size_t len = strlen(wanted);
    return strncmp(code, wanted, len) == 0 && (code[len] == '\0' || code[len] == '-');
}

static bool language_passes(const struct clean *config, const struct page *page, struct outcome *outcome)
{
    struct language language;
    language_tell(page->text, page->bytes, &language);
    outcome->language = language.code[0];
    outcome->language_share = language.share[0];
    if (config->language_keep.count == 0)
        return true;
    double share = 0;
    for (size_t i = 0; i < LANGUAGES; i++)
        for (size_t k = 0; k < config->language_keep.count; k++)
            if (language.share[i] > 0 && same_language(language.code[i], config->language_keep.item[k])) {
                share += language.share[i];
                break;
            }
    return share >= config->language_score || falls(&outcome->finding, "language.score", share, config->language_score);
}

static void hide_personal(struct arena *arena, const struct clean *config, const struct personal *personal,
                          struct outcome *outcome)
{
    const struct personal_settings *settings = &config->personal;
    struct buf hidden;
    if (settings->email == PERSONAL_KEEP && settings->ip == PERSONAL_KEEP && settings->phone == PERSONAL_KEEP)
        return;
    buf_init(&hidden, arena);
    outcome->hidden = (int64_t)personal_hide(personal, settings, &hidden, outcome->text, outcome->bytes);
    outcome->text = hidden.data;
    outcome->bytes = hidden.len;
}

void clean_document(struct arena *arena, const struct document *document, const struct clean *config,
                    const struct personal *personal, struct outcome *outcome)
{
    *outcome = (struct outcome){.text = document->text, .bytes = document->bytes};
    struct buf main, normal;
    buf_init(&main, arena);
    buf_init(&normal, arena);
    const char *text = document->text;
    size_t bytes = document->bytes;
    if (bytes > WORDS_TEXT_MAX / 4) {
        falls(&outcome->finding, "length.maximum", (double)bytes, (double)(WORDS_TEXT_MAX / 4));
        return;
    }
    if (html(document)) {
        if (!html_text(&main, text, bytes, &config->html, &outcome->finding))
            return;
        text = main.data;
        bytes = main.len;
    }
    struct normalise_report report = {0, 0};
    normalise(&normal, text, bytes, &report);
    outcome->invalid = report.invalid;
    outcome->invisible = report.invisible;

    struct page page;
    page_set(&page, arena, normal.data, normal.len);
    outcome->kept = rules_pass(&page, config, &outcome->finding) && language_passes(config, &page, outcome);
    outcome->text = page.text;
    outcome->bytes = page.bytes;
    if (outcome->kept)
        hide_personal(arena, config, personal, outcome);
    if (outcome->kept && config->duplicates_near)
        minhash_bands(arena, outcome->text, outcome->bytes, outcome->band);
}
