/* split: which part of the data a document belongs to, told by its id alone, so that it never moves between them. */
#ifndef CLEAN_SPLIT_H
#define CLEAN_SPLIT_H

/* "train", "validation" or "test". Raising one share takes documents from train only. */
const char *split_of(const char *id, double validation, double test);

#endif
