import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

/// Kernel attention whose weights float32 cannot hold, or hardly can, in all forms: what float64 gives.
struct KernelRangeTests {
  /// What queries and keys of the size of 1 are multiplied by, and what is added to them.
  struct Size: Sendable {
    var query, key: Double
    var place = 0.0
  }

  private func check<Map: FeatureMap>(_: Map.Type, _ size: Size, rotary: Bool) {
    var generator = Philox(seed: 5)
    let options = MixerOptions(width: 8, heads: 2, rotary: rotary)
    var mixer = KernelAttention<Map>(options, using: &generator)
    let factors = [size.query, size.key, 1].flatMap { [Double](repeating: $0, count: 8) }
    mixer.projections.queryKeyValue.weight = mixer.projections.queryKeyValue.weight * Tensor(factors)
    mixer.projections.queryKeyValue.bias = Tensor(
      [size.place, size.place, 0].flatMap { [Double](repeating: $0, count: 8) })
    var whole = BidirectionalKernelAttention<Map>(options, using: &generator)
    whole.projections = mixer.projections
    let x = Tensor(normal: 0, shape: [2, 140, 8], using: &generator)
    let weights = Tensor(normal: 0, shape: x.shape, using: &generator)
    func results(_ dtype: DType) -> [(name: String, values: [Tensor])] {
      let mixer = mixer.mapTensors { $0.converted(to: dtype) }
      let whole = whole.mapTensors { $0.converted(to: dtype) }
      let (x, weights) = (x.converted(to: dtype), weights.converted(to: dtype))
      func result<M: Module>(_ mixer: M, _ run: (M, Tensor) -> Tensor) -> [Tensor] {
        let (slope, xSlope) = { ($0.first, $0.second) }(
          gradient(at: Pair(mixer, x)) { (run($0.first, $0.second) * weights).sum() })
        return [run(mixer, x), xSlope] + slope.tensors
      }
      return [
        ("at once", result(mixer) { $0($1) }),
        (
          "in chunks",
          result(mixer) { mixer, x in
            var state = mixer.initialState(batch: 2)
            return concatenate(
              [0..<50, 50..<131, 131..<140].map { mixer.chunk(x.slice($0, along: 1), state: &state) }, along: 1)
          }
        ),
        (
          "by steps",
          result(mixer) { mixer, x in
            var state = mixer.initialState(batch: 2)
            return stack(x.unstacked(along: 1).map { mixer.step($0, state: &state) }, along: 1)
          }
        ),
        ("both ways", result(whole) { $0($1) }),
      ]
    }
    for (got, want) in zip(results(.float32), results(.float64)) {
      for (index, (a, b)) in zip(got.values, want.values).enumerated() {
        let largest = b.scalars.map(abs).max()!
        if largest < 1e-32 { continue }
        // By columns, as queries and keys have other sizes than values.
        let columns = b.shape[b.rank - 1]
        for column in 0..<columns {
          let place = stride(from: column, to: b.count, by: columns)
          let (a, b) = (place.map { a.scalars[$0] }, place.map { b.scalars[$0] })
          let size = b.map(abs).max()!
          guard size > largest * 1e-4 || index > 1, size > 1e-32, size < 1e36 else { continue }
          expectClose(
            Tensor(a.map { $0 / size }), Tensor(b.map { $0 / size }), tolerance: 1e-3,
            "\(Map.name), \(size), rotary \(rotary), \(got.name), result \(index), column \(column)")
        }
      }
    }
  }

  @Test(arguments: [false, true]) func eluPlusOne(rotary: Bool) {
    for size in [
      Size(query: 5e18, key: 5e18), Size(query: 3e30, key: 1e20), Size(query: 1, key: 1, place: -50),
    ] {
      check(EluPlusOneMap.self, size, rotary: rotary)
    }
  }

  @Test(arguments: [false, true]) func relu(rotary: Bool) {
    for size in [
      Size(query: 5e18, key: 5e18), Size(query: 3e30, key: 1e20), Size(query: 1e-25, key: 1e-20),
    ] {
      check(ReluMap.self, size, rotary: rotary)
    }
  }

  @Test(arguments: [false, true]) func reluSquared(rotary: Bool) {
    for size in [
      Size(query: 3e9, key: 3e9), Size(query: 1e25, key: 1e10), Size(query: 1e-9, key: 1e-10),
    ] {
      check(ReluSquaredMap.self, size, rotary: rotary)
    }
  }

  /// Results that are divided by their size.
  @Test(arguments: [false, true]) func identity(rotary: Bool) {
    for size in [Size(query: 1e20, key: 1e20), Size(query: 1e37, key: 1e34), Size(query: 1e10, key: 1e10)] {
      check(IdentityMap.self, size, rotary: rotary)
    }
  }
}
