import GodwitKernels
import GodwitTensor

/// φ(x) = max(x, 0): weights that can be exactly 0.
///
/// A query that shares no positive channel with any key that it sees has no weights: its result is 0, and so
/// are its gradients, because the derivative is 0 where a channel is not positive.
public struct ReluMap: FixedFeatureMap {
  public init() {}
  public static var name: String { "linear-relu" }
  public static var summary: String { "linear attention with the features max(x, 0)" }
  public static var turnsFeatures: Bool { true }
  public func callAsFunction(_ x: Tensor) -> Tensor { relu(x) }
  public var elementwise: ElementwiseFeatureMap? { .relu }
}

/// φ(x) = max(x, 0)²: as `ReluMap`, with weights that set few channels apart from the rest.
public struct ReluSquaredMap: FixedFeatureMap {
  public init() {}
  public static var name: String { "linear-relu-squared" }
  public static var summary: String { "linear attention with the features max(x, 0)²" }
  public static var turnsFeatures: Bool { true }
  public func callAsFunction(_ x: Tensor) -> Tensor { reluSquared(x) }
  public func queries(_ x: Tensor) -> Tensor { self(rowsToSquare(x)) }
  public var elementwise: ElementwiseFeatureMap? { .reluSquared }
}
