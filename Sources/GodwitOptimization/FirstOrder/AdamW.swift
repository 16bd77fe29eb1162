import GodwitKernels
import GodwitTensor

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019, Algorithm 2), on any tree of tensors.
///
///     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
///     θ ← θ (1 − decay),   θ ← θ − α (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
///
/// The moments are two more models. As a module the optimiser presents them under `first` and `second`, which together
/// with `stepCount` are its whole state: store these and it goes on as if never stopped.
///
/// Constants and statistics have no moments and stay as they are; `dynamics` never decay and have the learning rate that their
/// layer says, whatever the grouping.
///
/// Memory: two tensors for each parameter.
public struct AdamW<Model: Module>: Optimizer {
  /// The constants of the method.
  public var options: AdamWOptions
  /// m, the decayed mean of the gradients.
  public var first: Model
  /// v, the decayed mean of their squares.
  public var second: Model
  /// t, the number of updates made.
  public var stepCount: Int
  private let treatments: [Treatment]

  /// An optimiser for `model` that has made no step.
  ///
  /// - Parameters:
  ///   - group: how the parameter of a name and a role is treated.
  public init(
    for model: Model, _ options: AdamWOptions = AdamWOptions(),
    group: (_ name: String, _ role: ParameterRole) -> ParameterGroup = ParameterGroup.decayingWeights
  ) {
    self.options = options
    first = model.zeros
    second = model.zeros
    stepCount = 0
    treatments = model.namedTensors.map { Treatment(role: $0.role, group: group($0.name, $0.role)) }
  }

  /// Moves the model one step along its gradient, in place.
  ///
  /// - Parameters:
  ///   - learningRate: α; the options' if nil.
  ///   - gradientScale: a factor on the gradient, for clipping and accumulation without a pass of their own.
  /// - Precondition: the model and the gradient have the shapes and element types of the model that the optimiser was made
  ///   for; β₁ and β₂ are in 0 ..< 1.
  /// - Complexity: one pass over four arrays, which writes three of them.
  public mutating func update(
    _ model: inout Model, along gradient: Model, learningRate: Double? = nil, gradientScale: Double = 1
  ) {
    require(
      0..<1 ~= options.beta1 && 0..<1 ~= options.beta2,
      "AdamW: beta1 is \(options.beta1) and beta2 \(options.beta2); both must be in 0 ..< 1")
    stepCount += 1
    let rate = learningRate ?? options.learningRate
    var parameters = model.takeTensors()
    var means = first.takeTensors()
    var squares = second.takeTensors()
    let gradients = gradient.tensors
    require(
      parameters.count == treatments.count && gradients.count == treatments.count,
      "AdamW: \(parameters.count) parameters and \(gradients.count) gradients; the optimiser was made for \(treatments.count)"
    )
    for (index, treatment) in treatments.enumerated() where treatment.role.isTrained {
      require(
        isAlike(parameters[index], gradients[index]) && isAlike(parameters[index], means[index])
          && isAlike(means[index], squares[index]),
        "AdamW: a parameter \(parameters[index].shape) \(parameters[index].dtype), "
          + "a gradient \(gradients[index].shape) \(gradients[index].dtype), "
          + "moments \(means[index].shape) \(means[index].dtype), \(squares[index].shape) \(squares[index].dtype)")
      let step = AdamWStep(
        options, treatment.group.adjusted(to: treatment.role, peak: options.learningRate), stepCount: stepCount,
        learningRate: rate, gradientScale: gradientScale)
      step(&parameters[index], gradients[index].detached, &means[index], &squares[index])
    }
    model.putTensors(parameters)
    first.putTensors(means)
    second.putTensors(squares)
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("first", &first)
    visitor.visit("second", &second)
  }
}

private func isAlike(_ a: Tensor, _ b: Tensor) -> Bool { a.shape == b.shape && a.dtype == b.dtype }
