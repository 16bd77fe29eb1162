import GodwitTensor

/// A method that moves a model along its gradient, step by step.
///
/// As a module it presents whatever it remembers of the gradients (moments, velocities) as models; together with
/// `stepCount` that is its whole state: store these and it goes on as if never stopped.
public protocol Optimizer<Model>: Module {
  /// What it moves.
  associatedtype Model: Module

  /// The number of updates made.
  var stepCount: Int { get set }

  /// Moves the model one step along its gradient, in place.
  ///
  /// - Parameters:
  ///   - learningRate: the length of the step; the method's own if nil.
  ///   - gradientScale: a factor on the gradient, for clipping and accumulation without a pass of their own.
  /// - Precondition: the model and the gradient have the shapes and element types of the model that the optimiser was made
  ///   for.
  mutating func update(_ model: inout Model, along gradient: Model, learningRate: Double?, gradientScale: Double)
}
