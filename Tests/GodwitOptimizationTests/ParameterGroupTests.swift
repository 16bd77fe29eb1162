import GodwitOptimization
import GodwitTensor
import Testing

struct ParameterGroupTests {
  private struct Layer: Module {
    var weight = Tensor(ones: [2])
    var bias = Tensor(ones: [2])
    var scale = Tensor(ones: [2])
    var table = Tensor(ones: [2])

    mutating func visit(_ visitor: inout some TensorVisitor) {
      visitor.visit("weight", &weight, .weight)
      visitor.visit("bias", &bias, .bias)
      visitor.visit("scale", &scale, .scale)
      visitor.visit("table", &table, .embedding)
    }
  }

  @Test func onlyWeightsDecayUnlessTold() {
    var layer = Layer()
    var optimizer = AdamW(for: layer, AdamWOptions(learningRate: 0.5, weightDecay: 0.5))
    optimizer.update(&layer, along: layer.zeros)
    #expect(layer.tensors.map { $0.scalars[0] } == [0.75, 1, 1, 1])
  }

  @Test func aGroupSetsDecayAndLearningRate() {
    var layer = Layer()
    var optimizer = AdamW(for: layer, AdamWOptions(learningRate: 0.5, epsilon: 0, weightDecay: 0.5)) { name, role in
      ParameterGroup(decayFactor: role == .embedding ? 1 : 0, learningRateFactor: name == "bias" ? 0.5 : 1)
    }
    optimizer.update(&layer, along: layer.mapTensors { Tensor(ones: $0.shape) })
    let moved = layer.tensors.map { $0.scalars[0] }
    for (got, want) in zip(moved, [0.5, 0.75, 0.5, 0.25]) { #expect(abs(got - want) < 1e-6) }
  }

  private struct Recurrence: Module {
    var fast = Tensor(ones: [2])
    var slow = Tensor(ones: [2])
    var limited = Tensor(ones: [2])
    var directions = Tensor(ones: [2])
    var mean = Tensor(ones: [2])

    mutating func visit(_ visitor: inout some TensorVisitor) {
      visitor.visit("fast", &fast, .dynamics())
      visitor.visit("slow", &slow, .dynamics(.factor(0.5)))
      visitor.visit("limited", &limited, .dynamics(.peak(0.125)))
      visitor.visit("directions", &directions, .constant)
      visitor.visit("mean", &mean, .statistic)
    }
  }

  @Test func rolesHoldUnderAnyGrouping() {
    var layer = Recurrence()
    var optimizer = AdamW(
      for: layer, AdamWOptions(learningRate: 0.5, epsilon: 0, weightDecay: 0.5), group: ParameterGroup.decayingAll)
    #expect(optimizer.first.tensors.map(\.count) == [2, 2, 2, 0, 0])
    // A gradient of all tensors moves none that is not trained. The schedule is at half its peak.
    optimizer.update(&layer, along: layer.mapTensors { Tensor(ones: $0.shape) }, learningRate: 0.25)
    let moved = layer.tensors.map { $0.scalars[0] }
    for (got, want) in zip(moved, [0.75, 0.875, 0.9375, 1, 1]) { #expect(abs(got - want) < 1e-6) }
    optimizer.update(&layer, along: layer.zeros)
    #expect(layer.directions.scalars == [1, 1])
  }
}
