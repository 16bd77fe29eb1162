// Umbrella of the C inner loops. Each header declares one function table, filled once per instruction set.
#ifndef CGODWITKERNELS_H
#define CGODWITKERNELS_H

#include "adam.h"
#include "affinity.h"
#include "attention.h"
#include "causal_convolution.h"
#include "copy.h"
#include "diagonal_recurrence.h"
#include "double_samples.h"
#include "elementwise.h"
#include "fade.h"
#include "isa.h"
#include "long_sum.h"
#include "matrix.h"
#include "normalization.h"
#include "outer_product.h"
#include "peak.h"
#include "philox.h"
#include "pool.h"
#include "random_features.h"
#include "reduction.h"
#include "rotary.h"
#include "selective_scan.h"
#include "softmax.h"
#include "squared_relu.h"
#include "thread_blocks.h"
#include "walk.h"
#include "wkv.h"

#endif
