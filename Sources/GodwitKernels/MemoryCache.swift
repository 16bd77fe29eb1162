import CGodwitKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The blocks of memory that tensors live in: 64-byte aligned, kept for reuse when a tensor goes.
///
/// A page that the system hands out anew costs several times the work that most kernels do on it, so freed blocks are
/// kept by size class (eight to each power of two) up to `limit` bytes, and handed back when the system has no others.
/// Of blocks below 64 KiB each thread keeps some for itself, so that threads that allocate at once do not wait for each other.
/// Blocks of 2 MiB and more ask for huge pages. Under Address Sanitizer nothing is kept, so that each overflow is seen.
public enum MemoryCache {
  /// The most bytes kept for reuse; a quarter of the memory that the process may have unless set.
  public static var limit: Int {
    get { state.withLock { $0.limit } }
    set {
      let limit = max(newValue, 0)
      state.withLock { $0.limit = limit }
      gw_thread_blocks_set_limit(threadLimit(limit))
      if keptByteCount > limit { trim() }
    }
  }

  /// The most bytes that a thread keeps for itself.
  private static func threadLimit(_ limit: Int) -> Int { min(limit / 64, 1 << 20) }

  /// The bytes now kept for reuse.
  public static var keptByteCount: Int { state.withLock { $0.kept } + Int(gw_thread_blocks_counted().kept) }

  /// The bytes of the blocks in use.
  package static var usedByteCount: Int { state.withLock { $0.used } + Int(gw_thread_blocks_counted().used) }

  /// The bytes of all blocks given out so far, also of those taken back since: a measure of work that is not time.
  package static var allocatedByteCount: Int {
    state.withLock { $0.allocated } + Int(gw_thread_blocks_counted().allocated)
  }

  /// The most bytes in use at any time since `work` began, and what `work` returns.
  ///
  /// It counts all threads; of two calls at once the second takes the count from the first.
  package static func peakByteCount<Result>(of work: () throws -> Result) rethrows -> (peak: Int, result: Result) {
    // All blocks come from and go to the shared ones meanwhile, so that these know the most of all threads.
    gw_thread_blocks_begin_pause()
    defer { gw_thread_blocks_end_pause() }
    state.withLock { $0.peak = $0.used }
    let result = try work()
    return (state.withLock { $0.peak } + Int(gw_thread_blocks_counted().used), result)
  }

  /// Hands every kept block back to the system; other threads hand back their own small ones with their next tensor.
  public static func trim() {
    gw_thread_blocks_trim()
    let blocks = state.withLock { state in
      let blocks = state.free.flatMap { $0 }
      for index in state.free.indices { state.free[index].removeAll() }
      state.kept = 0
      return blocks
    }
    for block in blocks { free(UnsafeMutableRawPointer(bitPattern: block)) }
  }

  private struct State {
    var free = [[UInt]](repeating: [], count: sizeClassCount)
    var kept = 0
    var used = 0
    var peak = 0
    var allocated = 0

    mutating func use(_ size: Int) {
      used += size
      allocated += size
      peak = max(peak, used)
    }
    var limit = MachineMemory.byteCount / 4
  }

  private static let state: Lock<State> = {
    let state = State()
    gw_thread_blocks_set_limit(threadLimit(state.limit))
    return Lock(state)
  }()
  private static let keepsNothing = gw_address_sanitizer()
  private static let alignment = 64
  private static let hugePage = 2 << 20
  private static let sizeClassCount = 8 * 58
  private static let threadClassCount = Int(GW_THREAD_BLOCK_CLASSES)

  /// The class of a size: eight steps to each power of two, from 64 bytes.
  private static func sizeClass(_ byteCount: Int) -> (index: Int, size: Int) {
    let units = max(byteCount + 63, 64) >> 6
    guard units >= 8 else { return (units, units << 6) }
    let shift = Int.bitWidth - units.leadingZeroBitCount - 4
    let steps = (units + (1 << shift) - 1) >> shift  // 8 ... 16
    return (shift * 8 + steps, (steps << shift) << 6)
  }

  /// A block of at least `byteCount` bytes, its contents undefined (NaN in a debug build).
  ///
  /// - Precondition: the system has the memory, if need be after a trim; else the program ends, see `onFailure`.
  package static func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
    let block: UnsafeMutableRawPointer
    if keepsNothing {
      block = system(byteCount: max(byteCount, 1), for: byteCount)
      state.withLock { $0.use(byteCount) }
    } else {
      let (index, size) = sizeClass(byteCount)
      let own = index < threadClassCount ? gw_thread_blocks_take(Int32(index), size) : nil
      block = own ?? shared(index, size: size) ?? system(byteCount: size, for: byteCount)
    }
    #if DEBUG
      memset(block, 0xFF, byteCount)
    #endif
    return block
  }

  /// A block of a size class that any thread has kept.
  private static func shared(_ index: Int, size: Int) -> UnsafeMutableRawPointer? {
    let kept = state.withLock { state -> UInt? in
      state.use(size)
      guard let block = state.free[index].popLast() else { return nil }
      state.kept -= size
      return block
    }
    return kept.flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
  }

  /// Takes back a block that `allocate(byteCount:)` gave for the same count.
  package static func deallocate(_ block: UnsafeMutableRawPointer, byteCount: Int) {
    if keepsNothing {
      state.withLock { $0.used -= byteCount }
    } else {
      let (index, size) = sizeClass(byteCount)
      if index < threadClassCount, gw_thread_blocks_keep(Int32(index), size, block) { return }
      let taken = state.withLock { state -> Bool in
        state.used -= size
        guard state.kept + size <= state.limit else { return false }
        state.free[index].append(UInt(bitPattern: block))
        state.kept += size
        return true
      }
      if taken { return }
    }
    free(block)
  }

  private static let failure = Lock<(@Sendable (_ byteCount: Int) -> Never)?>(nil)

  /// Ends the program where it needs a block of so many bytes that the system does not have; `fatalError` unless set.
  package static func onFailure(_ end: @escaping @Sendable (_ byteCount: Int) -> Never) {
    failure.withLock { $0 = end }
  }

  private static func system(byteCount: Int, for asked: Int) -> UnsafeMutableRawPointer {
    if let block = attempt(byteCount: byteCount) { return block }
    // What is kept for other sizes may be what this one lacks.
    trim()
    if let block = attempt(byteCount: byteCount) { return block }
    failure.withLock { $0 }?(asked)
    fatalError("allocate: the system has no \(asked) bytes left for a tensor")
  }

  private static func attempt(byteCount: Int) -> UnsafeMutableRawPointer? {
    var block: UnsafeMutableRawPointer?
    let large = byteCount >= hugePage && !keepsNothing
    guard posix_memalign(&block, large ? hugePage : alignment, byteCount) == 0, let block else { return nil }
    #if os(Linux)
      if large { _ = madvise(block, byteCount, Int32(MADV_HUGEPAGE)) }
    #endif
    return block
  }
}
