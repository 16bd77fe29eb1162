import GodwitKernels
import GodwitTensor

/// φ(x) = x: attention with the softmax left out, and nothing in its place.
///
/// The weights q · k have either sign, so that their sum can be 0 and cannot divide. What takes its place is division by the
/// root mean square of each head's result (Qin et al. 2022, "The devil in linear transformer", section 4.1): the size of a
/// result then depends neither on how many positions are in it nor on the size of queries and keys, and gradients are
/// bounded. A factor 1/√K on the weights cancels but for ε, which is measured against weights with that factor.
public struct IdentityMap: FixedFeatureMap {
  public init() {}
  public static var name: String { "linear-identity" }
  public static var summary: String { "attention without softmax: bare inner products, each head normalised" }
  public static var normalization: KernelNormalization { .rootMeanSquare }
  public static var epsilon: Double { 1e-5 }
  public func callAsFunction(_ x: Tensor) -> Tensor { x }
  public var elementwise: ElementwiseFeatureMap? { .identity }
}
