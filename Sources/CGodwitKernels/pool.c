// Several jobs at a time, one for each thread that calls. A caller has a desk, where its job lies; workers watch the numbers
// of the jobs there. A job's indices lie in as many parts as threads are meant for it, and a thread begins with its own:
// what it wrote in the job before is then often what it reads in this one, and still near. When its part is done it helps
// with the others', and then with the jobs of other callers.
//
// Callers work too: beside n of them only threads - n workers may run or spin, else they would take the callers' cores.
// A worker's first caller follows from its number, so callers have equally many. A caller counts until it has called
// nothing for a while; the others notice that when they call, and a lone one need not look.
//
// Whoever works claims indices by compare-and-swap on the part's ticket, which carries the job's number in its upper
// half, so that a worker that wakes late can never claim from a job that it did not read. All tickets change before
// the job does: whoever has read any part of the new job beside the old number then finds that no ticket is his.
// The caller waits for finished indices, not for workers: one that the system has put to sleep and that has claimed
// nothing is not waited for.
#include "pool.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

enum { max_workers = 255, max_callers = 64, spins = 3000, line = 64 };

// Nanoseconds after which a caller that called nothing no longer counts.
static const int64_t quiet_time = 1000000;

// A number to wait at until it changes.
typedef struct {
  _Alignas(line) _Atomic uint32_t number;
  _Atomic int sleepers;
#if !defined(__linux__)
  pthread_mutex_t lock;
  pthread_cond_t condition;
#endif
} bell;

#if defined(__linux__)
#define bell_initializer {0}
#else
#define bell_initializer {.lock = PTHREAD_MUTEX_INITIALIZER, .condition = PTHREAD_COND_INITIALIZER}
#endif

static pthread_mutex_t configuration = PTHREAD_MUTEX_INITIALIZER;  // held to change what follows, and who has a desk
static _Atomic int wanted_threads = 1;
static int started_workers = 0;
static _Atomic uint64_t callers;      // the desks that are taken, a bit for each
static _Atomic int allowed_workers;  // those of greater numbers sleep
static bell jobs = bell_initializer;        // rises with every job
static bell allowances = bell_initializer;  // rises with the workers that are allowed

// A lease counts up by the least step whenever it changes, so that none comes twice.
enum { lease_taken = 1, lease_busy = 2, lease_step = 4 };

typedef struct {
  // All that a thread reads of a job lies on one line; beside it what a caller writes before and after.
  _Alignas(line) _Atomic uint64_t lease;
  _Atomic uint32_t job;  // its number
  _Atomic int finished;
  _Atomic int count;
  _Atomic int parts;
  _Atomic(gw_pool_body) body;
  _Atomic(void *) context;

  struct {
    _Alignas(line) _Atomic uint64_t value;  // the job's number, and how many of the part's indices are claimed
  } tickets[max_workers + 1];
  int used_tickets;  // by any job so far

  // The lease as others last saw it, and since when.
  _Atomic uint64_t watched_lease;
  _Atomic int64_t watched_since;
} desk;

static desk desks[max_callers];

static struct {
  _Alignas(line) _Atomic uint64_t value;
} helped[max_workers + 1];  // indices that each worker has done

static _Thread_local bool inside_job;
static _Thread_local struct {
  desk *desk;
  uint64_t lease;
  int64_t next_look;
} mine;

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#if defined(__linux__)
static void sleep_while(bell *bell, uint32_t seen) {
  atomic_fetch_add(&bell->sleepers, 1);
  if (atomic_load(&bell->number) == seen) syscall(SYS_futex, &bell->number, FUTEX_WAIT_PRIVATE, seen, 0, 0, 0);
  atomic_fetch_sub(&bell->sleepers, 1);
}

static void ring(bell *bell) {
  atomic_fetch_add(&bell->number, 1);
  if (atomic_load(&bell->sleepers) > 0)
    syscall(SYS_futex, &bell->number, FUTEX_WAKE_PRIVATE, max_workers, 0, 0, 0);
}
#else
static void sleep_while(bell *bell, uint32_t seen) {
  pthread_mutex_lock(&bell->lock);
  atomic_fetch_add(&bell->sleepers, 1);
  while (atomic_load(&bell->number) == seen) pthread_cond_wait(&bell->condition, &bell->lock);
  atomic_fetch_sub(&bell->sleepers, 1);
  pthread_mutex_unlock(&bell->lock);
}

