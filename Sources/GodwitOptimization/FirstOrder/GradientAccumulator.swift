import GodwitKernels
import GodwitTensor

/// The sum of the gradients of several small batches, for one step as of a large one.
///
/// - Complexity: the first gradient is kept as it is; each later one is added in place.
public struct GradientAccumulator<Model: Module>: Sendable {
  private var sum: Model?
  /// The number of gradients added.
  public private(set) var count = 0

  /// A sum of no gradients.
  public init() {}

  /// Adds a gradient.
  public mutating func add(_ gradient: Model) {
    count += 1
    guard var sum = self.sum.take() else {
      self.sum = gradient
      return
    }
    sum.addTensors(of: gradient)
    self.sum = sum
  }

  /// The sum and the factor that makes it a mean, to be given to an optimiser as `gradientScale`; then starts anew.
  ///
  /// - Precondition: at least one gradient was added.
  public mutating func take() -> (sum: Model, scale: Double) {
    require(count > 0, "GradientAccumulator: nothing was added")
    let scale = 1 / Double(count)
    count = 0
    return (sum.take()!, scale)
  }
}

extension Module {
  /// Adds another module of the same structure, tensor by tensor and in place.
  ///
  /// - Precondition: both have as many tensors, of the same shapes and element types.
  package mutating func addTensors(of other: Self) {
    var totals = takeTensors()
    let terms = other.tensors
    require(totals.count == terms.count, "addTensors: \(terms.count) tensors to \(totals.count)")
    for index in totals.indices { totals[index].add(terms[index].detached) }
    putTensors(totals)
  }
}
