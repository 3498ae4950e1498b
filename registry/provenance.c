/*
 * provenance: what a model is made of, as an in-toto Statement v1 with SLSA provenance v1 as its predicate
 * (https://in-toto.io/Statement/v1, https://slsa.dev/provenance/v1).
 *
 * It holds no time, host or run: the same inputs give the same statement. When and where is in the ledger.
 */
#include "registry/registry.h"

#include <string.h>

static json_t *digest_json(const struct digest *digest)
{
    char hex[DIGEST_HEX];
    digest_hex(digest, hex);
    json_t *object = json_object();
    json_object_set_new(object, "sha256", json_string(hex));
    return object;
}

static void add_resource(json_t *list, const char *name, const struct digest *digest)
{
    json_t *object = json_object();
    json_object_set_new(object, "name", json_string(name));
    json_object_set_new(object, "digest", digest_json(digest));
    json_array_append_new(list, object);
}

/* The inputs of the given roles, as "role" or "role[ordinal]" where there are several. */
static json_t *inputs_json(const struct task *task, const char *const *roles, const char *const *names)
{
    json_t *list = json_array();
    for (size_t r = 0; roles[r]; r++) {
        size_t count = task_inputs(task, roles[r]);
        for (size_t i = 0; i < count; i++) {
            const char *name = names ? names[r] : roles[r];
            if (count > 1)
                name = arena_printf(task->arena, "%s[%zu]", name, i);
            add_resource(list, name, &task_input(task, roles[r], i)->digest);
        }
    }
    return list;
}

static json_t *build_definition(const struct task *task, const struct release *release)
{
    json_t *definition = json_object(), *parameters = json_object();
    json_object_set_new(parameters, "pipeline", json_string(task->pipeline ? task->pipeline : ""));
    json_object_set_new(parameters, "model", json_string(json_text_or(task->spec, "model", release->model)));
    json_object_set_new(parameters, "alias", json_string(release->alias));
    json_object_set_new(definition, "buildType", json_string("tag:tidemill,2026:train/v1"));
    json_object_set_new(definition, "externalParameters", parameters);
    json_object_set_new(definition, "resolvedDependencies",
                        inputs_json(task, (const char *const[]){"dataset", "tokenizer", NULL}, NULL));
    return definition;
}

static json_t *run_details(const struct task *task, const json_t *verdict)
{
    json_t *details = json_object(), *builder = json_object(), *annotations = json_object();
    json_t *byproducts = inputs_json(task, (const char *const[]){"verdict", "score", NULL}, NULL);
    json_object_set_new(builder, "id", json_string("tag:tidemill,2026:registry.release/1"));
    json_object_set_new(details, "builder", builder);
    json_object_set(annotations, "passed", json_object_get(verdict, "passed"));
    json_object_set(annotations, "gates", json_object_get(verdict, "gates"));
    if (json_array_size(byproducts) > 0)
        json_object_set(json_array_get(byproducts, 0), "annotations", annotations);
    json_decref(annotations);
    json_object_set_new(details, "byproducts", byproducts);
    return details;
}

char *provenance_write(const struct task *task, const struct release *release, const json_t *verdict)
{
    json_t *statement = json_keep(task->arena, json_object()), *predicate = json_object();
    json_object_set_new(predicate, "buildDefinition", build_definition(task, release));
    json_object_set_new(predicate, "runDetails", run_details(task, verdict));
    json_object_set_new(statement, "_type", json_string("https://in-toto.io/Statement/v1"));
    json_object_set_new(statement, "subject",
                        inputs_json(task, (const char *const[]){"weights", "config", "tokenizer", NULL},
                                    (const char *const[]){"model.safetensors", "config.json", "tokenizer.json"}));
    json_object_set_new(statement, "predicateType", json_string("https://slsa.dev/provenance/v1"));
    json_object_set_new(statement, "predicate", predicate);
    return json_canonical(task->arena, statement);
}
