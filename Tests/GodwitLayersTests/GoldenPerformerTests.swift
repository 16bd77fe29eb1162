import GodwitKernels
import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

/// Against performer-pytorch: `Scripts/golden/performer.py`, computed there in float64 and rounded to float32.
struct GoldenPerformerTests {
  @Test(arguments: [true, false], DType.allCases) func attentionAndGradients(causal: Bool, dtype: DType) throws {
    let golden = try Golden(causal ? "performer-causal" : "performer-bidirectional", dtype)
    var generator = Philox(seed: 1)
    var features = RandomFeatures(width: 6, count: 16, using: &generator)
    features.projection = try golden.read("projection")
    let map = features
    let (y, pullback) = valueWithPullback(at: [try golden.read("q"), try golden.read("k"), try golden.read("v")]) {
      linearAttention(
        map.queries($0[0]), map.keys($0[1]), $0[2], featureMap: .identity, causal: causal,
        epsilon: RandomFeatures.epsilon
      ).output
    }
    try golden.expect("y", y)
    let gradients = pullback(try golden.read("dy"))
    for (name, gradient) in zip(["dq", "dk", "dv"], gradients) { try golden.expect(name, gradient) }
  }
}
