import CGodwitKernels
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

  #if os(Linux)
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