static void ring(bell *bell) {
  atomic_fetch_add(&bell->number, 1);
  if (atomic_load(&bell->sleepers) == 0) return;
  pthread_mutex_lock(&bell->lock);
  pthread_cond_broadcast(&bell->condition);
  pthread_mutex_unlock(&bell->lock);
}
#endif

// Works through a job, beginning with part `place`, until no index is left to claim. Thread 0 is the caller; another one
// stops where it is one too many, and returns false.
static bool work(desk *at, uint32_t job, int place, int thread) {
  int64_t count = atomic_load_explicit(&at->count, memory_order_acquire);
  int parts = atomic_load_explicit(&at->parts, memory_order_acquire);
  gw_pool_body body = atomic_load_explicit(&at->body, memory_order_acquire);
  void *context = atomic_load_explicit(&at->context, memory_order_acquire);
  for (int i = 0; i < parts; i++) {
    int part = (place + i) % parts;
    int first = (int)(count * part / parts), end = (int)(count * (part + 1) / parts);
    uint64_t claim = atomic_load(&at->tickets[part].value);
    for (;;) {
      if ((uint32_t)(claim >> 32) != job) return true;
      int index = first + (int)(uint32_t)claim;
      if (index >= end) break;
      if (thread > atomic_load_explicit(&allowed_workers, memory_order_relaxed)) return false;
      if (!atomic_compare_exchange_weak(&at->tickets[part].value, &claim, claim + 1)) continue;
      body(context, index);
      // Before it is finished: whoever has seen the job end then sees who helped.
      if (thread > 0) atomic_fetch_add_explicit(&helped[thread].value, 1, memory_order_relaxed);
      atomic_fetch_add(&at->finished, 1);
      claim = atomic_load(&at->tickets[part].value);
    }
  }
  return true;
}

// Works on the jobs that are new, of all callers in turn, beginning with that of the worker's number. Returns whether
// there were any.
static bool help(int worker, uint32_t seen[max_callers]) {
  bool found = false;
  uint64_t taken = atomic_load(&callers);
  int count = __builtin_popcountll(taken);
  for (int i = 0; i < count; i++) {
    uint64_t rest = taken;
    for (int skip = count == 1 ? 0 : (worker - 1 + i) % count; skip > 0; skip--) rest &= rest - 1;
    int desk = __builtin_ctzll(rest);
    uint32_t job = atomic_load(&desks[desk].job);
    if (job == seen[desk]) continue;
    found = true;
    if (work(&desks[desk], job, 1 + (worker - 1) / count, worker)) seen[desk] = job;
  }
  return found;
}

static void *worker(void *argument) {
  int number = (int)(intptr_t)argument;
  uint32_t seen[max_callers] = {0};
  inside_job = true;
  for (;;) {
    uint32_t allowance = atomic_load(&allowances.number);
    if (number > atomic_load(&allowed_workers)) {
      sleep_while(&allowances, allowance);
      continue;
    }
    bool found = help(number, seen);
    for (int i = 0; !found && i < spins && number <= atomic_load(&allowed_workers); i++) {
      relax();
      found = help(number, seen);
    }
    if (found) continue;
    // Not read while it waits, as callers write it with every job.
    uint32_t jobs_seen = atomic_load(&jobs.number);
    if (!help(number, seen)) sleep_while(&jobs, jobs_seen);
  }
  return 0;
}

// With the configuration held, after a change of the callers or of the wanted threads.
static void allow_workers(void) {
  int count = __builtin_popcountll(atomic_load(&callers));
  int workers = atomic_load(&wanted_threads) - (count > 1 ? count : 1);
  if (workers < 0) workers = 0;
  if (workers > atomic_exchange(&allowed_workers, workers)) ring(&allowances);
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
  allow_workers();
  pthread_mutex_unlock(&configuration);
}

int gw_pool_threads(void) { return atomic_load(&wanted_threads); }

uint64_t gw_pool_helped(void) {
  uint64_t sum = 0;
  for (int i = 1; i <= max_workers; i++) sum += atomic_load_explicit(&helped[i].value, memory_order_relaxed);
  return sum;
}

static int64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

