#include "isa.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

bool gw_isa_supported(int isa) {
  if (isa == GW_ISA_PLAIN) return true;
#if defined(__x86_64__)
  __builtin_cpu_init();
  bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (isa == GW_ISA_AVX2) return avx2;
  if (isa == GW_ISA_AVX512)
    return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
           && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
#endif
  return false;
}

bool gw_isa_splits_512(void) {
#if defined(__x86_64__)
  unsigned a, b, c, d;
  if (!__get_cpuid(0, &a, &b, &c, &d)) return false;
  bool amd = b == 0x68747541;  // "Auth" of AuthenticAMD
  if (!amd || !__get_cpuid(1, &a, &b, &c, &d)) return false;
  unsigned family = ((a >> 8) & 15) + ((a >> 20) & 255);
  return family == 25;  // Zen 4; Zen 5 (family 26) has full-width units
#else
  return false;
#endif
}

bool gw_address_sanitizer(void) {
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
  return true;
#endif
#endif
  return false;
}

bool gw_sanitized(void) {
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  return true;
#endif
#endif
  return false;
}

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define GW_THREAD_SANITIZER 1
void __tsan_acquire(void *address);
void __tsan_release(void *address);
#endif
#endif

void gw_lock_taken(uintptr_t lock) {
#if defined(GW_THREAD_SANITIZER)
  __tsan_acquire((void *)lock);
#else
  (void)lock;
#endif
}

void gw_lock_leaving(uintptr_t lock) {
#if defined(GW_THREAD_SANITIZER)
  __tsan_release((void *)lock);
#else
  (void)lock;
#endif
}
