import GodwitKernels
import GodwitTensor

/// What a statistic has become.
struct StatisticUpdate: Sendable {
  /// As the model has it, which tells it from all others.
  let old: Tensor
  var new: Tensor
}

extension ForwardContext {
  /// A statistic as this pass has left it so far.
  public func current(_ statistic: Tensor) -> Tensor {
    statistics.first { $0.old.storage === statistic.storage }?.new ?? statistic
  }

  /// Gives a statistic of a layer its next value, which the model takes over after the pass (`adoptStatistics`).
  ///
  /// - Parameters:
  ///   - statistic: the layer's stored tensor, of the role `statistic`.
  ///   - value: no derivative is taken through it.
  /// - Precondition: both have the same shape.
  public mutating func update(_ statistic: Tensor, to value: Tensor) {
    require(
      statistic.shape == value.shape, "ForwardContext.update: a statistic \(statistic.shape) becomes \(value.shape)")
    if let index = statistics.firstIndex(where: { $0.old.storage === statistic.storage }) {
      statistics[index].new = value.detached
    } else {
      statistics.append(StatisticUpdate(old: statistic.detached, new: value.detached))
    }
  }
}

extension Module {
  /// Takes over what the statistics have become in a training pass of this model, and empties the context of them.
  public mutating func adoptStatistics(of context: inout ForwardContext) {
    if context.statistics.isEmpty { return }
    var visitor = StatisticPutter(updates: context.statistics)
    visit(&visitor)
    context.statistics = []
  }

  /// Gives every statistic memory of its own, by which a pass tells it from others; copies of a layer share theirs at first.
  ///
  /// A trainer calls it once before the first pass.
  public mutating func separateStatistics() {
    var visitor = StatisticSeparator()
    visit(&visitor)
  }
}

private struct StatisticPutter: TensorVisitor {
  let updates: [StatisticUpdate]

  mutating func visit(_ tensor: inout Tensor, role: ParameterRole) {
    guard role == .statistic, let update = updates.first(where: { $0.old.storage === tensor.storage }) else { return }
    tensor = update.new
  }
}

private struct StatisticSeparator: TensorVisitor {
  mutating func visit(_ tensor: inout Tensor, role: ParameterRole) {
    if role == .statistic { tensor = Tensor(tensor.scalars, shape: tensor.shape, dtype: tensor.dtype) }
  }
}
