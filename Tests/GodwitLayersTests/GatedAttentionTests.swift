import GodwitKernels
import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

/// Gated attention against what it becomes in special cases (Hua et al. 2022; Su's reading of it).
struct GatedAttentionTests {
  private let options = MixerOptions(width: 8, bias: true, settings: ["keyWidth": 4, "chunk": 4])

  private func input(_ length: Int, width: Int = 8) -> Tensor {
    var generator = Philox(seed: 3)
    return Tensor(normal: 0, shape: [2, length, width], using: &generator)
  }

  /// With attention to nothing but the position itself, with weight 1, the unit is a gated linear unit.
  @Test func identityAttentionIsAGatedLinearUnit() {
    var generator = Philox(seed: 1)
    var unit = GatedAttentionUnit(options, using: &generator)
    // q · k = 2, and relu(2)² / (1 · 4) = 1.
    unit.projections.heads.scale = Tensor(zeros: [2, 4])
    unit.projections.heads.offset = Tensor(rows: [[1, 0, 1, 0], [1, 0, 1, 0]])
    let x = input(1)
    let parts = silu(unit.projections.gateValue(x)).split([16, 16], along: 2)
    expectClose(unit(x), unit.projections.output(parts[0] * parts[1]))
  }

  /// With gates of 1 and without the last layer, the unit is plain attention.
  @Test func withoutGatesItIsAttention() {
    var generator = Philox(seed: 1)
    let own = MixerOptions(width: 8, bias: true, settings: ["keyWidth": 4, "expansion": 1])
    var unit = BidirectionalGatedAttentionUnit(own, using: &generator)
    let one = 1.2784645427610738  // silu of it is 1
    let gateColumns = Tensor([Double](repeating: 0, count: 8) + [Double](repeating: 1, count: 8))
    unit.projections.gateValue.weight = unit.projections.gateValue.weight * gateColumns
    unit.projections.gateValue.bias = (1 - gateColumns) * one
    unit.projections.output.weight = Tensor(identity: 8)
    unit.projections.output.bias = Tensor(zeros: [8])
    unit.projections.heads.offset = Tensor(normal: 0, shape: [2, 4], using: &generator)
    let x = input(9)
    let rows = unit.projections.heads(silu(unit.projections.shared(x)))
    let (q, k) = (rows.element(0, along: 2), rows.element(1, along: 2))
    let value = silu(matmul(x, unit.projections.gateValue.weight)).slice(8..<16, along: 2)
    expectClose(unit(x), matmul(square(relu(matmul(q, k, transposeB: true))) * (1 / 36), value))
  }

  /// Products between chunks start divided by √K; within them the division is a part of the attention.
  @Test func productsBetweenChunksStartDividedByTheRootOfTheWidth() {
    var generator = Philox(seed: 1)
    let options = MixerOptions(width: 32, heads: 2, settings: ["keyWidth": 16])
    for heads in [
      FLASH(options, using: &generator).projections.heads, MixedChunkAttention(options, using: &generator).heads,
    ] {
      let means = heads.scale.mean(along: 1).scalars
      for (mean, expected) in zip(means, [1, 1, 0.5, 0.5]) { #expect(abs(mean - expected) < 0.03, "\(means)") }
    }
  }

  /// One chunk for all, without the sums between chunks, is the quadratic unit.
  @Test func oneChunkIsTheQuadraticForm() {
    var generator = Philox(seed: 1)
    let own = MixerOptions(width: 8, settings: ["keyWidth": 4, "chunk": 9, "global": 0])
    var flash = BidirectionalFLASH(own, using: &generator)
    flash.projections.heads.offset = Tensor(normal: 0, shape: [4, 4], using: &generator)
    var unit = BidirectionalGatedAttentionUnit(own, using: &generator)
    (unit.projections.gateValue, unit.projections.shared) = (flash.projections.gateValue, flash.projections.shared)
    unit.projections.output = flash.projections.output
    unit.projections.heads.scale = flash.projections.heads.scale.slice(0..<2, along: 0)
    unit.projections.heads.offset = flash.projections.heads.offset.slice(0..<2, along: 0)
    expectClose(flash(input(9)), unit(input(9)))
  }

  /// Between chunks the bidirectional form is linear attention to everything, however long a chunk is.
  @Test(arguments: [1, 3, 4, 10, 16]) func sumsOverChunksAreLinearAttention(chunk: Int) {
    var generator = Philox(seed: 1)
    let rows = Tensor(normal: 0, shape: [2, 10, 4, 1, 3], using: &generator)
    let values = Tensor(normal: 0, shape: [2, 10, 1, 1, 5], using: &generator)
    let (query, key) = (rows.element(2, along: 2), rows.element(3, along: 2))
    let value = values.element(0, along: 2)
    let want = linearAttention(query, key, value, featureMap: .identity, normalized: false, causal: false).output * 0.1
    expectClose(bidirectionalMixedChunkAttention(rows, values: values, chunk: chunk, local: false), want)
  }

  /// What a chunk reads is a mean over the positions before it, and nothing in the first.
  @Test func theDivisorIsTheNumberOfPositionsBefore() {
    let rows = Tensor(ones: [1, 10, 4, 1, 1])
    let values = Tensor((1...10).map(Double.init)).reshaped([1, 10, 1, 1, 1])
    let y = mixedChunkAttention(rows, values: values, chunk: 3, local: false).output
    expectClose(y.reshaped([10]), Tensor([0, 0, 0, 2, 2, 2, 3.5, 3.5, 3.5, 5]))
  }

  /// Two units have the parameters of an attention and a feed-forward layer, 12 D², and a few more.
  @Test func twoUnitsHaveTheParametersOfATransformerBlock() {
    var generator = Philox(seed: 1)
    let own = MixerOptions(width: 64, bias: false, settings: ["keyWidth": 16])
    let count = GatedAttentionUnit(own, using: &generator).parameterCount
    #expect(2 * count == 12 * 64 * 64 + 2 * (64 * 16 + 2 * 2 * 16))
    #expect(FLASH(own, using: &generator).parameterCount == count + 2 * 2 * 16)
  }

  @Test func bidirectionalFormsSeeTheFuture() {
    var generator = Philox(seed: 1)
    let flash = BidirectionalFLASH(options, using: &generator)
    let unit = BidirectionalGatedAttentionUnit(options, using: &generator)
    #expect(causalityViolation(of: { flash($0) }, input: input(33)) != nil)
    #expect(causalityViolation(of: { unit($0) }, input: input(33)) != nil)
    let alone = BidirectionalFLASH(
      MixerOptions(width: 8, settings: ["keyWidth": 4, "chunk": 1, "global": 0]), using: &generator)
    #expect(causalityViolation(of: { alone($0) }, input: input(33)) == nil)
  }

  /// A position's output is the same however long the sequence is.
  @Test(arguments: [0, 1]) func nothingDependsOnTheLength(softmax: Int) {
    var generator = Philox(seed: 1)
    let x = input(40)
    let own = MixerOptions(width: 8, rotary: true, settings: ["keyWidth": 4, "softmax": .whole(softmax)])
    let unit = GatedAttentionUnit(own, using: &generator)
    let flash = FLASH(options, using: &generator)
    for length in [1, 4, 7, 12] {
      let part = x.slice(0..<length, along: 1)
      expectClose(unit(part), unit(x).slice(0..<length, along: 1), "unit")
      expectClose(flash(part), flash(x).slice(0..<length, along: 1), "flash")
    }
  }
}
