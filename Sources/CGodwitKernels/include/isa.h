// Which instruction sets a table may be asked for, and which of them this machine has.
#ifndef GODWIT_ISA_H
#define GODWIT_ISA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  GW_ISA_PLAIN = 0,   // SSE2 on x86-64, the architecture's own vectors elsewhere
  GW_ISA_AVX2 = 1,    // AVX2 and FMA
  GW_ISA_AVX512 = 2,  // AVX-512 F, VL, BW, DQ
  GW_ISA_COUNT = 3,
};

bool gw_isa_supported(int isa);

// True on cores that split a 512-bit multiply-add over two 256-bit halves, where the narrower matrix tile is the faster.
bool gw_isa_splits_512(void);

// True where the C of this package was compiled with Address Sanitizer.
bool gw_address_sanitizer(void);

// True with Address or Thread Sanitizer, which address terabytes.
bool gw_sanitized(void);

// Tell Thread Sanitizer, where this was compiled with it, that a lock was taken or is about to be given back.
void gw_lock_taken(uintptr_t lock);
void gw_lock_leaving(uintptr_t lock);

#endif
