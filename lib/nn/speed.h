/*
 * speed: how fast this machine computes what training mostly computes, for estimates before anything was trained on it.
 */
#ifndef LIB_NN_SPEED_H
#define LIB_NN_SPEED_H

#include "lib/nn/ops.h"

/* Floating point operations a second of one core in the products of a layer of that width, forward and backward: the
 * best of a few tries, which take some 10 ms together. */
double speed_of_core(enum precision precision, size_t width);

#endif
