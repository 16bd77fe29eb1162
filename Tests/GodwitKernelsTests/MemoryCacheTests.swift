import CGodwitKernels
import Dispatch
import Testing

@testable import GodwitKernels

#if canImport(Glibc)
  import Glibc
#endif

/// What changes the cache runs in a process of its own, as the other tests use the same one.
@Suite struct MemoryCacheTests {
  @Test(arguments: [0, 1, 63, 64, 65, 511, 512, 513, 4097, 1 << 20, (1 << 21) + 3])
  func blocksAreAlignedAndWritable(byteCount: Int) {
    let block = MemoryCache.allocate(byteCount: byteCount)
    #expect(UInt(bitPattern: block) % 64 == 0)
    block.initializeMemory(as: UInt8.self, repeating: 7, count: byteCount)
    MemoryCache.deallocate(block, byteCount: byteCount)
  }

  // Address Sanitizer sees a block used after it was freed only where blocks are not kept.
  @Test func aFreedBlockIsUsedAgainForItsSizeClass() async {
    await #expect(processExitsWith: .success) {
      let block = MemoryCache.allocate(byteCount: 70_000)
      MemoryCache.deallocate(block, byteCount: 70_000)
      guard !gw_address_sanitizer() else { return require(MemoryCache.keptByteCount == 0, "nothing is kept") }
      require(MemoryCache.keptByteCount >= 70_000, "a block is kept")
      let small = MemoryCache.allocate(byteCount: 60_000)
      require(small != block, "a block of another class is another")
      let again = MemoryCache.allocate(byteCount: 70_001)
      require(again == block, "the kept block comes back")
      MemoryCache.deallocate(small, byteCount: 60_000)
      MemoryCache.deallocate(again, byteCount: 70_001)
      MemoryCache.trim()
      require(MemoryCache.keptByteCount == 0, "nothing is kept after a trim")
    }
  }

  @Test func noMoreIsKeptThanTheLimit() async {
    await #expect(processExitsWith: .success) {
      MemoryCache.limit = 200_000
      let blocks = (0..<10).map { _ in MemoryCache.allocate(byteCount: 65_536) }
      for block in blocks { MemoryCache.deallocate(block, byteCount: 65_536) }
      let kept = gw_address_sanitizer() ? 0 : 3 * 65_536
      require(MemoryCache.keptByteCount == kept, "\(MemoryCache.keptByteCount) bytes are kept")
      MemoryCache.limit = 100_000
      require(MemoryCache.keptByteCount == 0, "a lower limit hands blocks back")
      MemoryCache.limit = -1
      require(MemoryCache.limit == 0, "a limit is not negative")
    }
  }

  @Test func blocksPassBetweenThreads() async {
    await #expect(processExitsWith: .success) {
      let used = MemoryCache.usedByteCount
      DispatchQueue.concurrentPerform(iterations: 8) { thread in
        for round in 0..<200 {
          let sizes = (0..<20).map { ($0 * 97 + round * 31 + thread) % 9000 + 8 }
          nonisolated(unsafe) let blocks = sizes.map {
            MemoryCache.allocate(byteCount: $0).assumingMemoryBound(to: Int.self)
          }
          for (index, block) in blocks.enumerated() { block.pointee = thread << 32 | index }
          if round % 50 == 0 { MemoryCache.trim() }
          for (index, block) in blocks.enumerated() {
            require(block.pointee == thread << 32 | index, "a block belongs to one thread at a time")
          }
          DispatchQueue.concurrentPerform(iterations: 2) { half in
            for index in stride(from: half, to: 20, by: 2) {
              MemoryCache.deallocate(UnsafeMutableRawPointer(blocks[index]), byteCount: sizes[index])
            }
          }
        }
      }
      require(MemoryCache.usedByteCount == used, "\(MemoryCache.usedByteCount - used) bytes are left in use")
    }
  }

  @Test func thePeakCountsWhatThreadsKeepToThemselves() async {
    await #expect(processExitsWith: .success) {
      MemoryCache.deallocate(MemoryCache.allocate(byteCount: 4096), byteCount: 4096)
      let before = MemoryCache.usedByteCount
      let peak = MemoryCache.peakByteCount {
        for _ in 0..<3 { MemoryCache.deallocate(MemoryCache.allocate(byteCount: 4096), byteCount: 4096) }
        let two = [4096, 8192].map { ($0, MemoryCache.allocate(byteCount: $0)) }
        for (byteCount, block) in two { MemoryCache.deallocate(block, byteCount: byteCount) }
      }.peak
      require(peak == before + 4096 + 8192, "\(peak - before) bytes at most")
    }
  }

  #if os(Linux)
    @Test func aThreadsOwnBlocksAreCountedAndGoWithIt() async {
      await #expect(processExitsWith: .success) {
        guard !gw_address_sanitizer() else { return }
        let (used, allocated) = (MemoryCache.usedByteCount, MemoryCache.allocatedByteCount)
        let block = MemoryCache.allocate(byteCount: 4096)
        require(MemoryCache.usedByteCount == used + 4096, "a block is in use")
        let address = UInt(bitPattern: block)
        onAThread {
          // Of blocks that came from elsewhere it keeps what fits its limit; the others are shared.
          MemoryCache.deallocate(UnsafeMutableRawPointer(bitPattern: address)!, byteCount: 4096)
          require(gw_thread_blocks_counted().kept == 4096, "the thread keeps it")
          let again = MemoryCache.allocate(byteCount: 4000)
          require(UInt(bitPattern: again) == address, "and gives it out again")
          let blocks = (0..<600).map { _ in MemoryCache.allocate(byteCount: 4096) }
          for block in blocks + [again] { MemoryCache.deallocate(block, byteCount: 4096) }
          require(gw_thread_blocks_counted().kept == 1 << 20, "as much as it may")
          require(MemoryCache.keptByteCount == 601 * 4096, "\(MemoryCache.keptByteCount) bytes are kept in all")
        }
        require(gw_thread_blocks_counted().kept == 0, "a thread that has ended keeps nothing")
        require(MemoryCache.usedByteCount == used, "\(MemoryCache.usedByteCount) bytes are in use")
        require(
          MemoryCache.allocatedByteCount == allocated + 602 * 4096, "\(MemoryCache.allocatedByteCount) bytes in all")
      }
    }

    @Test func aTrimAndALimitReachOtherThreads() async {
      await #expect(processExitsWith: .success) {
        guard !gw_address_sanitizer() else { return }
        MemoryCache.deallocate(MemoryCache.allocate(byteCount: 4096), byteCount: 4096)
        MemoryCache.deallocate(MemoryCache.allocate(byteCount: 8192), byteCount: 8192)
        onAThread { MemoryCache.trim() }
        require(MemoryCache.keptByteCount == 4096 + 8192, "this thread has not yet heard of it")
        MemoryCache.deallocate(MemoryCache.allocate(byteCount: 64), byteCount: 64)
        require(MemoryCache.keptByteCount == 64, "\(MemoryCache.keptByteCount) bytes are kept")
        onAThread { MemoryCache.limit = 0 }
        MemoryCache.deallocate(MemoryCache.allocate(byteCount: 64), byteCount: 64)
        require(MemoryCache.keptByteCount == 0, "nothing is kept where nothing may be")
      }
    }

    @Test(.enabled(if: !gw_sanitized())) func whatIsKeptIsHandedBackWhenTheSystemHasNoMore() async {
      await #expect(processExitsWith: .success) {
        MemoryCache.limit = 1 << 30
        MemoryCache.deallocate(MemoryCache.allocate(byteCount: 600 << 20), byteCount: 600 << 20)
        require(MemoryCache.keptByteCount >= 600 << 20, "the block is kept")
        limitAddresses(to: usedAddresses + 300 << 20)
        let block = MemoryCache.allocate(byteCount: 700 << 20)
        require(MemoryCache.keptByteCount == 0, "the kept block is gone")
        MemoryCache.deallocate(block, byteCount: 700 << 20)
      }
    }

    @Test(.enabled(if: !gw_sanitized())) func whatTheSystemDoesNotHaveEndsTheProgramWithTheSize() async {
      let limited = await #expect(processExitsWith: .exitCode(7)) {
        limitAddresses(to: usedAddresses + 100 << 20)
        MemoryCache.onFailure { byteCount in exit(byteCount >= 500 << 20 ? 7 : 8) }
        _ = MemoryCache.allocate(byteCount: 500 << 20)
      }
      #expect(limited != nil)
      let message = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        limitAddresses(to: usedAddresses + 100 << 20)
        _ = MemoryCache.allocate(byteCount: 500 << 20)
      }
      let text = message.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
      #expect(text.contains("no \(500 << 20) bytes left"))
    }
  #endif

  #if DEBUG
    @Test func whatWasNeverWrittenIsNaN() {
      let block = MemoryCache.allocate(byteCount: 40)
      #expect((0..<10).allSatisfy { block.assumingMemoryBound(to: Float.self)[$0].isNaN })
      #expect((0..<5).allSatisfy { block.assumingMemoryBound(to: Double.self)[$0].isNaN })
      MemoryCache.deallocate(block, byteCount: 40)
    }
  #endif

  @Test(.enabled(if: gw_address_sanitizer())) func anOverflowByOneElementIsCaught() async {
    await #expect(processExitsWith: .failure) {
      let block = MemoryCache.allocate(byteCount: 40).assumingMemoryBound(to: Float.self)
      block[10] = 1
    }
  }
}

#if os(Linux)
  /// Does work on a thread that has ended when this returns, what goes with a thread included.
  private func onAThread(_ work: @escaping @Sendable () -> Void) {
    final class Work: Sendable {
      let work: @Sendable () -> Void
      init(_ work: @escaping @Sendable () -> Void) { self.work = work }
    }
    var thread = pthread_t()
    let begun = pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().work()
        return nil
      }, Unmanaged.passRetained(Work(work)).toOpaque())
    require(begun == 0 && pthread_join(thread, nil) == 0, "a thread works")
  }

  /// The bytes that this process can address now.
  private var usedAddresses: Int {
    let pages = SmallFile.text("/proc/self/statm")?.split(separator: " ").first.flatMap { Int($0) }
    return pages! * sysconf(Int32(_SC_PAGESIZE))
  }

  private func limitAddresses(to byteCount: Int) {
    var limit = rlimit(rlim_cur: rlim_t(byteCount), rlim_max: rlim_t(byteCount))
    require(setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, "a process may limit itself")
  }
#endif
