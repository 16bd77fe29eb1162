import GodwitKernels

/// The counter-based generator Philox4x32-10: a bijection of a counter under a key, so that any place of any stream is
/// reached at once.
///
/// Block i of a stream is the 128 bits that ten rounds make of the counter (i, stream) under the key `seed`; each block
/// gives two words, its lower half first. A stream repeats after 2⁶⁴ words. The state is 24 bytes and wholly `Codable`:
/// a decoded generator continues bit for bit.
///
/// Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011, section 4.3.
public struct Philox: RandomNumberGenerator, Sendable, Hashable {
  package let key: UInt64
  package let stream: UInt64
  /// The number of words that have been taken.
  package private(set) var position: UInt64
  /// The upper half of the block whose lower half was the last word; 0 at even positions.
  private var spare: UInt64

  /// The generator at the start of a stream of a seed. Different seeds or streams give independent words.
  public init(seed: UInt64, stream: UInt64 = 0) {
    self.init(key: seed, stream: stream, position: 0)
  }

  package init(key: UInt64, stream: UInt64, position: UInt64) {
    self.key = key
    self.stream = stream
    self.position = position
    spare = position & 1 == 0 ? 0 : Self.words(ofBlock: position >> 1, stream: stream, key: key).upper
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    defer { position &+= 1 }
    if position & 1 == 1 {
      defer { spare = 0 }
      return spare
    }
    let words = Self.words(ofBlock: position >> 1, stream: stream, key: key)
    spare = words.upper
    return words.lower
  }

  /// A generator of its own, independent of what this one gives later; takes two words.
  ///
  /// The two words become the key and the stream of the new generator, so that splits may be split again: two of n
  /// generators coincide with a probability of about n² / 2¹²⁹.
  public mutating func split() -> Philox {
    let key = next()
    return Philox(key: key, stream: next(), position: 0)
  }

  /// The same stream, `count` words further.
  ///
  /// - Complexity: O(1).
  package func advanced(by count: UInt64) -> Philox {
    Philox(key: key, stream: stream, position: position &+ count)
  }

  /// Takes as many words as `target` holds.
  mutating func fill(_ target: UnsafeMutableBufferPointer<UInt64>) {
    guard let base = target.baseAddress, target.count > 0 else { return }
    let isHalfway = position & 1 == 1
    if isHalfway { base[0] = next() }
    let start = isHalfway ? 1 : 0
    let blocks = (target.count - start) / 2
    philoxWords(key: key, stream: stream, first: position >> 1, count: blocks, base + start)
    self = advanced(by: UInt64(2 * blocks))
    if start + 2 * blocks < target.count { base[target.count - 1] = next() }
  }

  private static func words(ofBlock index: UInt64, stream: UInt64, key: UInt64) -> (lower: UInt64, upper: UInt64) {
    let counter = SIMD4<UInt32>(
      UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32),
      UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32))
    let x = block(
      counter: counter, key: SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)))
    return (UInt64(x[0]) | UInt64(x[1]) << 32, UInt64(x[2]) | UInt64(x[3]) << 32)
  }

  /// The ten rounds: the block that a counter gives under a key.
  package static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var x = counter
    var key = key
    for _ in 0..<10 {
      let a = UInt64(x[0]) &* 0xD251_1F53
      let b = UInt64(x[2]) &* 0xCD9E_8D57
      x = SIMD4(
        UInt32(truncatingIfNeeded: b >> 32) ^ x[1] ^ key[0], UInt32(truncatingIfNeeded: b),
        UInt32(truncatingIfNeeded: a >> 32) ^ x[3] ^ key[1], UInt32(truncatingIfNeeded: a))
      key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return x
  }
}

extension Philox: Codable {
  private enum CodingKeys: String, CodingKey { case key, stream, position }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      key: try container.decode(UInt64.self, forKey: .key), stream: try container.decode(UInt64.self, forKey: .stream),
      position: try container.decode(UInt64.self, forKey: .position))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(key, forKey: .key)
    try container.encode(stream, forKey: .stream)
    try container.encode(position, forKey: .position)
  }
}
