// A persistent pool of threads: workers spin briefly, then sleep; the caller takes part.
#ifndef GODWIT_POOL_H
#define GODWIT_POOL_H

typedef void (*gw_pool_body)(void *context, int index);

// Threads that work on a job, the caller included. At least 1.
void gw_pool_set_threads(int threads);
int gw_pool_threads(void);

// Calls body(context, i) once for each i in 0 ..< count, in any order, on several threads, and returns when all are done.
// A call from inside a body, or while another thread has a job running, does all the work on its own thread.
void gw_pool_run(int count, gw_pool_body body, void *context);

#endif
