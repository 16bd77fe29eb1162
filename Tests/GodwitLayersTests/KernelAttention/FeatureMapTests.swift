import Foundation
import GodwitKernels
import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

struct FeatureMapTests {
  private func heads(_ seed: UInt64, _ length: Int = 9) -> Tensor {
    var generator = Philox(seed: seed)
    return Tensor(normal: 0, shape: [2, length, 3, 8], dtype: .float64, using: &generator)
  }

  private func weights(_ map: some FeatureMap, _ query: Tensor, _ key: Tensor) -> Tensor {
    matmul(map.queries(query).swappingAxes(1, 2), map.keys(key).swappingAxes(1, 2), transposeB: true)
  }

  @Test func cosineWeightsLieBetweenNoneAndTwo() {
    let (query, key) = (heads(1), heads(2))
    #expect(CosineMap()(query).shape == [2, 9, 3, 9])
    let some = weights(CosineMap(), query, key).scalars
    #expect(some.allSatisfy { $0 >= 0 && $0 <= 2 })
    // The same and the opposite direction are the ends.
    let ends = weights(CosineMap(), query, concatenate([query * 3, query * -0.1], along: 1))
    for head in 0..<6 {
      let matrix = ends.reshaped([6, 9, 18])[head].scalars
      for position in 0..<9 {
        #expect(abs(matrix[position * 18 + position] - 2) < 1e-11)
        #expect(abs(matrix[position * 18 + 9 + position]) < 1e-9)
      }
    }
  }

  /// Without a direction every key has the same weight, and the gradient stays finite.
  @Test func zerosHaveTheWeightOne() {
    let zeros = Tensor(zeros: [2, 9, 3, 8], dtype: .float64)
    #expect(weights(CosineMap(), zeros, heads(1)).scalars.allSatisfy { $0 == 1 })
    let slope = gradient(at: zeros) { (weights(CosineMap(), $0, heads(1)) * weights(CosineMap(), heads(2), $0)).sum() }
    #expect(slope.scalars.allSatisfy { $0.isFinite })
  }

  /// A query without positive channels has no weights: its result is 0, and so are its gradients.
  @Test(arguments: DType.allCases) func queriesWithoutWeightsGiveZeros(dtype: DType) {
    func check<Map: FeatureMap>(_: Map.Type) {
      var generator = Philox(seed: 1)
      var mixer = KernelAttention<Map>(MixerOptions(width: 4, heads: 1), using: &generator)
        .mapTensors { $0.converted(to: dtype) }
      mixer.projections.output.weight = Tensor(identity: 4, dtype: dtype)
      // Queries and keys are all −1.
      mixer.projections.queryKeyValue.weight = concatenate(
        [Tensor(zeros: [4, 8], dtype: dtype), Tensor(identity: 4, dtype: dtype)], along: 1)
      mixer.projections.queryKeyValue.bias = concatenate(
        [Tensor(filled: -1, shape: [8], dtype: dtype), Tensor(zeros: [4], dtype: dtype)])
      let x = Tensor(normal: 0, shape: [1, 5, 4], using: &generator).converted(to: dtype)
      #expect(mixer(x).scalars.allSatisfy { $0 == 0 })
      let gradient = gradient(at: Pair(mixer, x)) { square($0.first($0.second) + 1).sum() }
      #expect(gradient.second.scalars.allSatisfy { $0 == 0 })
      #expect(gradient.first.projections.queryKeyValue.weight.scalars.allSatisfy { $0 == 0 })
      // The next key with a positive channel is seen alone.
      var state = mixer.initialState(batch: 1)
      _ = mixer(x, state: &state)
      mixer.projections.queryKeyValue.bias = concatenate(
        [Tensor(filled: 1, shape: [8], dtype: dtype), Tensor(zeros: [4], dtype: dtype)])
      let y = mixer.step(x.element(0, along: 1), state: &state)
      expectClose(y, x.element(0, along: 1), tolerance: 1e-6, Map.name)
    }
    check(ReluMap.self)
    check(ReluSquaredMap.self)
  }

  /// However small the weights, a mean of ones is one: with one channel, queries and keys of −8, −20, −40.
  @Test(arguments: DType.allCases, [-8, -20.0, -40]) func smallWeightsStillMakeMeans(dtype: DType, place: Double) {
    func check<Map: FeatureMap>(_: Map.Type, rotary: Bool, _ place: Double) {
      var generator = Philox(seed: 1)
      let options = MixerOptions(width: 2, heads: 1, rotary: rotary)
      func prepared(_ projections: inout HeadProjections) {
        projections.queryKeyValue.weight = Tensor(zeros: [2, 6])
        projections.queryKeyValue.bias = Tensor([place, place, place, place, 1, 1])
        projections.output.weight = Tensor(identity: 2)
      }
      var causal = KernelAttention<Map>(options, using: &generator)
      var whole = BidirectionalKernelAttention<Map>(options, using: &generator)
      prepared(&causal.projections)
      prepared(&whole.projections)
      causal = causal.mapTensors { $0.converted(to: dtype) }
      whole = whole.mapTensors { $0.converted(to: dtype) }
      let x = Tensor(zeros: [1, 200, 2], dtype: dtype)
      var state = causal.initialState(batch: 1)
      let steps = x.unstacked(along: 1).map { causal.step($0, state: &state) }
      var chunked = causal.initialState(batch: 1)
      for (form, y) in [
        ("causal", causal(x)), ("with a state", causal.chunk(x, state: &chunked)), ("steps", stack(steps, along: 1)),
        ("bidirectional", whole(x)),
      ] where !rotary {
        expectClose(y, Tensor(ones: y.shape, dtype: dtype), "\(Map.name), \(form)")
      }
      if rotary { expectClose(causal(x).element(0, along: 1), Tensor(ones: [1, 2], dtype: dtype), Map.name) }
    }
    for rotary in [false, true] {
      check(EluPlusOneMap.self, rotary: rotary, place)
      check(ReluMap.self, rotary: rotary, exp(place))
      check(ReluSquaredMap.self, rotary: rotary, exp(place / 2))
    }
  }

  /// The result of bare inner products has the same size after one position and after many.
  @Test func withoutSoftmaxTheSizeOfTheResultStays() {
    var generator = Philox(seed: 3)
    var mixer = KernelAttention<IdentityMap>(MixerOptions(width: 64, heads: 2), using: &generator)
    mixer.projections.output.weight = Tensor(identity: 64)
    let y = mixer(Tensor(normal: 0, shape: [1, 2000, 64], using: &generator)).reshaped([2000, 64])
    let sizes = sqrt(square(y).mean(along: 1)).scalars
    #expect(sizes.allSatisfy { $0 > 0.9 && $0 < 1.001 }, "\(sizes.min()!) to \(sizes.max()!)")
  }
}
