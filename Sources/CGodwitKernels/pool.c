// One job at a time. A job is published by raising `generation`. Its indices lie in as many parts as threads, and a
// thread begins with its own: what it wrote in the job before is then often what it reads in this one, and still near.
// When its part is done it helps with the others'.
//
// Whoever works claims indices by compare-and-swap on the part's ticket, which carries the generation in its upper
// half, so that a worker that wakes late can never claim from a job that it did not read. All tickets change before
// the job does: whoever has read any part of the new job beside the old generation then finds that no ticket is his.
// The caller waits for finished indices, not for workers: one that the system has put to sleep and that has claimed
// nothing is not waited for.
#include "pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

enum { max_workers = 255, spins = 3000 };

static pthread_mutex_t owner = PTHREAD_MUTEX_INITIALIZER;  // held for the length of a job
static pthread_mutex_t configuration = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int wanted_threads = 1;
static int started_workers = 0;

static _Atomic uint32_t generation;
static _Atomic int sleepers;
static struct {
  _Atomic uint64_t value;  // the generation, and how many of the part's indices are claimed
  char alone_on_its_line[56];
} tickets[max_workers + 1];
static int used_tickets = 1;  // by any job so far
static _Atomic int finished;
static _Atomic int job_count;
static _Atomic int job_parts;
static _Atomic(gw_pool_body) job_body;
static _Atomic(void *) job_context;

static _Thread_local bool inside_job;

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#if defined(__linux__)
static void sleep_while(uint32_t seen) {
  atomic_fetch_add(&sleepers, 1);
  if (atomic_load(&generation) == seen)
    syscall(SYS_futex, &generation, FUTEX_WAIT_PRIVATE, seen, 0, 0, 0);
  atomic_fetch_sub(&sleepers, 1);
}

static void wake_workers(void) {
  if (atomic_load(&sleepers) > 0) syscall(SYS_futex, &generation, FUTEX_WAKE_PRIVATE, max_workers, 0, 0, 0);
}
#else
static pthread_mutex_t sleep_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t sleep_condition = PTHREAD_COND_INITIALIZER;

static void sleep_while(uint32_t seen) {
  pthread_mutex_lock(&sleep_lock);
  atomic_fetch_add(&sleepers, 1);
  while (atomic_load(&generation) == seen) pthread_cond_wait(&sleep_condition, &sleep_lock);
  atomic_fetch_sub(&sleepers, 1);
  pthread_mutex_unlock(&sleep_lock);
}

static void wake_workers(void) {
  if (atomic_load(&sleepers) == 0) return;
  pthread_mutex_lock(&sleep_lock);
  pthread_cond_broadcast(&sleep_condition);
  pthread_mutex_unlock(&sleep_lock);
}
#endif

// Works through the part of thread `number`, then through the others in turn.
static void work(uint32_t of_generation, int number) {
  int64_t count = atomic_load(&job_count);
  int parts = atomic_load(&job_parts);
  gw_pool_body body = atomic_load(&job_body);
  void *context = atomic_load(&job_context);
  for (int i = 0; i < parts; i++) {
    int part = (number + i) % parts;
    int first = (int)(count * part / parts), end = (int)(count * (part + 1) / parts);
    uint64_t claim = atomic_load(&tickets[part].value);
    for (;;) {
      if ((uint32_t)(claim >> 32) != of_generation) return;
      int index = first + (int)(uint32_t)claim;
      if (index >= end) break;
      if (!atomic_compare_exchange_weak(&tickets[part].value, &claim, claim + 1)) continue;
      body(context, index);
      atomic_fetch_add(&finished, 1);
      claim = atomic_load(&tickets[part].value);
    }
  }
}

static void *worker(void *argument) {
  int number = (int)(intptr_t)argument;
  uint32_t seen = 0;
  inside_job = true;
  for (;;) {
    uint32_t now = atomic_load(&generation);
    for (int i = 0; now == seen && i < spins; i++) {
      relax();
      now = atomic_load(&generation);
    }
    if (now == seen) {
      sleep_while(seen);
      continue;
    }
    seen = now;
    if (number < atomic_load(&wanted_threads)) work(seen, number);
  }
  return 0;
}

void gw_pool_set_threads(int threads) {
  if (threads < 1) threads = 1;
  if (threads > max_workers + 1) threads = max_workers + 1;
  pthread_mutex_lock(&configuration);
  for (; started_workers < threads - 1; started_workers++) {
    pthread_t thread;
    if (pthread_create(&thread, 0, worker, (void *)(intptr_t)(started_workers + 1)) != 0) break;
    pthread_detach(thread);
  }
  atomic_store(&wanted_threads, threads);
  pthread_mutex_unlock(&configuration);
}

int gw_pool_threads(void) { return atomic_load(&wanted_threads); }

void gw_pool_run(int count, gw_pool_body body, void *context) {
  bool alone = count <= 1 || inside_job || atomic_load(&wanted_threads) == 1;
  if (alone || pthread_mutex_trylock(&owner) != 0) {
    for (int i = 0; i < count; i++) body(context, i);
    return;
  }
  inside_job = true;
  uint32_t mine = atomic_load(&generation) + 1;
  int threads = atomic_load(&wanted_threads);
  if (used_tickets < threads) used_tickets = threads;
  for (int i = 0; i < used_tickets; i++) atomic_store(&tickets[i].value, (uint64_t)mine << 32);
  atomic_store(&job_count, count);
  atomic_store(&job_parts, threads);
  atomic_store(&job_body, body);
  atomic_store(&job_context, context);
  atomic_store(&finished, 0);
  atomic_store(&generation, mine);
  wake_workers();
  work(mine, 0);
  for (int i = 0; atomic_load(&finished) < count; i++) {
    if (i < spins)
      relax();
    else
      sched_yield();
  }
  inside_job = false;
  pthread_mutex_unlock(&owner);
}
