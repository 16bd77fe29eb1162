import GodwitKernels
import GodwitTensor

/// The gradients of some passes added up, and their losses: what stands between the passes of a step and its update, and
/// what several workers exchange.
public struct GradientSum<Model: Module>: Sendable {
  /// The sum of the passes' gradients.
  public var gradient: Model
  /// The mean of their losses.
  public var loss: Double
  /// The model's statistics (running means and the like) after the passes, in the order of `visit`; the mean where several
  /// workers have taken them.
  public var statistics: [Tensor]
  /// How many passes they are.
  public var passCount: Int

  /// The sum over `passCount` passes.
  public init(gradient: Model, loss: Double, statistics: [Tensor] = [], passCount: Int) {
    self.gradient = gradient
    self.statistics = statistics
    self.loss = loss
    self.passCount = passCount
  }

  /// Adds the sum of another worker; the loss and the statistics become means over the passes of both.
  ///
  /// - Precondition: both are of the same model.
  public mutating func add(_ other: GradientSum) {
    gradient.addTensors(of: other.gradient)
    require(
      statistics.count == other.statistics.count,
      "GradientSum: \(other.statistics.count) statistics after \(statistics.count)")
    let count = passCount + other.passCount
    let (own, others) = (Double(passCount) / Double(count), Double(other.passCount) / Double(count))
    statistics = zip(statistics, other.statistics).map { $0 * own + $1 * others }
    loss = (loss * Double(passCount) + other.loss * Double(other.passCount)) / Double(count)
    passCount = count
  }
}
