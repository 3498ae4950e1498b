/* flow: a worker of stage ingest that does nothing: scan leaves BENCH_TASKS batches, all of the same artifact, and read
 * one output and one counter. So each task has its lineage, count and cost as any other, and what is timed is the
 * plumbing. Run by the script beside it, in tidemill-ingest's place. */
#include "ingest/ingest.h"

#include <stdlib.h>
#include <string.h>

static const char content[] = "{}\n";

static bool scan(struct task *task, const void *config, struct err *err)
{
    (void)config;
    const char *text = getenv("BENCH_TASKS");
    int64_t count = text != NULL ? strtoll(text, NULL, 10) : 1;
    if (!task_put(task, "batch", 0, content, sizeof content - 1, "application/jsonl", err))
        return false;
    const struct task_output first = task->outputs[0];
    for (int64_t i = 1; i < count; i++)
        task_output(task, first.role, i, &first.digest, first.bytes, first.media_type);
    return true;
}

static bool read_nothing(struct task *task, const void *config, struct err *err)
{
    (void)config;
    (void)err;
    const struct digest digest =
        digest_of(task->id, strlen(task->id)); /* of its own, as outputs are; no file is behind it */
    task_output(task, "nothing", 0, &digest, (int64_t)sizeof content - 1, "application/jsonl");
    task_count(task, "documents_in", 1);
    return true;
}

static const struct work works[] = {{"ingest.scan", scan}, {"ingest.read", read_nothing}, {NULL, NULL}};
static const struct stage stage = {.info = &ingest_info, .works = works};

int main(int argc, char **argv)
{
    return stage_main(&stage, argc, argv);
}
