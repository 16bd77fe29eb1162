import GodwitKernels
import GodwitTensor

/// φ(x) = elu(x) + 1 (Katharopoulos, Vyas, Pappas and Fleuret 2020, "Transformers are RNNs: Fast autoregressive Transformers
/// with linear attention", equation 7): positive, and with a gradient everywhere.
public struct EluPlusOneMap: FixedFeatureMap {
  public init() {}
  public static var name: String { "linear" }
  public static var summary: String { "linear attention with the features elu(x) + 1" }
  public static var turnsFeatures: Bool { true }
  public func callAsFunction(_ x: Tensor) -> Tensor { eluPlusOne(x) }
  public var elementwise: ElementwiseFeatureMap? { .eluPlusOne }
}

/// Causal linear attention with the features elu(x) + 1 (Katharopoulos et al. 2020).
public typealias LinearAttention = KernelAttention<EluPlusOneMap>

/// Linear attention with the features elu(x) + 1 in which every position looks at all others (Katharopoulos et al. 2020,
/// equations 4 to 6).
public typealias BidirectionalLinearAttention = BidirectionalKernelAttention<EluPlusOneMap>