// Takes a free desk for this thread. Nothing here waits: after a fork nobody may be there to give the lock back.
static bool sit_down(void) {
  if (pthread_mutex_trylock(&configuration) != 0) return false;
  uint64_t taken = atomic_load(&callers);
  bool found = ~taken != 0;
  if (found) {
    int place = __builtin_ctzll(~taken);
    mine.desk = &desks[place];
    mine.lease = (atomic_load(&mine.desk->lease) & ~(uint64_t)(lease_step - 1)) + lease_step + lease_taken;
    atomic_store(&mine.desk->lease, mine.lease + lease_busy);
    atomic_store(&callers, taken | (uint64_t)1 << place);
    allow_workers();
  }
  pthread_mutex_unlock(&configuration);
  return found;
}

// Takes the desk from a caller that has not called since it was seen with this lease.
static void dismiss(int place, uint64_t lease) {
  if (pthread_mutex_trylock(&configuration) != 0) return;
  if (atomic_compare_exchange_strong(&desks[place].lease, &lease, lease - lease_taken + lease_step)) {
    atomic_store(&callers, atomic_load(&callers) & ~((uint64_t)1 << place));
    allow_workers();
  }
  pthread_mutex_unlock(&configuration);
}

// Looks, now and then, for callers that have stopped calling.
static void look_around(void) {
  int64_t now = nanoseconds();
  if (now < mine.next_look) return;
  mine.next_look = now + quiet_time / 4;
  uint64_t others = atomic_load(&callers) & ~((uint64_t)1 << (mine.desk - desks));
  for (; others != 0; others &= others - 1) {
    int place = __builtin_ctzll(others);
    desk *other = &desks[place];
    uint64_t lease = atomic_load(&other->lease);
    if (!(lease & lease_taken) || (lease & lease_busy)) continue;
    if (atomic_load(&other->watched_lease) != lease) {
      atomic_store(&other->watched_since, now);
      atomic_store(&other->watched_lease, lease);
    } else if (now - atomic_load(&other->watched_since) >= quiet_time) {
      dismiss(place, lease);
    }
  }
}

// Marks this thread's desk as in use; false if it has none and finds none.
static bool begin_job(void) {
  uint64_t lease = mine.lease;
  bool kept = mine.desk && atomic_compare_exchange_strong(&mine.desk->lease, &lease, lease + lease_busy);
  if (!kept && !sit_down()) {
    mine.desk = NULL;
    return false;
  }
  uint64_t taken = atomic_load(&callers);
  if (taken & (taken - 1)) look_around();
  return true;
}

static void end_job(void) {
  mine.lease += lease_step;
  atomic_store_explicit(&mine.desk->lease, mine.lease, memory_order_release);
}

// Gives a job to the workers and takes part until it is done.
static void share(int workers, int count, gw_pool_body body, void *context) {
  desk *at = mine.desk;
  int others = __builtin_popcountll(atomic_load(&callers));
  int parts = 1 + (workers + others - 1) / (others > 0 ? others : 1);
  uint32_t job = atomic_load_explicit(&at->job, memory_order_relaxed) + 1;
  if (at->used_tickets < parts) at->used_tickets = parts;
  for (int i = 0; i < at->used_tickets; i++)
    atomic_store_explicit(&at->tickets[i].value, (uint64_t)job << 32, memory_order_release);
  atomic_store_explicit(&at->finished, 0, memory_order_release);
  atomic_store_explicit(&at->count, count, memory_order_release);
  atomic_store_explicit(&at->parts, parts, memory_order_release);
  atomic_store_explicit(&at->body, body, memory_order_release);
  atomic_store_explicit(&at->context, context, memory_order_release);
  atomic_store_explicit(&at->job, job, memory_order_release);
  ring(&jobs);
  work(at, job, 0, 0);
  for (int i = 0; atomic_load(&at->finished) < count; i++) {
    if (i < spins)
      relax();
    else
      sched_yield();
  }
}

void gw_pool_run(int count, gw_pool_body body, void *context) {
  bool counts = count > 1 && !inside_job && atomic_load(&wanted_threads) > 1 && begin_job();
  int workers = counts ? atomic_load(&allowed_workers) : 0;
  if (counts) inside_job = true;
  if (workers > 0)
    share(workers, count, body, context);
  else
    for (int i = 0; i < count; i++) body(context, i);
  if (!counts) return;
  inside_job = false;
  end_job();
}
