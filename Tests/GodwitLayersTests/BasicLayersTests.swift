import GodwitKernels
import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

struct BasicLayersTests {
  @Test func linearStartsWithTheVarianceItShould() {
    var generator = Philox(seed: 1)
    let layer = Linear(400, 300, using: &generator)
    let weights = layer.weight.scalars
    let variance = weights.map { $0 * $0 }.reduce(0, +) / Double(weights.count)
    #expect(abs(variance * 400 - 1) < 0.02)
    #expect(layer.bias!.scalars.allSatisfy { $0 == 0 })
    #expect(layer.namedTensors.map(\.name) == ["weight", "bias"])
    let plain = Linear(400, 300, bias: false, standardDeviation: 0.5, using: &generator)
    #expect(plain.namedTensors.map(\.name) == ["weight"])
    #expect(abs(plain.weight.variance(along: [0, 1]).item - 0.25) < 0.01)
  }

  @Test func linearMapsTheLastAxis() {
    let layer = Linear(weight: Tensor(rows: [[1, 2, 3], [4, 5, 6]]), bias: Tensor([10, 20, 30]))
    #expect(layer(Tensor([1, 1, 0, 2], shape: [2, 1, 2])).scalars == [15, 27, 39, 18, 30, 42])
  }

  @Test func embeddingLooksUpAndScores() {
    let embedding = Embedding(table: Tensor(rows: [[1, 2], [3, 4], [5, 6]]))
    #expect(embedding(Indices([2, 0], shape: [2, 1])).scalars == [5, 6, 1, 2])
    #expect(embedding.logits(Tensor([1, 1]).reshaped([1, 2])).scalars == [3, 7, 11])
  }

  @Test func positionsAddTheirRows() {
    var generator = Philox(seed: 1)
    var positions = LearnedPositions(4, 2, using: &generator)
    positions.table = Tensor(rows: [[1, 1], [2, 2], [3, 3], [4, 4]])
    #expect(positions(Tensor(zeros: [2, 2, 2]), offset: 2).scalars == [3, 3, 4, 4, 3, 3, 4, 4])
  }

  @Test func positionsBeyondTheTableStop() async {
    await #expect(processExitsWith: .failure) {
      var generator = Philox(seed: 1)
      let positions = LearnedPositions(4, 2, using: &generator)
      _ = positions(Tensor(zeros: [1, 2, 2]), offset: 3)
    }
  }

  @Test func dropoutDropsInTrainingOnly() {
    let x = Tensor(ones: [100, 100])
    let dropout = Dropout(0.25)
    var evaluation = ForwardContext.evaluation
    #expect(dropout(x, context: &evaluation).scalars == x.scalars)
    var training = ForwardContext(generator: Philox(seed: 1))
    var copy = training
    let y = dropout(x, context: &training).scalars
    #expect(y == dropout(x, context: &copy).scalars)
    #expect(y != dropout(x, context: &training).scalars)
    let kept = y.filter { $0 != 0 }
    #expect(kept.allSatisfy { abs($0 - 4 / 3) < 1e-6 })
    #expect(abs(Double(kept.count) / 10_000 - 0.75) < 0.03)
  }

  @Test func feedForwardIsItsFormula() {
    var generator = Philox(seed: 1)
    let x = Tensor(normal: 0, shape: [2, 3, 8], using: &generator)
    let layer = FeedForward(8, using: &generator)
    #expect(layer.up.weight.shape == [8, 32])
    let hidden = gelu(matmul(x, layer.up.weight) + layer.up.bias!)
    expectClose(layer(x), matmul(hidden, layer.down.weight) + layer.down.bias!, "gelu")
    let gated = GatedFeedForward(8, using: &generator)
    #expect(gated.up.weight.shape == [8, 24])
    let product = silu(matmul(x, gated.gate.weight)) * matmul(x, gated.up.weight)
    expectClose(gated(x), matmul(product, gated.down.weight), "swiglu")
    #expect(GatedFeedForward.hidden(256) == 688)
  }

  @Test(arguments: Normalization.Kind.allCases) func normalisedRowsHaveUnitSize(kind: Normalization.Kind) {
    var generator = Philox(seed: 1)
    let x = Tensor(normal: 3, standardDeviation: 5, shape: [4, 64], using: &generator)
    let y = Normalization(kind, width: 64)(x)
    for row in 0..<4 { #expect(abs(square(y[row]).mean().item - 1) < 1e-4) }
    if kind == .layer { #expect(abs(y[0].mean().item) < 1e-6) }
  }
}
