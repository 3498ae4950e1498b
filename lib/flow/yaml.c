/*
 * yaml: bytes into a tree of nodes with their places, by libyaml's events.
 *
 * The bytes are hostile: size, depth and the number of nodes that aliases expand to are limited, an alias can only name
 * what is complete (so there are no cycles), and duplicate keys are errors. The first fault of syntax ends the reading,
 * as what follows it could not be trusted. The tree belongs to the definition's arena; libyaml's own memory is freed
 * here.
 */
#include "lib/flow/definition.h"

#include <string.h>
#include <yaml.h>

struct anchor {
    const char *name;
    struct node *node;
};

struct reader {
    struct definition *definition;
    const char *file;
    const char *bytes;
    size_t len;
    yaml_parser_t parser;
    struct anchor *anchors;
    size_t anchor_count, anchor_capacity;
    size_t weight; /* nodes so far, with expanded aliases */
    int depth;
    struct buf path; /* of what is being read */
};

static struct node *read_node(struct reader *reader, yaml_event_t *event);

static struct node *new_node(struct reader *reader, enum node_kind kind, const yaml_mark_t *mark)
{
    struct node *node = ARENA_NEW(reader->definition->arena, struct node);
    *node = (struct node){
        .kind = kind, .file = reader->file, .line = (int)mark->line + 1, .column = (int)mark->column + 1, .weight = 1};
    return node;
}

static struct node *fail_at(struct reader *reader, const yaml_mark_t *mark, const char *message)
{
    const struct node *place = new_node(reader, NODE_NULL, mark);
    definition_error(reader->definition, place, reader->path.data, "%s", message);
    return NULL;
}

static bool tab_at(const struct reader *reader, size_t offset)
{
    return offset < reader->len && reader->bytes[offset] == '\t';
}

/* libyaml reports undecodable bytes by their offset alone. */
static yaml_mark_t mark_of_offset(const struct reader *reader, size_t offset)
{
    yaml_mark_t mark = {.index = offset};
    for (size_t i = 0; i < offset && i < reader->len; i++) {
        mark.column++;
        if (reader->bytes[i] == '\n') {
            mark.line++;
            mark.column = 0;
        }
    }
    return mark;
}

static void leave(struct reader *reader, size_t outside)
{
    reader->path.len = outside;
    reader->path.data[outside] = '\0';
}

static void syntax_error(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem != NULL ? parser->problem : "unknown fault";
    struct arena *arena = reader->definition->arena;
    leave(reader, 0); /* the place says more than a path that may be a misreading */
    if (parser->error == YAML_READER_ERROR) {
        yaml_mark_t mark = mark_of_offset(reader, parser->problem_offset);
        fail_at(reader, &mark, arena_printf(arena, "not valid UTF-8 text: %s", problem));
        return;
    }
    if (tab_at(reader, parser->problem_mark.index)) {
        fail_at(reader, &parser->problem_mark, "a tab cannot indent in YAML; use spaces");
        return;
    }
    const char *context = parser->context != NULL ? parser->context : "";
    fail_at(reader, &parser->problem_mark,
            arena_printf(arena, "not valid YAML: %s%s%s", problem, *context != '\0' ? " " : "", context));
}

static bool next_event(struct reader *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(&reader->parser, event))
        return true;
    if (reader->parser.error == YAML_MEMORY_ERROR)
        arena_exhausted("the YAML parser was refused its room");
    syntax_error(reader);
    return false;
}

static struct node *weigh(struct reader *reader, struct node *node, size_t more, const yaml_mark_t *mark)
{
    reader->weight += more;
    if (reader->weight <= DEFINITION_NODES)
        return node;
    return fail_at(
        reader, mark,
        arena_printf(reader->definition->arena, "too large: over %d values, aliases expanded", DEFINITION_NODES));
}

static void remember(struct reader *reader, const yaml_char_t *name, struct node *node)
{
    struct arena *arena = reader->definition->arena;
    if (name == NULL || node == NULL)
        return;
    ARENA_PUSH(arena, reader->anchors, reader->anchor_count, reader->anchor_capacity);
    reader->anchors[reader->anchor_count++] = (struct anchor){arena_strdup(arena, (const char *)name), node};
}

static struct node *read_alias(struct reader *reader, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;
    for (size_t i = reader->anchor_count; i > 0; i--) {
        struct node *node = reader->anchors[i - 1].node;
        if (strcmp(reader->anchors[i - 1].name, name) == 0)
            return weigh(reader, node, node->weight, &event->start_mark);
    }
    return fail_at(reader, &event->start_mark,
                   arena_printf(reader->definition->arena, "*%s names no anchor that is complete before it", name));
}

