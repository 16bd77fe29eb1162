import GodwitTensor

/// A normalisation chosen at run time.
public enum Normalization: Module {
  /// Which normalisation: its name in configurations.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// `LayerNorm`.
    case layer
    /// `RMSNorm`.
    case rms
    /// `ScaleNorm`.
    case scale
  }

  case layer(LayerNorm)
  case rms(RMSNorm)
  case scale(ScaleNorm)

  /// The normalisation of vectors of `width` elements; its usual ε unless told.
  public init(_ kind: Kind, width: Int, epsilon: Double? = nil) {
    switch kind {
    case .layer: self = .layer(epsilon.map { LayerNorm(width, epsilon: $0) } ?? LayerNorm(width))
    case .rms: self = .rms(epsilon.map { RMSNorm(width, epsilon: $0) } ?? RMSNorm(width))
    case .scale: self = .scale(epsilon.map { ScaleNorm(width, epsilon: $0) } ?? ScaleNorm(width))
    }
  }

  /// The normalised rows of x, [..., D].
  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .layer(let norm): norm(x)
    case .rms(let norm): norm(x)
    case .scale(let norm): norm(x)
    }
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    switch self {
    case .layer(var norm):
      norm.visit(&visitor)
      self = .layer(norm)
    case .rms(var norm):
      norm.visit(&visitor)
      self = .rms(norm)
    case .scale(var norm):
      norm.visit(&visitor)
      self = .scale(norm)
    }
  }
}
