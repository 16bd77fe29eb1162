// Small blocks of memory that each thread keeps for itself, so that threads which allocate at once need not wait for each
// other. What a thread does not have, and what is too much for it, is its caller's business.
#ifndef GODWIT_THREAD_BLOCKS_H
#define GODWIT_THREAD_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GW_THREAD_BLOCK_CLASSES = 64 };

// A block of a size class that this thread has kept; null if there is none. All blocks of a class have the same size.
void *gw_thread_blocks_take(int size_class, size_t size);

// Keeps a block of at least 8 bytes, which malloc's free can take; false if this thread keeps enough.
bool gw_thread_blocks_keep(int size_class, size_t size, void *block);

// The most bytes that each thread keeps, 0 at first. A thread notices that it is lower with its next block.
void gw_thread_blocks_set_limit(size_t limit);

// Frees what this thread keeps, and what each other does with its next block.
void gw_thread_blocks_trim(void);

// Between a begin and its end all is left to the callers, as if nothing were kept.
void gw_thread_blocks_begin_pause(void);
void gw_thread_blocks_end_pause(void);

// Bytes of all threads, also of those that have ended.
typedef struct {
  int64_t kept;       // now
  int64_t used;       // of blocks taken, less those that were kept again
  int64_t allocated;  // of all blocks taken so far
} gw_thread_blocks_count;
gw_thread_blocks_count gw_thread_blocks_counted(void);

#endif
