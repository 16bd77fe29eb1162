import GodwitKernels
import GodwitLayers
import GodwitOptimization
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

struct LSHAttentionTests {
  private let options = MixerOptions(width: 12, heads: 2)

  private func rotations(_ dtype: DType, buckets: Int = 4, rounds: Int = 3, chunk: Int = 5, rotary: Bool = false)
    -> LSHAttention<RandomRotationHash>
  {
    var generator = Philox(seed: 1)
    var options = options
    options.rotary = rotary
    let hash = RandomRotationHash(width: 6, buckets: buckets, rounds: rounds, using: &generator)
    return LSHAttention(options, hash: hash, chunk: chunk, using: &generator).mapTensors { $0.converted(to: dtype) }
  }

  private func signs(_ dtype: DType, bits: Int = 2, rounds: Int = 3, chunk: Int = 4) -> LSHAttention<
    SignRandomProjection
  > {
    var generator = Philox(seed: 2)
    let hash = SignRandomProjection(width: 6, bits: bits, rounds: rounds, using: &generator)
    return LSHAttention(options, hash: hash, chunk: chunk, using: &generator).mapTensors { $0.converted(to: dtype) }
  }

  private func input(_ length: Int, _ dtype: DType) -> Tensor {
    var generator = Philox(seed: 3)
    return Tensor(normal: 0, shape: [2, length, 12], dtype: .float64, using: &generator).converted(to: dtype)
  }

  /// How outputs and gradients of parameters and input differ from the definition; nothing if they agree.
  private func differences<Hash>(_ layer: LSHAttention<Hash>, _ x: Tensor, _ reference: BucketReference) -> [String] {
    var generator = Philox(seed: 4)
    let weights = Tensor(normal: 0, shape: x.shape, dtype: .float64, using: &generator).converted(to: x.dtype)
    let got = gradient(at: Pair(layer, x)) { ($0.first($0.second) * weights).sum() }
    let want = gradient(at: Pair(layer, x)) { (reference($0.first, $0.second) * weights).sum() }
    var found: [String] = []
    let error = errorRatio(layer(x), reference(layer, x))
    if !(error <= Tolerance.value(x.dtype)) { found.append("output: \(error)") }
    for (got, want) in zip(got.namedTensors, want.namedTensors) {
      let error = errorRatio(got.tensor, want.tensor)
      if !(error <= Tolerance.mixer(x.dtype)) { found.append("gradient of \(got.name): \(error)") }
    }
    return found
  }

  @Test(arguments: DType.allCases) func oneBucketIsAttentionToAllOthers(dtype: DType) {
    let reference = BucketReference(buckets: { _ in [0] }, chunk: 100)
    for length in [1, 2, 19] {
      for rounds in [1, 2] {
        let layer = signs(dtype, bits: 0, rounds: rounds, chunk: 100)
        #expect(differences(layer, input(length, dtype), reference) == [], "\(length) positions, \(rounds) rounds")
      }
    }
  }

  /// The paper's form in float64 alone: its score of a position with itself, −10⁵, leaves float32 no digits for the sum of a round.
  @Test(arguments: [(DType.float32, BucketReference.Combination.union), (.float64, .union), (.float64, .rounds)])
  func bucketsChunksAndRoundsAreThoseOfTheDefinition(dtype: DType, combination: BucketReference.Combination) {
    for length in [1, 2, 7, 16, 37] {
      let x = input(length, dtype)
      for rounds in [1, 3] {
        let layer = rotations(dtype, rounds: rounds)
        let reference = BucketReference(buckets: layer.hash.byDefinition, chunk: 5, combination: combination)
        #expect(differences(layer, x, reference) == [], "rotations, \(length) positions, \(rounds) rounds")
        let other = signs(dtype, rounds: rounds)
        let signs = BucketReference(buckets: other.hash.byDefinition, chunk: 4, combination: combination)
        #expect(differences(other, x, signs) == [], "signs, \(length) positions, \(rounds) rounds")
      }
    }
    let narrow = signs(dtype, bits: 3, rounds: 2, chunk: 1)
    let reference = BucketReference(buckets: narrow.hash.byDefinition, chunk: 1, combination: combination)
    #expect(differences(narrow, input(37, dtype), reference) == [], "chunks of one position")
  }

  /// The comparison has every case in it: positions that are alone in one round or in all, pairs of several rounds, and pairs
  /// of one bucket in chunks too far apart.
  @Test func theDefinitionHasAllCases() {
    let layer = signs(.float64, bits: 3, rounds: 2, chunk: 1)
    let query = layer.queryValue(input(37, .float64)).slice(0..<6, along: 2)[0]
    let reference = BucketReference(buckets: layer.hash.byDefinition, chunk: 1)
    let sets = reference.sets(query)
    let wide = BucketReference(buckets: layer.hash.byDefinition, chunk: 100).sets(query)
    #expect((0..<37).contains { i in sets.allSatisfy { $0[i].isEmpty } })
    #expect((0..<37).contains { sets[0][$0].isEmpty && !sets[1][$0].isEmpty })
    #expect((0..<37).contains { !sets[0][$0].isDisjoint(with: sets[1][$0]) })
    #expect((0..<37).contains { sets[0][$0].count < wide[0][$0].count })
  }

