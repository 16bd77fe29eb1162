// A list for each size class, linked through the first bytes of its blocks. A thread alone touches its lists, so they need
// no lock. Its counts are read by others: it alone writes them, so they need no read-modify-write either.
#include "thread_blocks.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

typedef struct counts {
  _Atomic int64_t kept, used, allocated;
} counts;

typedef struct lists {
  void *first[GW_THREAD_BLOCK_CLASSES];
  counts counts;
  uint64_t epoch;
  enum { unknown, known, ended } state;
  struct lists *next, *previous;
} lists;

static _Thread_local lists mine;

static struct {
  _Alignas(64) _Atomic size_t limit;
  _Atomic uint64_t epoch;  // rises with each trim
  _Atomic int pauses;
} shared;

static pthread_mutex_t registry = PTHREAD_MUTEX_INITIALIZER;  // held to read or change what follows
static lists *all;
static counts ended_threads;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static bool has_key;

static void add(_Atomic int64_t *count, int64_t difference) {
  int64_t value = atomic_load_explicit(count, memory_order_relaxed);
  atomic_store_explicit(count, value + difference, memory_order_relaxed);
}

static void release(lists *lists) {
  for (int i = 0; i < GW_THREAD_BLOCK_CLASSES; i++) {
    for (void *block = lists->first[i]; block != NULL;) {
      void *next = *(void **)block;
      free(block);
      block = next;
    }
    lists->first[i] = NULL;
  }
  atomic_store_explicit(&lists->counts.kept, 0, memory_order_relaxed);
}

static void end_thread(void *argument) {
  lists *lists = argument;
  release(lists);
  pthread_mutex_lock(&registry);
  add(&ended_threads.used, atomic_load_explicit(&lists->counts.used, memory_order_relaxed));
  add(&ended_threads.allocated, atomic_load_explicit(&lists->counts.allocated, memory_order_relaxed));
  if (lists->previous) lists->previous->next = lists->next;
  else all = lists->next;
  if (lists->next) lists->next->previous = lists->previous;
  lists->state = ended;
  pthread_mutex_unlock(&registry);
}

static void make_key(void) { has_key = pthread_key_create(&key, end_thread) == 0; }

// Makes this thread known, so that its blocks are freed when it ends; else it keeps none.
static bool enter(void) {
  if (mine.state == ended) return false;
  pthread_once(&once, make_key);
  if (!has_key || pthread_setspecific(key, &mine) != 0) return false;
  pthread_mutex_lock(&registry);
  mine.next = all;
  if (all) all->previous = &mine;
  all = &mine;
  mine.state = known;
  pthread_mutex_unlock(&registry);
  return true;
}

// Frees what is kept from before the last trim.
static void obey(void) {
  uint64_t epoch = atomic_load_explicit(&shared.epoch, memory_order_relaxed);
  if (mine.epoch == epoch) return;
  release(&mine);
  mine.epoch = epoch;
}

void *gw_thread_blocks_take(int size_class, size_t size) {
  obey();
  void *block = mine.first[size_class];
  if (block == NULL || atomic_load_explicit(&shared.pauses, memory_order_relaxed) > 0) return NULL;
  mine.first[size_class] = *(void **)block;
  add(&mine.counts.kept, -(int64_t)size);
  add(&mine.counts.used, (int64_t)size);
  add(&mine.counts.allocated, (int64_t)size);
  return block;
}

bool gw_thread_blocks_keep(int size_class, size_t size, void *block) {
  obey();
  size_t kept = (size_t)atomic_load_explicit(&mine.counts.kept, memory_order_relaxed);
  if (kept + size > atomic_load_explicit(&shared.limit, memory_order_relaxed)) return false;
  if (atomic_load_explicit(&shared.pauses, memory_order_relaxed) > 0) return false;
  if (mine.state != known && !enter()) return false;
  *(void **)block = mine.first[size_class];
  mine.first[size_class] = block;
  add(&mine.counts.kept, (int64_t)size);
  add(&mine.counts.used, -(int64_t)size);
  return true;
}

void gw_thread_blocks_set_limit(size_t limit) {
  if (atomic_exchange(&shared.limit, limit) > limit) gw_thread_blocks_trim();
}

void gw_thread_blocks_trim(void) {
  atomic_fetch_add(&shared.epoch, 1);
  obey();
}

void gw_thread_blocks_begin_pause(void) { atomic_fetch_add(&shared.pauses, 1); }
void gw_thread_blocks_end_pause(void) { atomic_fetch_sub(&shared.pauses, 1); }

gw_thread_blocks_count gw_thread_blocks_counted(void) {
  pthread_mutex_lock(&registry);
  gw_thread_blocks_count sum = {
      .used = atomic_load_explicit(&ended_threads.used, memory_order_relaxed),
      .allocated = atomic_load_explicit(&ended_threads.allocated, memory_order_relaxed)};
  for (lists *lists = all; lists != NULL; lists = lists->next) {
    sum.kept += atomic_load_explicit(&lists->counts.kept, memory_order_relaxed);
    sum.used += atomic_load_explicit(&lists->counts.used, memory_order_relaxed);
    sum.allocated += atomic_load_explicit(&lists->counts.allocated, memory_order_relaxed);
  }
  pthread_mutex_unlock(&registry);
  return sum;
}
