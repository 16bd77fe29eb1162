import GodwitKernels
import GodwitTensor

/// What makes a kernel of an inner product: the weight of a key for a query is φ(q) · ψ(k), so that the sum over all keys can
/// be formed before the query is known.
///
/// Tsai et al. 2019, "Transformer Dissection: A unified understanding of Transformer's attention via the lens of kernel",
/// equation 2; the general form yₜ = Σₛ sim(qₜ, kₛ) vₛ / Σₛ sim(qₜ, kₛ) is that of Wang et al. 2018, "Non-local neural
/// networks", equation 1. `KernelAttention` and `BidirectionalKernelAttention` make a layer of any map; most maps are
/// `FixedFeatureMap`s, which take a few lines.
public protocol FeatureMap: Module {
  /// The name of its causal mixer in configurations and on the command line.
  static var name: String { get }
  /// What its mixer is, in one line, for lists of mixers.
  static var summary: String { get }
  /// The numbers that can be set behind the name.
  static var settings: [MixerSetting] { get }
  /// What keeps the size of the result independent of the number of positions in it.
  static var normalization: KernelNormalization { get }
  /// ε, which is added to the divisor: 0 where it is a sum of weights, none of which is negative; without weights the result is 0.
  /// Where weights can be negative, an ε bounds the result, and pulls means towards 0 whose weights are not much larger than it.
  static var epsilon: Double { get }
  /// Whether rotary positions turn the features of the sum of outer products, and those alone (Su et al. 2021, equation 19);
  /// otherwise they turn queries and keys before the map.
  static var turnsFeatures: Bool { get }

  /// A map for the heads of a layer with these options.
  init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator)
  /// F, the number of features of a head.
  func width(ofHead headWidth: Int) -> Int
  /// φ of queries, [B, T, H, K] to [B, T, H, F]. It may multiply a query's features by a factor where the sum of weights
  /// divides it out again.
  func queries(_ x: Tensor) -> Tensor
  /// ψ of keys, [B, T, H, K] to [B, T, H, F]; a position's features depend on that position alone.
  func keys(_ x: Tensor) -> Tensor
  /// The map as the kernels apply it themselves while they read queries and keys, if they know it: no features are written.
  var elementwise: ElementwiseFeatureMap? { get }
}

/// How a sum of weighted values becomes a result whose size does not grow with the past.
public enum KernelNormalization: Sendable {
  /// Division by the sum of the weights plus ε: a mean of values, 0 without weights. For weights that are not negative.
  case weightSum
  /// Division by the root mean square of the head's result, as the sum of weights of either sign may be 0 (Qin et al. 2022,
  /// "The devil in linear transformer", equation 8). ε counts in results of weights that are divided by √F.
  case rootMeanSquare
}

extension FeatureMap {
  public static var settings: [MixerSetting] { [] }
  public static var normalization: KernelNormalization { .weightSum }
  public static var epsilon: Double { 0 }
  public static var turnsFeatures: Bool { false }
  public func width(ofHead headWidth: Int) -> Int { headWidth }
  public var elementwise: ElementwiseFeatureMap? { nil }
}

/// A map without parameters, the same for queries and keys.
public protocol FixedFeatureMap: FeatureMap {
  /// The map.
  init()
  /// φ(x), [B, T, H, K] to [B, T, H, F].
  func callAsFunction(_ x: Tensor) -> Tensor
}

extension FixedFeatureMap {
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) { self.init() }
  public func queries(_ x: Tensor) -> Tensor { self(x) }
  public func keys(_ x: Tensor) -> Tensor { self(x) }
  public mutating func visit(_ visitor: inout some TensorVisitor) {}
}
