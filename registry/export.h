/* export: what the command `export` and its model card share. */
#ifndef REGISTRY_EXPORT_H
#define REGISTRY_EXPORT_H

#include "registry/command.h"

/* The README.md of a version: Markdown with the front matter of a Hugging Face model card. */
bool model_card(struct session *session, const struct version *version, const char **text, struct err *err) MUST_CHECK;

#endif
