import GodwitKernels

/// A block of memory that tensors share.
///
/// Unchecked, because the compiler cannot see the rule that makes it safe: the bytes are written only while exactly one
/// reference to the block exists (a kernel filling its fresh result, or a uniquely owned tensor changed in place).
package final class Storage: @unchecked Sendable {
  package let pointer: UnsafeMutableRawPointer
  package let byteCount: Int

  package init(byteCount: Int) {
    self.byteCount = byteCount
    pointer = MemoryCache.allocate(byteCount: byteCount)
  }

  deinit { MemoryCache.deallocate(pointer, byteCount: byteCount) }
}
