import GodwitKernels
import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

struct LinformerTests {
  private let options = MixerOptions(width: 12, heads: 4, keyHeads: 2)

  private func layer(context: Int, mixtures: Int, _ dtype: DType) -> Linformer {
    var generator = Philox(seed: 1)
    return Linformer(options, context: context, mixtures: mixtures, using: &generator)
      .mapTensors { $0.converted(to: dtype) }
  }

  private func input(_ length: Int, _ dtype: DType) -> Tensor {
    var generator = Philox(seed: 2)
    return Tensor(normal: 0, shape: [2, length, 12], dtype: .float64, using: &generator).converted(to: dtype)
  }

  /// The outputs and the gradients of the dense layers and the input.
  private func results(
    _ projections: HeadProjections, _ x: Tensor, _ run: (HeadProjections, Tensor) -> Tensor
  ) -> [(name: String, tensor: Tensor)] {
    let gradient = gradient(at: Pair(projections, x)) { square(run($0.first, $0.second)).sum() }
    return [("output", run(projections, x))] + gradient.namedTensors.map { ($0.name, $0.tensor) }
  }

  @Test(arguments: DType.allCases) func withoutMixingItIsSoftmaxAttention(dtype: DType) {
    var generator = Philox(seed: 3)
    let softmax = BidirectionalSoftmaxAttention(options, using: &generator).mapTensors { $0.converted(to: dtype) }
    var linformer = layer(context: 17, mixtures: 17, dtype)
    linformer.keyMixtures = Tensor(identity: 17, dtype: dtype)
    linformer.valueMixtures = Tensor(identity: 17, dtype: dtype)
    let x = input(17, dtype)
    let got = results(softmax.projections, x) { projections, x in
      var layer = linformer
      layer.projections = projections
      return layer(x)
    }
    let want = results(softmax.projections, x) { projections, x in
      var layer = softmax
      layer.projections = projections
      return layer(x)
    }
    for (got, want) in zip(got, want) {
      let tolerance = got.name == "output" ? Tolerance.value(dtype) : Tolerance.mixer(dtype)
      expectClose(got.tensor, want.tensor, tolerance: tolerance, got.name)
    }
  }

  /// Equation 7 written out head by head, E and F learned with the rest.
  @Test(arguments: DType.allCases) func itIsTheEquation(dtype: DType) {
    let layer = layer(context: 23, mixtures: 5, dtype)
    let x = input(23, dtype)
    let got = gradient(at: Pair(layer, x)) { square($0.first($0.second)).sum() }
    let want = gradient(at: Pair(layer, x)) { square(headByHead($0.first, $0.second)).sum() }
    expectClose(layer(x), headByHead(layer, x), "output")
    for (got, want) in zip(got.namedTensors, want.namedTensors) {
      expectClose(got.tensor, want.tensor, tolerance: Tolerance.mixer(dtype), got.name)
    }
  }

  private func headByHead(_ layer: Linformer, _ x: Tensor) -> Tensor {
    let columns = layer.projections.queryKeyValue(x).split([Int](repeating: 3, count: 8), along: 2)
    let heads = (0..<4).map { head in
      let keys = matmul(layer.keyMixtures, columns[4 + head / 2])
      let values = matmul(layer.valueMixtures, columns[6 + head / 2])
      return matmul(softmax(matmul(columns[head], keys, transposeB: true) / 3.0.squareRoot()), values)
    }
    return layer.projections.output(concatenate(heads, along: 2))
  }

  @Test func aShorterSequenceTakesTheFirstColumns() {
    let long = layer(context: 23, mixtures: 5, .float64)
    var short = long
    short.keyMixtures = long.keyMixtures.slice(0..<9, along: 1)
    short.valueMixtures = long.valueMixtures.slice(0..<9, along: 1)
    expectClose(long(input(9, .float64)), headByHead(short, input(9, .float64)))
    #expect(long(input(0, .float64)).shape == [2, 0, 12])
  }

  @Test func aLongerSequenceIsAnError() async {
    await #expect(processExitsWith: .failure) {
      var generator = Philox(seed: 1)
      let layer = Linformer(MixerOptions(width: 4), context: 8, mixtures: 2, using: &generator)
      _ = layer(Tensor(zeros: [1, 9, 4]))
    }
  }

  /// Mixtures contain the future: it must fail the test that causal layers pass.
  @Test func itIsNotCausal() {
    let layer = layer(context: 33, mixtures: 4, .float32)
    #expect(causalityViolation(of: { layer($0) }, input: input(33, .float32)) != nil)
  }

  /// The square of the length alone would be 64 GiB for each head.
  @Test func itsCostGrowsWithTheLength() {
    let length = 131_072
    let layer = layer(context: length, mixtures: 4, .float32)
    #expect(layer(input(length, .float32)).sum().item.isFinite)
  }
}
