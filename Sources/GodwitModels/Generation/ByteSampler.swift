import GodwitKernels
import GodwitRandom

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Draws bytes from logits; the same seed and logits give the same bytes.
public struct ByteSampler: Sendable, Hashable, Codable {
  /// How the bytes are drawn.
  public var options: SamplingOptions
  /// Where the randomness comes from; it moves with each byte that is drawn.
  public var generator: Philox

  /// A sampler at the beginning of a stream of random numbers.
  public init(_ options: SamplingOptions = SamplingOptions(), seed: UInt64 = 0) {
    self.options = options
    generator = Philox(seed: seed)
  }

  /// The byte drawn from 256 logits. Of equal logits the lower byte counts as the likelier.
  ///
  /// - Precondition: there are 256 logits.
  public mutating func draw(from logits: [Float]) -> UInt8 {
    require(logits.count == 256, "ByteSampler: \(logits.count) logits; expected one for each of 256 bytes")
    let likeliest = logits.indices.max { logits[$0] < logits[$1] || (logits[$0] == logits[$1] && $0 > $1) }!
    // A model whose logits are not numbers still gives bytes: what it was trained with is no concern of this loop.
    guard options.temperature > 0, logits[likeliest].isFinite else { return UInt8(likeliest) }
    // One number for each byte, so that options which do not matter for a byte do not change those after it.
    let chance = Double.random(in: 0..<1, using: &generator)
    var weights = logits.map { exp((Double($0) - Double(logits[likeliest])) / options.temperature) }
    for index in weights.indices where weights[index].isNaN { weights[index] = 0 }
    restrict(&weights, logits)
    var rest = chance * weights.reduce(0, +)
    for (byte, weight) in weights.enumerated() where weight > 0 {
      rest -= weight
      if rest < 0 { return UInt8(byte) }
    }
    return UInt8(likeliest)  // rounding left a little over
  }

  /// Sets the weights of the bytes that may not be drawn to 0.
  private func restrict(_ weights: inout [Double], _ logits: [Float]) {
    guard options.topK != nil || options.topP != nil else { return }
    let order = weights.indices.sorted { (logits[$0], $1) > (logits[$1], $0) }
    var allowed = min(options.topK ?? weights.count, weights.count)
    if let topP = options.topP {
      // Among those that topK leaves, as is usual where both are given.
      let total = order[..<allowed].reduce(0) { $0 + weights[$1] }
      var covered = 0.0
      for (rank, byte) in order[..<allowed].enumerated() {
        covered += weights[byte]
        if covered >= topP * total {
          allowed = rank + 1
          break
        }
      }
    }
    for byte in order[allowed...] { weights[byte] = 0 }
  }
}
