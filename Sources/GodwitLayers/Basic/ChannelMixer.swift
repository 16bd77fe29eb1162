import GodwitTensor

/// A feed-forward layer chosen at run time.
public enum ChannelMixer: Module {
  /// Which layer: its name in configurations.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// `FeedForward`.
    case gelu
    /// `GatedFeedForward`.
    case swiglu
    /// No layer at all, for blocks whose mixer does its work too.
    case absent = "none"

    /// The hidden width that a layer of this width has unless told otherwise.
    public func hidden(_ width: Int) -> Int {
      switch self {
      case .absent: 0
      case .gelu: 4 * width
      case .swiglu: GatedFeedForward.hidden(width)
      }
    }
  }

  case gelu(FeedForward)
  case swiglu(GatedFeedForward)

  /// A layer with the parameters of `FeedForward` and `GatedFeedForward`; nil if there is to be none.
  public init?(
    _ kind: Kind, width: Int, hidden: Int? = nil, bias: Bool = true, standardDeviation: Double? = nil,
    outputDeviation: Double? = nil, using generator: inout some RandomNumberGenerator
  ) {
    switch kind {
    case .absent: return nil
    case .gelu:
      self = .gelu(
        FeedForward(
          width, hidden: hidden, bias: bias, standardDeviation: standardDeviation, outputDeviation: outputDeviation,
          using: &generator))
    case .swiglu:
      self = .swiglu(
        GatedFeedForward(
          width, hidden: hidden, bias: bias, standardDeviation: standardDeviation, outputDeviation: outputDeviation,
          using: &generator))
    }
  }

  /// The map of [..., D] to [..., D].
  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .gelu(let layer): layer(x)
    case .swiglu(let layer): layer(x)
    }
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    switch self {
    case .gelu(var layer):
      layer.visit(&visitor)
      self = .gelu(layer)
    case .swiglu(var layer):
      layer.visit(&visitor)
      self = .swiglu(layer)
    }
  }
}