static bool means_nothing(const yaml_event_t *event, const char *text)
{
    return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (*text == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
}

static struct node *read_scalar(struct reader *reader, const yaml_event_t *event)
{
    struct node *node = new_node(reader, NODE_TEXT, &event->start_mark);
    size_t len = event->data.scalar.length;
    if (memchr(event->data.scalar.value, '\0', len) != NULL)
        return fail_at(reader, &event->start_mark, "a text may not hold a NUL character");
    node->text = arena_strndup(reader->definition->arena, (const char *)event->data.scalar.value, len);
    if (means_nothing(event, node->text))
        node->kind = NODE_NULL;
    remember(reader, event->data.scalar.anchor, node);
    return weigh(reader, node, 1, &event->start_mark);
}

static struct node *read_list(struct reader *reader, const yaml_event_t *start)
{
    struct node *list = new_node(reader, NODE_LIST, &start->start_mark);
    size_t capacity = 0;
    if (weigh(reader, list, 1, &start->start_mark) == NULL)
        return NULL;
    for (;;) {
        yaml_event_t event;
        if (!next_event(reader, &event))
            return NULL;
        if (event.type == YAML_SEQUENCE_END_EVENT) {
            yaml_event_delete(&event);
            remember(reader, start->data.sequence_start.anchor, list);
            return list;
        }
        size_t outside = reader->path.len;
        buf_printf(&reader->path, "[%zu]", list->count);
        struct node *item = read_node(reader, &event);
        leave(reader, outside);
        yaml_event_delete(&event);
        if (item == NULL)
            return NULL;
        ARENA_PUSH(reader->definition->arena, list->items, list->count, capacity);
        list->items[list->count++] = item;
        list->weight += item->weight;
    }
}

static void check_duplicate(struct reader *reader, const struct node *map, const struct node *key)
{
    for (size_t i = 0; i < map->count; i++)
        if (strcmp(map->pairs[i].key->text, key->text) == 0) {
            definition_error(reader->definition, key, reader->path.data, "stands here twice; the first is in line %d",
                             map->pairs[i].key->line);
            return;
        }
}

static struct node *read_value(struct reader *reader, const struct node *map, const struct node *key)
{
    yaml_event_t next;
    buf_printf(&reader->path, "%s%s", reader->path.len > 0 ? "." : "", key->text);
    check_duplicate(reader, map, key);
    if (!next_event(reader, &next))
        return NULL;
    struct node *value = read_node(reader, &next);
    yaml_event_delete(&next);
    return value;
}

/* A key, then its value; both end up in the mapping. */
static bool read_pair(struct reader *reader, struct node *map, yaml_event_t *event, size_t *capacity)
{
    struct node *key = read_node(reader, event);
    if (key == NULL)
        return false;
    if (key->kind != NODE_TEXT)
        return fail_at(reader, &event->start_mark, "a key must be a plain word") != NULL;
    size_t outside = reader->path.len;
    struct node *value = read_value(reader, map, key);
    leave(reader, outside);
    if (value == NULL)
        return false;
    ARENA_PUSH(reader->definition->arena, map->pairs, map->count, *capacity);
    map->pairs[map->count++] = (struct node_pair){key, value};
    map->weight += key->weight + value->weight;
    return true;
}

static struct node *read_map(struct reader *reader, const yaml_event_t *start)
{
    struct node *map = new_node(reader, NODE_MAP, &start->start_mark);
    size_t capacity = 0;
    if (weigh(reader, map, 1, &start->start_mark) == NULL)
        return NULL;
    for (;;) {
        yaml_event_t event;
        if (!next_event(reader, &event))
            return NULL;
        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            remember(reader, start->data.mapping_start.anchor, map);
            return map;
        }
        bool ok = read_pair(reader, map, &event, &capacity);
        yaml_event_delete(&event);
        if (!ok)
            return NULL;
    }
}

/* The node that an event begins; NULL where the reading has to end. */
static struct node *read_node(struct reader *reader, yaml_event_t *event)
{
    struct node *node = NULL;
    if (reader->depth >= DEFINITION_DEPTH) {
        leave(reader, 0);
        return fail_at(reader, &event->start_mark,
                       arena_printf(reader->definition->arena, "nested over %d levels deep", DEFINITION_DEPTH));
    }
    reader->depth++;
    if (event->type == YAML_SCALAR_EVENT)
        node = read_scalar(reader, event);
    else if (event->type == YAML_SEQUENCE_START_EVENT)
        node = read_list(reader, event);
    else if (event->type == YAML_MAPPING_START_EVENT)
        node = read_map(reader, event);
    else if (event->type == YAML_ALIAS_EVENT)
        node = read_alias(reader, event);
    else
        fail_at(reader, &event->start_mark, "not valid YAML: a value is missing");
    reader->depth--;
    return node;
}

/* Stream start, the document, and nothing after it. */
static struct node *read_stream(struct reader *reader)
{
    struct node *root = NULL;
    for (;;) {
        yaml_event_t event;
        if (!next_event(reader, &event))
            return NULL;
        yaml_event_type_t type = event.type;
        bool content = type == YAML_SCALAR_EVENT || type == YAML_SEQUENCE_START_EVENT ||
                       type == YAML_MAPPING_START_EVENT || type == YAML_ALIAS_EVENT;
        bool second = content && root != NULL, failed = false;
        if (second)
            fail_at(reader, &event.start_mark, "a second document begins here; one file holds one");
        else if (content)
            failed = (root = read_node(reader, &event)) == NULL;
        yaml_event_delete(&event);
        if (type == YAML_STREAM_END_EVENT || second || failed)
            return root;
    }
}

struct node *yaml_tree(struct definition *definition, const char *file, const char *bytes, size_t len)
{
    struct reader reader = {.definition = definition, .file = file, .bytes = bytes, .len = len};
    buf_init(&reader.path, definition->arena);
    if (len > DEFINITION_BYTES) {
        yaml_mark_t start = {0};
        return fail_at(
            &reader, &start,
            arena_printf(definition->arena, "the file has %zu bytes; the most is %d (1 MiB)", len, DEFINITION_BYTES));
    }
    if (!yaml_parser_initialize(&reader.parser))
        arena_exhausted("the YAML parser was refused its room");
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)bytes, len);
    struct node *root = read_stream(&reader);
    yaml_parser_delete(&reader.parser);
    return root;
}
