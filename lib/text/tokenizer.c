/*
 * tokenizer: see tokenizer.h. Loading tokenizer.json, and the way from ids back to bytes. The other way is in
 * tokenizer_encode.c.
 *
 * Only what can be applied exactly is accepted: a byte-level BPE with GPT-2 pre-tokenization and no normalizer.
 */
#include "lib/text/tokenizer.h"

#include "lib/base/json.h"
#include "lib/base/text.h"
#include "lib/text/bpe.h"
#include "lib/text/byte_level.h"

#include <string.h>

enum { VOCABULARY_MOST = 1 << 20, MERGES_MOST = 1 << 22 };

static bool refuse(struct err *err, const char *what)
{
    return err_set(err, ERR_INPUT, "tokenizer.json: %s", what);
}

static bool check_form(const json_t *root, struct err *err)
{
    const json_t *model = json_object_get(root, "model"), *pre = json_object_get(root, "pre_tokenizer");
    const json_t *normalizer = json_object_get(root, "normalizer");
    if (!text_equal(json_text_or(root, "version", NULL), "1.0"))
        return refuse(err, "its version is not 1.0");
    if (!text_equal(json_text_or(model, "type", NULL), "BPE"))
        return refuse(err, "its model is not BPE");
    if (normalizer != NULL && !json_is_null(normalizer))
        return refuse(err, "it has a normalizer: decoding would not give the text back");
    if (!text_equal(json_text_or(pre, "type", NULL), "ByteLevel") || json_bool_or(pre, "add_prefix_space", true) ||
        !json_bool_or(pre, "use_regex", true))
        return refuse(err, "its pre_tokenizer is not ByteLevel with add_prefix_space false and use_regex true");
    if (json_bool_or(model, "ignore_merges", false) || json_bool_or(model, "byte_fallback", false) ||
        json_is_string(json_object_get(model, "continuing_subword_prefix")) ||
        json_is_string(json_object_get(model, "end_of_word_suffix")) ||
        json_is_number(json_object_get(model, "dropout")))
        return refuse(
            err, "it uses ignore_merges, byte_fallback, prefixes, suffixes or dropout, which are not applied here");
    return true;
}

/* One row per id: its bytes, or its content where it is special. */
static bool put_token(struct tokenizer *tokenizer, int64_t id, const char *data, size_t len, bool special,
                      struct err *err)
{
    if (id < 0 || id >= tokenizer->vocabulary)
        return err_set(err, ERR_INPUT, "tokenizer.json: id %lld is not in [0, %lld)", (long long)id,
                       (long long)tokenizer->vocabulary);
    struct token *token = &tokenizer->tokens[id];
    if (token->data != NULL)
        return err_set(err, ERR_INPUT, "tokenizer.json: id %lld stands twice", (long long)id);
    *token = (struct token){arena_strndup(tokenizer->arena, data, len), len, special};
    return true;
}

/* The added tokens' contents as keys of an object. */
static const json_t *special_contents(struct arena *arena, const json_t *root)
{
    size_t i;
    json_t *added, *list = json_object_get(root, "added_tokens"), *contents = json_keep(arena, json_object());
    json_array_foreach(list, i, added)
    {
        if (json_object_set_new(contents, json_text_or(added, "content", ""), json_true()) != 0)
            BUG("a text of a JSON tree is no key");
    }
    return contents;
}

static bool read_vocabulary(struct tokenizer *tokenizer, const json_t *root, json_t *vocabulary, struct err *err)
{
    const char *text;
    json_t *value;
    struct buf bytes;
    const json_t *specials = special_contents(tokenizer->arena, root);
    buf_init(&bytes, tokenizer->arena);
    json_object_foreach(vocabulary, text, value)
    {
        bool special = json_object_get(specials, text) != NULL;
        buf_clear(&bytes);
        if (!json_is_integer(value))
            return err_set(err, ERR_INPUT, "tokenizer.json: \"%s\" has no id", text);
        if (!special && !byte_level_read(text, strlen(text), &bytes))
            return err_set(err, ERR_INPUT, "tokenizer.json: \"%s\" is not made of byte-level characters", text);
        if (special)
            buf_text(&bytes, text);
        if (!put_token(tokenizer, json_integer_value(value), bytes.data, bytes.len, special, err))
            return false;
    }
    return true;
}

/* Added tokens that the vocabulary lacks come after it, in their order, whatever id they claim (as `tokenizers` does).
 */
static bool read_added(struct tokenizer *tokenizer, const json_t *root, json_t *vocabulary, struct err *err)
{
    size_t i;
    json_t *added;
    int64_t next = (int64_t)json_object_size(vocabulary);
    json_array_foreach(json_object_get(root, "added_tokens"), i, added)
    {
        const char *content = json_text_or(added, "content", NULL);
        if (content == NULL)
            return refuse(err, "an added token has no content");
        if (json_object_get(vocabulary, content) == NULL &&
            !put_token(tokenizer, next++, content, strlen(content), true, err))
            return false;
    }
    return true;
}

static int64_t count_added(const json_t *root, json_t *vocabulary)
{
    size_t i;
    json_t *added;
    int64_t count = 0;
    json_array_foreach(json_object_get(root, "added_tokens"), i, added)
    {
        const char *content = json_text_or(added, "content", "");
        count += json_object_get(vocabulary, content) == NULL;
    }
    return count;
}

