/*
 * definition: a YAML file as a tree that knows where everything stands, and its sections bound to option tables.
 *
 * All errors of a file are collected, not only the first: parse, bind every section, check the keys, then ask for the
 * report. The tree, the errors and the bound values live in the definition's arena. Nothing here prints.
 *
 * A path reads "train.models[2].shape.layers"; a section's path has "[]" for each element: "train.models[]".
 */
#ifndef LIB_FLOW_DEFINITION_H
#define LIB_FLOW_DEFINITION_H

#include "lib/base/buf.h"
#include "lib/base/option.h"

enum node_kind { NODE_NULL, NODE_TEXT, NODE_LIST, NODE_MAP };

struct node_pair;

struct node {
    enum node_kind kind;
    const char *file; /* as the user named it */
    int line, column; /* from 1 */
    size_t weight;    /* nodes below and including this one, aliases counted as often as they are used */
    const char *text; /* NODE_TEXT */
    struct node **items;
    struct node_pair *pairs;
    size_t count; /* of items or pairs */
};

struct node_pair {
    const struct node *key; /* a NODE_TEXT */
    struct node *value;
};

struct definition_error {
    const char *file;
    int line, column;
    const char *path; /* "" where the whole file is meant */
    const char *message;
};

struct definition {
    struct arena *arena;
    const char *file;
    const char *bytes; /* as read */
    size_t len;
    struct node *root; /* NULL where there is no readable tree */
    struct definition_error *errors;
    size_t error_count, error_capacity;
};

enum { DEFINITION_BYTES = 1 << 20, DEFINITION_DEPTH = 32, DEFINITION_NODES = 20000 };

/* Read bytes that stand in `file` (for messages). What is wrong is left among the errors. */
void definition_parse(struct definition *definition, struct arena *arena, const char *file, const char *bytes,
                      size_t len);

/* Read a file; where its `site:` names another file (relative to it), that file's tree takes the name's place. A file
 * that cannot be read at all is the one error that is returned. */
bool definition_read(struct definition *definition, struct arena *arena, const char *path, struct err *err) MUST_CHECK;
/* The same of a copy: what it names is relative to `folder`, where the file was. NULL: to the copy's own. */
bool definition_read_copy(struct definition *definition, struct arena *arena, const char *path, const char *folder,
                          struct err *err) MUST_CHECK;

/* The node at a path ("" is the root), or NULL. */
const struct node *definition_find(const struct definition *definition, const char *path);
/* How many elements the list at "train.models" has; "[]" at the end is allowed. 0 where there is none. */
size_t definition_count(const struct definition *definition, const char *path);

/* Fill `config` (of section->size) with defaults and with what stands at `path`, which may be absent. Values live in
 * `arena`. False where that added errors. */
bool definition_bind(struct definition *definition, const struct section *section, const char *path,
                     struct arena *arena, void *config) MUST_CHECK;

/* Add an error for every key that no option of the sections (ends with NULL) has. */
void definition_check_keys(struct definition *definition, const struct section *const *sections);

/* Add an error; node may be NULL (then it is the file's). */
void definition_error(struct definition *definition, const struct node *node, const char *path, const char *format, ...)
    PRINTF_LIKE(4, 5);

/* Every error, in the file's order, one a line: "nightly.yaml:14:21: clean.language.keep: ...". */
void definition_report(struct definition *definition, struct buf *out);
/* The first error as an ERR_DEFINITION, with how many more there are; true where there is none. */
bool definition_valid(struct definition *definition, struct err *err) MUST_CHECK;

/* Used between the parts of this module. */
struct node *yaml_tree(struct definition *definition, const char *file, const char *bytes, size_t len);
const struct node *node_get(const struct node *map, const char *key); /* NULL where absent or no mapping */
const char *node_kind_name(const struct node *node);                  /* "a mapping" */

#endif
