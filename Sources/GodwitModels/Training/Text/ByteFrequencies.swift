#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How often each byte occurs in a text.
public struct ByteFrequencies: Sendable, Hashable {
  /// The number of occurrences of each of the 256 bytes.
  public let counts: [Int]

  /// Counts the bytes of a text.
  public init(_ text: some Sequence<UInt8>) {
    var counts = [Int](repeating: 0, count: 256)
    for byte in text { counts[Int(byte)] += 1 }
    self.counts = counts
  }

  /// −Σ p log₂ p in bits per byte: the least loss of a model that does not look at what stands around a byte.
  public var entropy: Double {
    let total = Double(counts.reduce(0, +))
    var entropy = 0.0
    for count in counts where count > 0 {
      let p = Double(count) / total
      entropy -= p * log2(p)
    }
    return entropy
  }
}
