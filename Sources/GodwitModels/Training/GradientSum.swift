import GodwitTensor

/// The gradients of some passes added up, and their losses: what stands between the passes of a step and its update, and
/// what several workers exchange.
public struct GradientSum<Model: Module>: Sendable {
  /// The sum of the passes' gradients.
  public var gradient: Model
  /// The mean of their losses.
  public var loss: Double
  /// How many passes they are.
  public var passCount: Int

  /// The sum over `passCount` passes.
  public init(gradient: Model, loss: Double, passCount: Int) {
    self.gradient = gradient
    self.loss = loss
    self.passCount = passCount
  }

  /// Adds the sum of another worker; the loss becomes the mean over the passes of both.
  ///
  /// - Precondition: both gradients are of the same model.
  public mutating func add(_ other: GradientSum) {
    gradient.addTensors(of: other.gradient)
    let count = passCount + other.passCount
    loss = (loss * Double(passCount) + other.loss * Double(other.passCount)) / Double(count)
    passCount = count
  }
}
