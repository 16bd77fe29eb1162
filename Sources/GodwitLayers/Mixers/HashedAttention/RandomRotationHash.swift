import GodwitKernels
import GodwitTensor

/// The nearest of some random directions and their opposites.
///
/// Andoni, Indyk, Laarhoven, Razenshteyn and Schmidt 2015, "Practical and optimal LSH for angular distance", as Kitaev, Kaiser
/// and Levskaya 2020, "Reformer: The efficient transformer", section 2 use it: h(x) = argmax([x R; −x R]) for a matrix R [K, N / 2]
/// of normal numbers.
///
/// - Complexity: K N R operations for each vector.
public struct RandomRotationHash: LocalitySensitiveHash {
  /// The matrices of all rounds side by side, [K, R N / 2].
  public var directions: Tensor
  public let rounds: Int

  /// N buckets in each of R rounds for vectors of K dimensions.
  ///
  /// - Precondition: all are positive, the number of buckets is even.
  public init(width: Int, buckets: Int, rounds: Int, using generator: inout some RandomNumberGenerator) {
    require(
      width > 0 && buckets > 0 && buckets % 2 == 0 && rounds > 0,
      "RandomRotationHash: \(buckets) buckets in \(rounds) rounds for \(width) dimensions; expected an even number of buckets"
    )
    directions = Tensor(normal: 0, shape: [width, rounds * buckets / 2], using: &generator)
    self.rounds = rounds
  }

  public func callAsFunction(_ x: Tensor) -> Indices {
    let parts = parts(of: x)
    return concatenate([parts, -parts], along: -1).argmax()
  }
}
