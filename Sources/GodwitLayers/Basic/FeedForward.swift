import GodwitTensor

/// Two dense layers with a GELU between them, on each position by itself (Vaswani et al. 2017, section 3.3).
///
/// y = gelu(x W₁ + b₁) W₂ + b₂, with the exact GELU of Hendrycks and Gimpel 2016.
public struct FeedForward: PositionwiseLayer {
  /// W₁ and b₁, [D, F].
  public var up: Linear
  /// W₂ and b₂, [F, D].
  public var down: Linear

  /// A layer with normal weights of mean 0 and biases of zeros.
  ///
  /// - Parameters:
  ///   - width: D.
  ///   - hidden: F; 4 D if nil.
  ///   - standardDeviation: that of W₁; 1/√D if nil.
  ///   - outputDeviation: that of W₂; 1/√F if nil.
  public init(
    _ width: Int, hidden: Int? = nil, bias: Bool = true, standardDeviation: Double? = nil,
    outputDeviation: Double? = nil, using generator: inout some RandomNumberGenerator
  ) {
    let hidden = hidden ?? 4 * width
    up = Linear(width, hidden, bias: bias, standardDeviation: standardDeviation, using: &generator)
    down = Linear(hidden, width, bias: bias, standardDeviation: outputDeviation, using: &generator)
  }

  /// The map of [..., D] to [..., D].
  ///
  /// - Complexity: 4 D F operations for each row.
  public func callAsFunction(_ x: Tensor) -> Tensor { down(gelu(up(x))) }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("up", &up)
    visitor.visit("down", &down)
  }
}
