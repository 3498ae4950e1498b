/* checkpoint: a training's whole state as one safetensors file, and going on from it to the bit. */
#ifndef TRAIN_CHECKPOINT_H
#define TRAIN_CHECKPOINT_H

#include "train/trainer.h"

/* Writes weights, moments, the best weights and the state to the store. */
bool checkpoint_write(const struct trainer *trainer, const struct store *store, struct digest *digest, int64_t *bytes,
                      struct err *err) MUST_CHECK;
/* ERR_DAMAGED or ERR_INPUT where it cannot be used; the trainer is then to be reset. */
bool checkpoint_read(struct trainer *trainer, const struct store *store, const struct digest *digest,
                     struct err *err) MUST_CHECK;

/* Weights alone, as `transformers` loads them. */
bool weights_write(const struct trainer *trainer, const struct store *store, struct digest *digest, int64_t *bytes,
                   struct err *err) MUST_CHECK;

#endif