  /// What the comparison must find.
  @Test func theComparisonCanFail() {
    let (layer, x) = (rotations(.float64), input(37, .float64))
    let right = layer.hash.byDefinition
    #expect(differences(layer, x, BucketReference(buckets: right, chunk: 5)) == [])
    #expect(differences(layer, x, BucketReference(buckets: right, chunk: 6)) != [])
    #expect(differences(layer, x, BucketReference(buckets: { Array(right($0).dropLast()) }, chunk: 5)) != [])
    #expect(differences(layer, x, BucketReference(buckets: right, chunk: 5, avoidsItself: false)) != [])
    var doubled = layer
    doubled.output.weight = layer.output.weight * 2
    let wrong = BucketReference(buckets: right, chunk: 5)(doubled, x)
    #expect(errorRatio(layer(x), wrong) > 0.1)
  }

  @Test func rotaryPositionsTurnQueriesBeforeTheHash() {
    let layer = rotations(.float64, rotary: true)
    let x = input(23, .float64)
    let reference = BucketReference(buckets: layer.hash.byDefinition, chunk: 5)
    let columns = layer.queryValue(x).split([12, 12], along: 2)
    let turned = rotary(columns[0].reshaped([2, 23, 2, 6])).reshaped([2, 23, 12])
    let heads = (0..<2).map { head in
      stack(
        (0..<2).map { row in
          let part = head * 6..<(head + 1) * 6
          return reference.attend(turned[row].slice(part, along: 1), columns[1][row].slice(part, along: 1))
        })
    }
    expectClose(layer(x), layer.output(concatenate(heads, along: 2)))
  }

  @Test func higherDerivativesAgreeWithTheDefinition() {
    let (layer, x) = (rotations(.float64), input(9, .float64))
    let reference = BucketReference(buckets: layer.hash.byDefinition, chunk: 5)
    let direction = input(9, .float64).cumulativeSum(along: 1)
    expectClose(
      hessianVectorProduct(at: x, along: direction) { square(layer($0)).sum() },
      hessianVectorProduct(at: x, along: direction) { square(reference(layer, $0)).sum() },
      tolerance: Tolerance.mixer(.float64))
  }

  @Test func directionsAreConstants() {
    var layer = rotations(.float32)
    let start = layer
    var optimizer = AdamW(for: layer, AdamWOptions(learningRate: 0.1, weightDecay: 0.5))
    for _ in 0..<3 {
      let gradient = gradient(at: layer) { square($0(input(9, .float32))).sum() }
      optimizer.update(&layer, along: gradient)
    }
    #expect(layer.hash.directions.scalars == start.hash.directions.scalars)
    #expect(layer.output.weight.scalars != start.output.weight.scalars)
    var generator = Philox(seed: 5)
    layer.hash.redraw(using: &generator)
    #expect(layer.hash.directions.scalars != start.hash.directions.scalars)
  }

  @Test func itIsNotCausal() {
    let layer = rotations(.float32)
    #expect(causalityViolation(of: { layer($0) }, input: input(33, .float32)) != nil)
  }

  /// No positions, and vectors without a direction.
  @Test func nothingGivesNumbers() {
    var layer = rotations(.float32)
    #expect(layer(input(0, .float32)).shape == [2, 0, 12])
    layer.queryValue.bias = nil
    let (y, pullback) = valueWithPullback(at: Pair(layer, Tensor(zeros: [1, 9, 12]))) { $0.first($0.second) }
    for tensor in [y] + pullback(Tensor(ones: y.shape)).tensors { #expect(tensor.scalars.allSatisfy { $0.isFinite }) }
  }

  /// The square of the length alone would be 16 GiB for each head and round.
  @Test func itsCostGrowsWithTheLength() {
    let layer = signs(.float32, bits: 12, rounds: 1, chunk: 16)
    #expect(layer(input(65_536, .float32)).sum().item.isFinite)
  }

  @Test func misfitsAreErrors() async {
    await #expect(processExitsWith: .failure) {
      var generator = Philox(seed: 1)
      let hash = RandomRotationHash(width: 4, buckets: 2, rounds: 1, using: &generator)
      _ = LSHAttention(MixerOptions(width: 12, heads: 2), hash: hash, chunk: 4, using: &generator)
    }
    await #expect(processExitsWith: .failure) {
      var generator = Philox(seed: 1)
      _ = RandomRotationHash(width: 4, buckets: 3, rounds: 1, using: &generator)
    }
    await #expect(processExitsWith: .failure) {
      var generator = Philox(seed: 1)
      _ = SignRandomProjection(width: 4, bits: 25, rounds: 1, using: &generator)
    }
  }
}
