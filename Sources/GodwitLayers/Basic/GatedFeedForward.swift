import GodwitTensor

/// A feed-forward layer with a gate, on each position by itself: SwiGLU (Shazeer 2020, "GLU variants improve Transformer",
/// equation 6).
///
/// y = (silu(x W) ⊙ x V) W₂.
public struct GatedFeedForward: PositionwiseLayer {
  /// W, [D, F].
  public var gate: Linear
  /// V, [D, F].
  public var up: Linear
  /// W₂, [F, D].
  public var down: Linear

  /// A layer with normal weights of mean 0 and biases of zeros.
  ///
  /// - Parameters:
  ///   - width: D.
  ///   - hidden: F; if nil, 8/3 D rounded up to a multiple of 8, which has as many parameters as `FeedForward` with 4 D.
  ///   - standardDeviation: that of W and V; 1/√D if nil.
  ///   - outputDeviation: that of W₂; 1/√F if nil.
  public init(
    _ width: Int, hidden: Int? = nil, bias: Bool = true, standardDeviation: Double? = nil,
    outputDeviation: Double? = nil, using generator: inout some RandomNumberGenerator
  ) {
    let hidden = hidden ?? Self.hidden(width)
    gate = Linear(width, hidden, bias: bias, standardDeviation: standardDeviation, using: &generator)
    up = Linear(width, hidden, bias: bias, standardDeviation: standardDeviation, using: &generator)
    down = Linear(hidden, width, bias: bias, standardDeviation: outputDeviation, using: &generator)
  }

  /// The hidden width that a model of this width has unless told otherwise.
  public static func hidden(_ width: Int) -> Int { (8 * width + 23) / 24 * 8 }

  /// The map of [..., D] to [..., D].
  ///
  /// - Complexity: 6 D F operations for each row.
  public func callAsFunction(_ x: Tensor) -> Tensor { down(silu(gate(x)) * up(x)) }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("gate", &gate)
    visitor.visit("up", &up)
    visitor.visit("down", &down)
  }
}
