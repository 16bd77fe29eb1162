import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

struct BidirectionalTests {
  private let options = MixerOptions(width: 16, heads: 4)

  private func input() -> Tensor {
    var generator = Philox(seed: 7)
    return Tensor(normal: 0, shape: [2, 33, 16], using: &generator)
  }

  /// They see the future, and so must fail the test that the causal ones pass.
  @Test func theyAreNotCausal() {
    var generator = Philox(seed: 1)
    let softmax = BidirectionalSoftmaxAttention(options, using: &generator)
    let linear = BidirectionalLinearAttention(options, using: &generator)
    #expect(causalityViolation(of: { softmax($0) }, input: input()) != nil)
    #expect(causalityViolation(of: { linear($0) }, input: input()) != nil)
  }

  @Test func sparseOnesAreNotCausal() {
    var generator = Philox(seed: 2)
    for pattern: AttentionPattern in [
      .local(window: 1, causal: false), .localAndGlobal(window: 2, globals: 1, causal: false),
      .blocks(size: 4, window: 1, globals: 0, random: 1, seed: 1, causal: false),
    ] {
      let layer = BidirectionalSparseAttention(options, pattern: pattern, using: &generator)
      #expect(causalityViolation(of: { layer($0) }, input: input()) != nil)
    }
  }

  /// The last position sees everything in both, so there they agree with the causal layer of the same parameters.
  @Test(arguments: [false, true]) func theLastPositionAgreesWithTheCausalLayer(rotary: Bool) {
    var options = options
    options.rotary = rotary
    var generator = Philox(seed: 1)
    let softmax = SoftmaxAttention(options, using: &generator)
    var bidirectional = BidirectionalSoftmaxAttention(options, using: &generator)
    bidirectional.projections = softmax.projections
    expectClose(bidirectional(input()).element(32, along: 1), softmax(input()).element(32, along: 1), "softmax")
    let linear = LinearAttention(options, using: &generator)
    var both = BidirectionalLinearAttention(options, using: &generator)
    both.projections = linear.projections
    expectClose(both(input()).element(32, along: 1), linear(input()).element(32, along: 1), "linear")
  }
}
