import GodwitKernels
import GodwitTensor

/// Random features whose inner products estimate e^(q · k / √K), the weight of softmax attention before it is normalised.
///
/// Choromanski et al. 2021, "Rethinking attention with Performers" (FAVOR+), equations 5 to 7. With x' = x / K^¼ and F
/// directions ω:
///
///     positive        φ(x) = e^(ω · x' − |x'|² / 2) / √F
///     trigonometric   φ(x) = e^(|x'|² / 2) [cos(ω · x'), sin(ω · x')] / √F
///
/// Both estimate without bias if the lengths of the directions are drawn. The variance of the positive ones vanishes with the
/// weight itself, as that of the trigonometric ones does not: where weights are small those can be negative, and their sum
/// is no safe divisor.
///
/// What a query's features have in common divides out of a mean. They are therefore computed without the factor of |q'|²,
/// positive ones with their greatest exponent taken off. A key's features stand as they are, their exponents limited to ±64,
/// as a greatest exponent over all keys would look into the future.
public struct RandomFeatures: FeatureMap {
  /// Which features.
  public enum Kind: Sendable, Hashable { case positive, trigonometric }

  /// The directions ω as columns, [K, F]; constants, which no optimiser changes.
  public var projection: Tensor
  /// Which features.
  public let kind: Kind
  /// How the directions are drawn.
  public let directions: RandomDirections

  /// F directions for heads of width K.
  public init(
    width: Int, count: Int, kind: Kind = .positive, directions: RandomDirections = RandomDirections(),
    using generator: inout some RandomNumberGenerator
  ) {
    projection = directions.drawn(width: width, count: count, using: &generator)
    self.kind = kind
    self.directions = directions
  }

  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    self.init(width: options.width / options.heads, count: options[whole: Self.countSetting], using: &generator)
  }

  private static let countSetting = MixerSetting(
    "features", "random features of each head", standard: 256, range: 1...65_536)

  public static var name: String { "performer" }
  public static var summary: String { "Performer: softmax attention estimated by random features (FAVOR+)" }
  public static var settings: [MixerSetting] { [countSetting] }
  /// Features are as small as e^−64.
  public static var epsilon: Double { 1e-32 }

  /// Draws other directions, as often as wanted: what was learned holds for all of them.
  public mutating func redraw(using generator: inout some RandomNumberGenerator) {
    let (width, count) = (projection.shape[0], projection.shape[1])
    projection = directions.drawn(width: width, count: count, using: &generator).converted(to: projection.dtype)
  }

  public func width(ofHead headWidth: Int) -> Int { projection.shape[1] * (kind == .positive ? 1 : 2) }

  public func queries(_ x: Tensor) -> Tensor {
    kind == .positive
      ? positiveRandomFeatures(x, projection: projection, scale: scale, side: .query) : waves(x * scale)
  }

  public func keys(_ x: Tensor) -> Tensor {
    guard kind == .trigonometric else {
      return positiveRandomFeatures(x, projection: projection, scale: scale, side: .key)
    }
    let x = x * scale
    let exponent = square(x).sum(along: -1, keepingAxis: true) * 0.5
    return waves(x) * exp(minimum(exponent, Tensor(64, dtype: x.dtype)))
  }

  /// [cos(ω · x), sin(ω · x)] / √F.
  private func waves(_ x: Tensor) -> Tensor {
    let angles = matmul(x, projection.detached)
    return concatenate([cos(angles), sin(angles)], along: -1) * (1 / Double(projection.shape[1]).squareRoot())
  }

  /// 1 / K^¼.
  private var scale: Double { 1 / Double(projection.shape[0]).squareRoot().squareRoot() }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("projection", &projection, .constant)
  }
}
