import Testing

@testable import GodwitKernels

@Suite struct MemoryCacheTests {
  @Test(arguments: [0, 1, 63, 64, 65, 511, 512, 513, 4097, 1 << 20, (1 << 21) + 3])
  func blocksAreAlignedAndWritable(byteCount: Int) {
    let block = MemoryCache.allocate(byteCount: byteCount)
    #expect(UInt(bitPattern: block) % 64 == 0)
    block.initializeMemory(as: UInt8.self, repeating: 7, count: byteCount)
    MemoryCache.deallocate(block, byteCount: byteCount)
  }
}
