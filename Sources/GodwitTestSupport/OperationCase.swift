import GodwitRandom
import GodwitTensor

/// An operation enrolled in the conformance suite, with the shapes of one trial.
public struct OperationCase: Sendable, CustomStringConvertible {
  /// What an input's elements are drawn from.
  public enum Domain: Sendable {
    /// Normal samples.
    case real
    /// Uniform on 0.5 ..< 2.
    case positive
    /// Uniform on −2 ..< −0.1.
    case negative
    /// Distinct values at least 0.1 apart and from 0, so that no difference quotient crosses a kink.
    case separated
  }

  /// The operation's name in the source.
  public let name: String
  /// The shapes of the inputs.
  public let shapes: [Shape]
  /// What the inputs' elements are drawn from.
  public let domains: [Domain]
  /// Whether one kernel computes the gradients, whichever of them are wanted, so that each has the same bits.
  public let hasOneGradientKernel: Bool
  /// The inputs with those whose gradients are long sums in the shapes of the addends, if there are: what is left of a sum
  /// may be much smaller than its addends, by which its error is measured.
  public let unsummed: (@Sendable ([Tensor]) -> [Tensor])?
  /// The operation.
  public let function: @Sendable ([Tensor]) -> [Tensor]

  /// An operation with several results.
  public init(
    _ name: String, _ shapes: [Shape], _ domains: [Domain] = [], hasOneGradientKernel: Bool = true,
    unsummed: (@Sendable ([Tensor]) -> [Tensor])? = nil,
    all function: @escaping @Sendable ([Tensor]) -> [Tensor]
  ) {
    self.name = name
    self.shapes = shapes
    self.domains = shapes.indices.map { $0 < domains.count ? domains[$0] : domains.last ?? .real }
    self.hasOneGradientKernel = hasOneGradientKernel
    self.unsummed = unsummed
    self.function = function
  }

  /// An operation with one result.
  public init(
    _ name: String, _ shapes: [Shape], _ domains: [Domain] = [], _ function: @escaping @Sendable ([Tensor]) -> Tensor
  ) {
    self.init(name, shapes, domains, all: { [function($0)] })
  }

  public var description: String { "\(name) \(shapes.map(\.description).joined(separator: " "))" }

  /// The trial's inputs.
  func inputs(_ dtype: DType, using generator: inout Philox) -> [Tensor] {
    zip(shapes, domains).map { shape, domain in
      switch domain {
      case .real: Tensor(normal: 0, shape: shape, dtype: .float64, using: &generator).rounded(to: dtype)
      case .positive: Tensor(uniform: 0.5..<2, shape: shape, dtype: .float64, using: &generator).rounded(to: dtype)
      case .negative: Tensor(uniform: -2 ..< -0.1, shape: shape, dtype: .float64, using: &generator).rounded(to: dtype)
      case .separated: separated(shape, using: &generator).rounded(to: dtype)
      }
    }
  }

  private func separated(_ shape: Shape, using generator: inout Philox) -> Tensor {
    let count = shape.elementCount
    let values = (0..<count).map { 0.1 * (Double($0 - count / 2) + 0.5) }.shuffled(using: &generator)
    return Tensor(values, shape: shape, dtype: .float64)
  }
}

extension Tensor {
  /// The values as the given type holds them, in float64 where that is the type.
  fileprivate func rounded(to dtype: DType) -> Tensor {
    switch dtype {
    case .float32: converted(to: .float32)
    case .float64: converted(to: .float32).converted(to: .float64)
    }
  }
}
