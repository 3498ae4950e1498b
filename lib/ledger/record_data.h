/* record_data, record_model: the parts of ledger_record_tasks(), by what they write. Only record_task.c calls them. */
#ifndef LIB_LEDGER_RECORD_DATA_H
#define LIB_LEDGER_RECORD_DATA_H

#include "lib/ledger/record_task.h"

/* The source that a task's records are of; an error where its spec names none. */
bool record_source(struct ledger *ledger, const struct task_records *records, struct err *err) MUST_CHECK;
bool record_items(struct ledger *ledger, struct arena *arena, const struct task_records *records,
                  struct err *err) MUST_CHECK;
bool record_dataset(struct ledger *ledger, struct arena *arena, const struct task_records *records,
                    struct err *err) MUST_CHECK;
bool record_tokenizer(struct ledger *ledger, struct arena *arena, const struct task_records *records,
                      struct err *err) MUST_CHECK;
bool record_release(struct ledger *ledger, struct arena *arena, const struct task_records *records,
                    struct err *err) MUST_CHECK;

#endif
