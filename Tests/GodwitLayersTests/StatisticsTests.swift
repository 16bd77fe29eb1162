import GodwitLayers
import GodwitRandom
import GodwitTensor
import Testing

/// x − a running mean of what training has passed through.
private struct Centred: Module {
  var mean = Tensor(zeros: [1])

  func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor {
    let before = context.current(mean)
    if context.isTraining { context.update(mean, to: before * 0.5 + x.mean().reshaped([1]) * 0.5) }
    return x - before
  }

  mutating func visit(_ visitor: inout some TensorVisitor) { visitor.visit("mean", &mean, .statistic) }
}

struct StatisticsTests {
  private func pass(_ layers: inout [Centred], isTraining: Bool = true) {
    var context = ForwardContext(isTraining: isTraining, generator: Philox(seed: 1))
    let gradient = gradient(at: layers) { layers in
      var x = Tensor([8, 8])
      for layer in layers { x = layer(x, context: &context) }
      return x.sum()
    }
    #expect(gradient.tensors.map(\.count) == layers.map { _ in 0 })
    layers.adoptStatistics(of: &context)
  }

  @Test func aTrainingPassChangesThem() {
    // Copies of one layer, which share their memory until they are separated.
    var layers = [Centred](repeating: Centred(), count: 2)
    layers.separateStatistics()
    pass(&layers)
    #expect(layers.map { $0.mean.item } == [4, 4])
    pass(&layers)
    #expect(layers.map { $0.mean.item } == [6, 4])
    pass(&layers, isTraining: false)
    #expect(layers.map { $0.mean.item } == [6, 4])
  }

  @Test func aLayerThatIsUsedTwiceGoesOnFromItsFirstUse() {
    let layer = Centred()
    var model = [layer]
    var context = ForwardContext(generator: Philox(seed: 1))
    _ = layer(Tensor([8]), context: &context)
    _ = layer(Tensor([8]), context: &context)
    model.adoptStatistics(of: &context)
    #expect(model[0].mean.item == 6)
    // The context is empty now, so it changes nothing any more.
    model[0].mean = layer.mean
    model.adoptStatistics(of: &context)
    #expect(model[0].mean.item == 0)
  }
}
