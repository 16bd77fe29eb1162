import GodwitKernels
import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

struct KernelAttentionTests {
  /// A map made up here: what a new one takes.
  struct SoftplusMap: FixedFeatureMap {
    static let name = "softplus"
    static let summary = "linear attention with the features log(1 + eˣ)"
    func callAsFunction(_ x: Tensor) -> Tensor { softplus(x) }
  }

  /// A map with its similarity as a function of all pairs, whatever its type.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let check: @Sendable (_ dtype: DType, _ rotary: Bool) -> Void

    init<Map: FeatureMap>(_: Map.Type, _ similarity: @escaping KernelReference<Map>.Similarity) {
      testDescription = Map.name
      check = { dtype, rotary in
        KernelAttentionTests.formsAgree(Map.self, similarity, dtype, rotary: rotary)
        KernelAttentionTests.bidirectionalFormsAgree(Map.self, similarity, dtype, rotary: rotary)
      }
    }
  }

  static let cases = [
    Case(EluPlusOneMap.self) { matmul(elu($1) + 1, elu($2) + 1, transposeB: true) },
    Case(IdentityMap.self) { matmul($1, $2, transposeB: true) },
    Case(ReluMap.self) { matmul(relu($1), relu($2), transposeB: true) },
    Case(ReluSquaredMap.self) { matmul(square(relu($1)), square(relu($2)), transposeB: true) },
    Case(CosineMap.self) { _, query, key in
      let lengths = { sqrt(square($0).sum(along: 3, keepingAxis: true)) }
      return matmul(query / lengths(query), key / lengths(key), transposeB: true) + 1
    },
    Case(SoftplusMap.self) { matmul(softplus($1), softplus($2), transposeB: true) },
    Case(RandomFeatures.self) { map, query, key in
      // e^(ω · q') without the query's own factor, and e^(ω · k' − |k'|² / 2).
      let scale = 1 / Double(query.shape[3]).squareRoot().squareRoot()
      let (q, k) = (matmul(query * scale, map.projection), matmul(key * scale, map.projection))
      let sizes = square(key * scale).sum(along: 3, keepingAxis: true) * 0.5
      return matmul(exp(q), exp(k - sizes), transposeB: true)
    },
  ]

  @Test(arguments: cases, DType.allCases) func quadraticCumulativeChunkedAndRecurrentAgree(test: Case, dtype: DType) {
    for rotary in [false, true] { test.check(dtype, rotary) }
  }

  @Test func aNewMapMakesAMixer() throws {
    var generator = Philox(seed: 1)
    let options = MixerOptions(width: 16, heads: 4)
    MixerSuite(KernelAttention<SoftplusMap>(options, using: &generator), width: 16).run()
    let kind = MixerKind(KernelAttention<SoftplusMap>.self)
    #expect(kind.name == "softplus")
    #expect(try kind.make(options, using: &generator).base is KernelAttention<SoftplusMap>)
  }

  @Test func rotaryForms() {
    var generator = Philox(seed: 2)
    let options = MixerOptions(width: 16, heads: 4, rotary: true)
    MixerSuite(KernelAttention<IdentityMap>(options, using: &generator), width: 16).run()
    MixerSuite(KernelAttention<ReluMap>(options, using: &generator), width: 16).run()
    MixerSuite(KernelAttention<ReluSquaredMap>(options, using: &generator), width: 16).run()
    MixerSuite(KernelAttention<CosineMap>(options, using: &generator), width: 16).run()
  }

  /// The parallel, chunked and recurrent forms of a mixer against its two definitions, in value and gradient.
  private static func formsAgree<Map: FeatureMap>(
    _: Map.Type, _ similarity: @escaping KernelReference<Map>.Similarity, _ dtype: DType, rotary: Bool
  ) {
    var generator = Philox(seed: 3)
    let options = MixerOptions(width: 18, heads: 3, rotary: rotary)
    var mixer = KernelAttention<Map>(options, using: &generator)
    if dtype == .float32 {
      // Where all weights are near 0, gradients of queries and keys are differences of numbers as great as 1 / weight, and tell
      // nothing of a form in float32: queries and keys are moved up.
      let up = concatenate([Tensor(ones: [36]), Tensor(zeros: [18])])
      mixer.projections.queryKeyValue.bias = up
    }
    mixer = mixer.mapTensors { $0.converted(to: dtype) }
    let x = Tensor(normal: 0, shape: [2, 37, 18], dtype: .float64, using: &generator).converted(to: dtype)
    let reference = KernelReference(
      map: mixer.featureMap, similarity: similarity, rotaryBase: mixer.rotaryBase, causal: true)
    expectEqual(
      mixer, x,
      [
        ("quadratic", { $0.projections.around($1, reference.quadratic) }),
        ("cumulative", { $0.projections.around($1, reference.cumulative) }),
        ("parallel", { $0($1) }),
        (
          "chunked",
          { mixer, x in
            var state = mixer.initialState(batch: 2)
            return concatenate(
              [0..<9, 9..<10, 10..<37].map { mixer.chunk(x.slice($0, along: 1), state: &state) }, along: 1)
          }
        ),
        (
          "recurrent",
          { mixer, x in
            var state = mixer.initialState(batch: 2)
            return stack((0..<37).map { mixer.step(x.element($0, along: 1), state: &state) }, along: 1)
          }
        ),
      ])
  }

  private static func bidirectionalFormsAgree<Map: FeatureMap>(
    _: Map.Type, _ similarity: @escaping KernelReference<Map>.Similarity, _ dtype: DType, rotary: Bool
  ) {
    var generator = Philox(seed: 4)
    let options = MixerOptions(width: 18, heads: 3, rotary: rotary)
    let layer = BidirectionalKernelAttention<Map>(options, using: &generator).mapTensors { $0.converted(to: dtype) }
    // On both sides of the length from which on the other association order is cheaper.
    for length in [4, 37] {
      let x = Tensor(normal: 0, shape: [2, length, 18], dtype: .float64, using: &generator).converted(to: dtype)
      let reference = KernelReference(
        map: layer.featureMap, similarity: similarity, rotaryBase: layer.rotaryBase, causal: false)
      expectEqual(
        layer, x,
        [
          ("quadratic", { $0.projections.around($1, reference.quadratic) }),
          ("sums", { $0.projections.around($1, reference.cumulative) }), ("layer", { $0($1) }),
        ])
      #expect(causalityViolation(of: { layer($0) }, input: x) != nil)
    }
  }

  /// Whether all ways to compute a layer agree with the first in output and in the gradients of parameters and input.
  private static func expectEqual<Layer: SequenceLayer>(
    _ layer: Layer, _ x: Tensor, _ forms: [(name: String, run: (Layer, Tensor) -> Tensor)]
  ) {
    var generator = Philox(seed: 5)
    let weights = Tensor(normal: 0, shape: x.shape, dtype: .float64, using: &generator).converted(to: x.dtype)
    func results(_ run: (Layer, Tensor) -> Tensor) -> [Tensor] {
      let gradient = gradient(at: Pair(layer, x)) { (run($0.first, $0.second) * weights).sum() }
      return [run(layer, x)] + gradient.tensors
    }
    let names = ["output"] + Pair(layer, x).namedTensors.map { "gradient of \($0.name)" }
    let want = results(forms[0].run)
    for (name, run) in forms.dropFirst() {
      for (index, (got, want)) in zip(results(run), want).enumerated() {
        let tolerance = index == 0 ? Tolerance.value(x.dtype) : Tolerance.mixer(x.dtype)
        expectClose(got, want, tolerance: tolerance, "\(Layer.self), \(name), \(names[index])")
      }
    }
  }
}