/* "a b", or ["a", "b"]. */
static bool split_merge(struct arena *arena, const json_t *merge, const char **left, const char **right)
{
    if (json_is_string(merge)) {
        const char *text = json_string_value(merge), *space = strchr(text, ' ');
        if (space == NULL)
            return false;
        *left = arena_strndup(arena, text, (size_t)(space - text));
        *right = space + 1;
        return true;
    }
    *left = json_string_value(json_array_get(merge, 0));
    *right = json_string_value(json_array_get(merge, 1));
    return *left != NULL && *right != NULL;
}

static int64_t id_of(const json_t *vocabulary, const char *text)
{
    return json_int_or(vocabulary, text, -1);
}

static bool read_merges(struct tokenizer *tokenizer, const json_t *model, const json_t *vocabulary, struct err *err)
{
    size_t rank;
    json_t *merge;
    json_t *merges = json_object_get(model, "merges");
    if (json_array_size(merges) > MERGES_MOST)
        return err_set(err, ERR_INPUT, "tokenizer.json: more than %d merges", MERGES_MOST);
    bpe_merges_init(tokenizer, json_array_size(merges));
    json_array_foreach(merges, rank, merge)
    {
        const char *left, *right;
        if (!split_merge(tokenizer->arena, merge, &left, &right))
            return err_set(err, ERR_INPUT, "tokenizer.json: merge %zu is no pair", rank);
        int64_t a = id_of(vocabulary, left), b = id_of(vocabulary, right);
        int64_t c = id_of(vocabulary, arena_printf(tokenizer->arena, "%s%s", left, right));
        if (a < 0 || b < 0 || c < 0)
            return err_set(err, ERR_INPUT, "tokenizer.json: merge %zu: a part or its result is not in the vocabulary",
                           rank);
        const struct token *tokens = tokenizer->tokens;
        if (tokens[a].special || tokens[b].special || tokens[c].special)
            return err_set(err, ERR_INPUT, "tokenizer.json: merge %zu: special tokens are not merged here", rank);
        bpe_merge_add(tokenizer, (int32_t)a, (int32_t)b, (int32_t)rank, (int32_t)c);
    }
    return true;
}

static bool find_bytes(struct tokenizer *tokenizer, const json_t *vocabulary, struct err *err)
{
    for (unsigned byte = 0; byte < 256; byte++) {
        struct buf character;
        buf_init(&character, tokenizer->arena);
        byte_level_write(&character, (unsigned char)byte);
        int64_t id = id_of(vocabulary, character.data);
        if (id < 0 || tokenizer->tokens[id].special)
            return err_set(err, ERR_INPUT, "tokenizer.json: the vocabulary has no token for byte %02x", byte);
        tokenizer->byte_ids[byte] = (int32_t)id;
    }
    return true;
}

struct tokenizer *tokenizer_load(struct arena *arena, const char *json, size_t len, struct err *err)
{
    struct tokenizer *tokenizer = ARENA_NEW(arena, struct tokenizer);
    const json_t *root = json_read(arena, json, len, err);
    if (root == NULL) {
        err_wrap(err, "tokenizer.json");
        return NULL;
    }
    const json_t *model = json_object_get(root, "model");
    json_t *vocabulary = json_object_get(model, "vocab");
    if (!check_form(root, err))
        return NULL;
    tokenizer->arena = arena;
    tokenizer->vocabulary = (int64_t)json_object_size(vocabulary) + count_added(root, vocabulary);
    if (tokenizer->vocabulary > VOCABULARY_MOST) {
        err_set(err, ERR_INPUT, "tokenizer.json: more than %d tokens", VOCABULARY_MOST);
        return NULL;
    }
    tokenizer->tokens = ARENA_ARRAY(arena, struct token, (size_t)tokenizer->vocabulary);
    if (!read_vocabulary(tokenizer, root, vocabulary, err) || !read_added(tokenizer, root, vocabulary, err) ||
        !find_bytes(tokenizer, vocabulary, err) || !read_merges(tokenizer, model, vocabulary, err))
        return NULL;
    return tokenizer;
}

int64_t tokenizer_vocabulary(const struct tokenizer *tokenizer)
{
    return tokenizer->vocabulary;
}

int32_t tokenizer_special(const struct tokenizer *tokenizer, const char *content)
{
    for (int64_t id = 0; id < tokenizer->vocabulary; id++)
        if (tokenizer->tokens[id].special && strcmp(tokenizer->tokens[id].data, content) == 0)
            return (int32_t)id;
    return -1;
}

int32_t tokenizer_end_of_text(const struct tokenizer *tokenizer)
{
    return tokenizer_special(tokenizer, "<|endoftext|>");
}

const char *tokenizer_bytes(const struct tokenizer *tokenizer, int32_t id, size_t *bytes)
{
    *bytes = 0;
    if (id < 0 || id >= tokenizer->vocabulary || tokenizer->tokens[id].special)
        return NULL;
    *bytes = tokenizer->tokens[id].len;
    return tokenizer->tokens[id].data;
}

void tokenizer_decode(const struct tokenizer *tokenizer, const int32_t *ids, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        size_t bytes;
        const char *data = tokenizer_bytes(tokenizer, ids[i], &bytes);
        if (data != NULL)
            buf_add(out, data, bytes);
    }
}
