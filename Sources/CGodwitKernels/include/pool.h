// A persistent pool of threads: workers spin briefly, then sleep; the caller takes part.
#ifndef GODWIT_POOL_H
#define GODWIT_POOL_H

#include <stdint.h>

typedef void (*gw_pool_body)(void *context, int index);

// Threads that work at a time, callers included. At least 1.
void gw_pool_set_threads(int threads);
int gw_pool_threads(void);

// Calls body(context, i) once for each i in 0 ..< count, in any order, on several threads, and returns when all are done.
// Threads that call at once, or one shortly after another, share the threads wanted: as many callers as threads work each
// by itself. A call from inside a body does all the work on its own thread.
void gw_pool_run(int count, gw_pool_body body, void *context);

// Calls of bodies so far that were not made by the callers of jobs.
uint64_t gw_pool_helped(void);

#endif
