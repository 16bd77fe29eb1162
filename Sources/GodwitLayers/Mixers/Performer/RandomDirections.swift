import GodwitKernels
import GodwitRandom
import GodwitTensor

/// How the random directions of Performer features are drawn.
public struct RandomDirections: Sendable, Hashable {
  /// How the directions of features lie to each other.
  public enum Arrangement: Sendable, Hashable {
    /// Drawn one by one.
    case independent
    /// At right angles in groups of as many as there are dimensions, which lowers the variance of estimates (Choromanski et
    /// al. 2021, section 2.4).
    case orthogonal
  }

  /// How long the vectors are.
  public enum Lengths: Sendable, Hashable {
    /// As normal vectors are: estimates have no bias.
    case drawn
    /// All √K, the root of the mean square: a regularised attention, with a small bias.
    case constant
    /// At the quantiles i / (F + 1) of the lengths of normal vectors, in random order (Su Jianlin 2020, "Performer: random
    /// projections linearise the complexity of attention"): an even spread, with a bias that vanishes as F grows.
    case stratified
  }

  /// How the directions of features lie to each other.
  public var arrangement: Arrangement
  /// How long the vectors are.
  public var lengths: Lengths

  /// As in the paper unless told.
  public init(arrangement: Arrangement = .orthogonal, lengths: Lengths = .drawn) {
    self.arrangement = arrangement
    self.lengths = lengths
  }

  /// `count` vectors of `width` dimensions as columns, [K, F].
  public func drawn(width: Int, count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    require(width > 0 && count > 0, "RandomDirections: \(count) vectors of \(width) dimensions")
    if generator is StructureGenerator { return Tensor(zeros: [width, count]) }
    var vectors: [[Double]] = []
    while vectors.count < count {
      switch arrangement {
      case .independent: vectors.append(Self.unit(Self.normal(width, &generator)))
      case .orthogonal: vectors += Self.orthogonal(width, using: &generator).prefix(count - vectors.count)
      }
    }
    let lengths = lengths(width: width, count: count, using: &generator)
    var values = [Double](repeating: 0, count: width * count)
    for (column, vector) in vectors.enumerated() {
      for (row, value) in vector.enumerated() { values[row * count + column] = value * lengths[column] }
    }
    return Tensor(values, shape: [width, count])
  }

  private func lengths(width: Int, count: Int, using generator: inout some RandomNumberGenerator) -> [Double] {
    switch lengths {
    case .drawn: (0..<count).map { _ in Self.length(Self.normal(width, &generator)) }
    case .constant: [Double](repeating: Double(width).squareRoot(), count: count)
    case .stratified:
      (1...count).map { chiQuantile(Double($0) / Double(count + 1), dimensions: width) }.shuffled(using: &generator)
    }
  }

  /// As many unit vectors at right angles as there are dimensions, evenly distributed over all such sets.
  ///
  /// Gram and Schmidt's method on normal vectors keeps the sign of each vector, so that the factor R of the decomposition has
  /// a positive diagonal and the result is distributed by Haar's measure. Reflections, as libraries use them, choose signs by
  /// the data, and estimates from such vectors have a bias unless the signs of R's diagonal are taken back.
  static func orthogonal(_ width: Int, using generator: inout some RandomNumberGenerator) -> [[Double]] {
    var basis: [[Double]] = []
    while basis.count < width {
      var vector = normal(width, &generator)
      let before = length(vector)
      // Twice is enough for full precision (Giraud, Langou and Rozložník 2005).
      for _ in 0..<2 {
        for other in basis {
          let part = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
          for index in vector.indices { vector[index] -= part * other[index] }
        }
      }
      if length(vector) > 1e-10 * before { basis.append(unit(vector)) }
    }
    return basis
  }

  private static func normal(_ count: Int, _ generator: inout some RandomNumberGenerator) -> [Double] {
    Tensor(normal: 0, shape: [count], dtype: .float64, using: &generator).scalars
  }

  private static func length(_ vector: [Double]) -> Double { vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  private static func unit(_ vector: [Double]) -> [Double] {
    let length = length(vector)
    return vector.map { $0 / length }
  }
}
