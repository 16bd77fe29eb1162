/// Float scratch of one task, handed out in 64-byte aligned pieces and given back as a whole.
struct RecurrenceScratch: ~Copyable {
  private let block: UnsafeMutableRawPointer
  private let byteCount: Int
  private var used = 0

  /// Room for pieces of the given numbers of floats.
  init(_ counts: Int...) { self.init(counts: counts) }

  init(counts: [Int]) {
    var total = 0
    for count in counts { total += RecurrenceScratch.rounded(count) }
    byteCount = total * 4
    block = MemoryCache.allocate(byteCount: byteCount)
  }

  deinit { MemoryCache.deallocate(block, byteCount: byteCount) }

  /// The next piece, zeroed unless its contents do not matter.
  mutating func take(_ count: Int, zeroed: Bool = true) -> UnsafeMutablePointer<Float> {
    let start = used
    used += RecurrenceScratch.rounded(count)
    guard used * 4 <= byteCount else { fatalError("recurrence scratch: \(used) floats taken of \(byteCount / 4)") }
    let piece = block.assumingMemoryBound(to: Float.self) + start
    if zeroed { piece.update(repeating: 0, count: used - start) }
    return piece
  }

  private static func rounded(_ count: Int) -> Int { (count + 15) / 16 * 16 }
}
