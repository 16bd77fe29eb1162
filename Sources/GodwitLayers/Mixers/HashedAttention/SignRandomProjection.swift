import GodwitKernels
import GodwitTensor

/// The sides of random hyperplanes on which a vector lies, one bit for each.
///
/// Charikar 2002, "Similarity estimation techniques from rounding algorithms", section 3 (SimHash). Two vectors at an angle θ
/// agree in a bit with the probability 1 − θ / π, and so in a bucket of M bits with (1 − θ / π)ᴹ.
///
/// 2ᴹ buckets take M directions, where `RandomRotationHash` takes half as many as there are buckets: the one to choose where the
/// number of buckets grows with the length. Without bits there is one bucket.
///
/// - Complexity: 2 K M R operations for each vector.
public struct SignRandomProjection: LocalitySensitiveHash {
  /// Normals of the hyperplanes of all rounds as columns, [K, R M].
  public var directions: Tensor
  public let rounds: Int

  /// 2ᴹ buckets in each of R rounds for vectors of K dimensions.
  ///
  /// - Precondition: width and rounds are positive, there are at most 24 bits.
  public init(width: Int, bits: Int, rounds: Int, using generator: inout some RandomNumberGenerator) {
    require(
      width > 0 && (0...24).contains(bits) && rounds > 0,
      "SignRandomProjection: \(bits) bits in \(rounds) rounds for \(width) dimensions; expected at most 24 bits")
    directions = Tensor(normal: 0, shape: [width, rounds * bits], using: &generator)
    self.rounds = rounds
  }

  /// The bit of the first hyperplane of a round is the lowest: 1 on the side of its normal, and on the hyperplane itself.
  public func callAsFunction(_ x: Tensor) -> Indices {
    let parts = parts(of: x)
    // Whole numbers up to 2²⁴ are exact in float32.
    let places = Tensor((0..<parts.shape[parts.rank - 1]).map { Double(1 << $0) }, dtype: x.dtype)
    let codes = (greaterOrEqual(parts, Tensor(0, dtype: x.dtype)) * places).sum(along: -1)
    return Indices(codes.floatScalars.map { Int32($0) }, shape: codes.shape)
  }
}
