// Umbrella of the C inner loops. Each header declares one function table, filled once per instruction set.
#ifndef CGODWITKERNELS_H
#define CGODWITKERNELS_H

#include "diagonal_recurrence.h"
#include "isa.h"
#include "matrix.h"
#include "outer_product.h"
#include "pool.h"

#endif
