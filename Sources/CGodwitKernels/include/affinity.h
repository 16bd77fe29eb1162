// The processors that the scheduler may put a thread on.
#ifndef GODWIT_AFFINITY_H
#define GODWIT_AFFINITY_H

// How many the calling thread may run on; 0 where the system does not tell.
int gw_allowed_processors(void);

#endif
