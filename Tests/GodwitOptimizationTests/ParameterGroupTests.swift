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
}
