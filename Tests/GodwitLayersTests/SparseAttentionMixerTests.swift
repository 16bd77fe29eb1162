import GodwitKernels
import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

/// What the sparse attentions become in special cases, and what their states hold.
struct SparseAttentionMixerTests {
  private func input(_ length: Int) -> Tensor {
    var generator = Philox(seed: 7)
    return Tensor(normal: 0, shape: [2, length, 16], using: &generator)
  }

  private func options(_ settings: [String: MixerSetting.Value] = [:]) -> MixerOptions {
    MixerOptions(width: 16, heads: 4, keyHeads: 2, rotary: true, settings: settings)
  }

  /// With room for all of the past each is the dense attention.
  @Test func thoseThatSeeAllAreSoftmaxAttention() {
    let x = input(60)
    func same(_ name: String, _ make: (inout Philox) -> Tensor) {
      var generator = Philox(seed: 3)
      let want = SoftmaxAttention(options(), using: &generator)(x)
      generator = Philox(seed: 3)
      expectClose(make(&generator), want, name)
    }
    same("local") { LocalAttention(options(["window": 60]), using: &$0)(x) }
    same("strided") { StridedAttention(options(["stride": 1]), using: &$0)(x) }
    same("longformer") { Longformer(options(["window": 10, "globals": 50]), using: &$0)(x) }
    same("bigbird") { BigBird(options(["block": 8, "random": 5]), using: &$0)(x) }
    same("topk") { ExplicitSparseAttention(options(["k": 60]), using: &$0)(x) }
  }

  /// One position alone is its value, whatever the weights.
  @Test func aWindowOfOneIsTheValue() {
    var generator = Philox(seed: 3)
    let local = LocalAttention(options(["window": 1]), using: &generator)
    let x = input(20)
    let value = local.projections.queryKeyValue(x).slice(24..<32, along: 2).reshaped([2, 20, 2, 1, 4])
      .broadcast(to: [2, 20, 2, 2, 4])
    expectClose(local(x), local.projections.output(value.reshaped([2, 20, 16])))
  }

  /// The last input that a window sees has an influence, the one before it none; the global ones always have.
  @Test func influenceEndsWithTheWindow() {
    var generator = Philox(seed: 4)
    let local = LocalAttention(options(["window": 9]), using: &generator)
    let longformer = Longformer(options(["window": 9, "globals": 2]), using: &generator)
    func influences(_ layer: (Tensor) -> Tensor, _ position: Int) -> Bool {
      let x = input(80)
      let change = Tensor((0..<80).map { $0 == position ? 1 : 0 }, shape: [80, 1], dtype: .float32)
      return layer(x).element(79, along: 1).scalars != layer(x + change).element(79, along: 1).scalars
    }
    #expect(influences({ local($0) }, 71) && !influences({ local($0) }, 70) && !influences({ local($0) }, 0))
    #expect(influences({ longformer($0) }, 71) && !influences({ longformer($0) }, 70))
    #expect(influences({ longformer($0) }, 1) && !influences({ longformer($0) }, 2))
  }

  /// What is not finite is forgotten with the window: later outputs and the gradients of earlier inputs know nothing of it.
  @Test(arguments: [DType.float32, .float64], [Double.nan, .infinity])
  func whatIsNotFiniteEndsWithTheWindow(dtype: DType, value: Double) {
    var generator = Philox(seed: 6)
    let (window, position, length) = (16, 20, 80)
    let local = LocalAttention(options(["window": 16]), using: &generator).mapTensors { $0.converted(to: dtype) }
    let x = input(length).converted(to: dtype)
    let weights = Tensor(normal: 0, shape: x.shape, using: &generator).converted(to: dtype)
    func spoiled(_ x: Tensor, at position: Int) -> Tensor {
      var values = x.scalars
      values[position * 16 + 3] = value
      return Tensor(values, shape: x.shape, dtype: dtype)
    }
    func bits(_ x: Tensor, _ range: Range<Int>) -> [UInt64] {
      x.slice(range, along: 1).scalars.map(\.bitPattern)
    }
    for sizes in [[length], [1], [5], [7, 1, 30, 42]] {
      func output(_ x: Tensor) -> Tensor {
        var state = local.initialState(batch: 2)
        var (outputs, start): ([Tensor], Int) = ([], 0)
        while start < length {
          let end = min(start + sizes[outputs.count % sizes.count], length)
          outputs.append(local.chunk(x.slice(start..<end, along: 1), state: &state))
          start = end
        }
        return concatenate(outputs, along: 1)
      }
      let (y, odd) = (output(x), output(spoiled(x, at: position)))
      for clean in [0..<position, position + window..<length] {
        #expect(bits(odd, clean) == bits(y, clean), "\(sizes)")
      }
      #expect(odd.element(0, along: 0).slice(position..<position + window, along: 0).scalars.contains { !$0.isFinite })

      func slope(_ x: Tensor, _ weights: Tensor) -> Tensor { gradient(at: x) { (output($0) * weights).sum() } }
      let last = 50
      let (dx, odder) = (slope(x, weights), slope(x, spoiled(weights, at: last)))
      for clean in [0..<last - window + 1, last + 1..<length] {
        #expect(bits(odder, clean) == bits(dx, clean), "\(sizes)")
      }
      // An input that is not finite is in the gradients of those that a position sees with it.
      let spread = slope(spoiled(x, at: position), weights)
      for clean in [0..<position - window + 1, position + window..<length] {
        #expect(bits(spread, clean) == bits(dx, clean), "\(sizes)")
      }
    }
  }

  /// The state of a window holds the same rows however the past was read.
  @Test func theStateOfAWindowDoesNotDependOnTheParts() {
    var generator = Philox(seed: 5)
    let layer = Longformer(options(["window": 5, "globals": 3]), using: &generator)
    let x = input(40)
    var whole = layer.initialState(batch: 2)
    _ = layer(x, state: &whole)
    for parts in [[40], [1, 39], [2, 1, 1, 7, 29], [3, 5, 8, 24], [Int](repeating: 1, count: 40)] {
      var (state, start) = (layer.initialState(batch: 2), 0)
      for part in parts {
        if part == 1 {
          _ = layer.step(x.element(start, along: 1), state: &state)
        } else {
          _ = layer.chunk(x.slice(start..<start + part, along: 1), state: &state)
        }
        start += part
        #expect(state.positions.values == [start, start] && state.byteCount == 4 * 2 * 2 * 8 * 2 * 4 + 16)
      }
      for (got, want) in zip(state.tensors, whole.tensors) { expectClose(got, want, "\(parts)") }
    }
  }
}
