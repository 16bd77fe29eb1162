import GodwitKernels
import GodwitTensor

/// Stochastic gradient descent with momentum (Robbins and Monro 1951; Polyak 1964) as PyTorch has it, on any tree of tensors.
///
///     d = g + λ θ,   b ← μ b + d,   θ ← θ − α b
///
/// The first velocity is the first d. Weight decay is part of the gradient here, so that it enters the velocity too.
///
/// Constants and statistics have no velocity and stay as they are; `dynamics` never decay and have the learning rate that
/// their layer says, whatever the grouping.
///
/// Memory: one tensor for each parameter if there is momentum, otherwise none.
public struct SGD<Model: Module>: Optimizer {
  /// The constants of the method.
  public var options: SGDOptions
  /// b, the decayed sum of the steps; nil without momentum.
  public var velocity: Model?
  /// The number of updates made.
  public var stepCount: Int
  private let treatments: [Treatment]

  /// An optimiser for `model` that has made no step.
  ///
  /// - Parameters:
  ///   - group: how the parameter of a name and a role is treated.
  public init(
    for model: Model, _ options: SGDOptions = SGDOptions(),
    group: (_ name: String, _ role: ParameterRole) -> ParameterGroup = ParameterGroup.decayingWeights
  ) {
    self.options = options
    velocity = options.momentum == 0 ? nil : model.zeros
    stepCount = 0
    treatments = model.namedTensors.map { Treatment(role: $0.role, group: group($0.name, $0.role)) }
  }

  /// Moves the model one step along its gradient, in place.
  ///
  /// - Parameters:
  ///   - learningRate: α; the options' if nil.
  ///   - gradientScale: a factor on the gradient, for clipping and accumulation without a pass of their own.
  /// - Precondition: the model and the gradient have the shapes and element types of the model that the optimiser was made
  ///   for; μ is in 0 ..< 1, and not 0 if it was not.
  public mutating func update(
    _ model: inout Model, along gradient: Model, learningRate: Double? = nil, gradientScale: Double = 1
  ) {
    require(
      0..<1 ~= options.momentum && (options.momentum == 0) == (velocity == nil),
      "SGD: momentum is \(options.momentum), in an optimiser made \(velocity == nil ? "without" : "with") momentum; "
        + "it must be in 0 ..< 1")
    stepCount += 1
    let rate = learningRate ?? options.learningRate
    var parameters = model.takeTensors()
    var velocities = velocity?.takeTensors() ?? []
    let gradients = gradient.tensors
    require(
      parameters.count == treatments.count && gradients.count == treatments.count,
      "SGD: \(parameters.count) parameters and \(gradients.count) gradients; the optimiser was made for \(treatments.count)"
    )
    for (index, treatment) in treatments.enumerated() where treatment.role.isTrained {
      let group = treatment.group.adjusted(to: treatment.role, peak: options.learningRate)
      require(
        parameters[index].shape == gradients[index].shape && parameters[index].dtype == gradients[index].dtype,
        "SGD: a parameter \(parameters[index].shape) \(parameters[index].dtype), "
          + "a gradient \(gradients[index].shape) \(gradients[index].dtype)")
      var direction = gradients[index].detached * gradientScale
      let decay = options.weightDecay * group.decayFactor
      if decay != 0 { direction = direction + parameters[index] * decay }
      if options.momentum != 0 {
        velocities[index] = stepCount == 1 ? direction : velocities[index] * options.momentum + direction
        direction = velocities[index]
      }
      parameters[index] = parameters[index] - direction * (rate * group.learningRateFactor)
    }
    model.putTensors(parameters)
    velocity?.putTensors(velocities)
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    if velocity != nil { visitor.visit("velocity", &velocity!) }
  }
}
