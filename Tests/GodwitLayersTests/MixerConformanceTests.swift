import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

struct MixerConformanceTests {
  private let options = MixerOptions(width: 16, heads: 4)
  private let rotary = MixerOptions(width: 16, heads: 4, rotary: true)
  private let grouped = MixerOptions(width: 16, heads: 4, keyHeads: 2)

  @Test func softmax() {
    var generator = Philox(seed: 1)
    MixerSuite(SoftmaxAttention(options, using: &generator), width: 16).run()
  }

  @Test func softmaxRotaryGrouped() {
    var generator = Philox(seed: 2)
    let options = MixerOptions(width: 16, heads: 4, keyHeads: 1, rotary: true, bias: false)
    MixerSuite(SoftmaxAttention(options, using: &generator), width: 16).run()
  }

  @Test func softmaxGrouped() {
    var generator = Philox(seed: 3)
    MixerSuite(SoftmaxAttention(grouped, using: &generator), width: 16).run()
  }

  @Test func linear() {
    var generator = Philox(seed: 4)
    MixerSuite(LinearAttention(options, using: &generator), width: 16).run()
  }

  @Test func linearRotary() {
    var generator = Philox(seed: 5)
    MixerSuite(LinearAttention(rotary, using: &generator), width: 16).run()
  }

  @Test(arguments: [0, 1]) func gatedAttentionUnit(softmax: Int) {
    var generator = Philox(seed: 7)
    let options = MixerOptions(
      width: 16, rotary: softmax == 0, settings: ["softmax": .whole(softmax), "keyWidth": 6, "expansion": 3])
    MixerSuite(GatedAttentionUnit(options, using: &generator), width: 16).run()
  }

  @Test(arguments: [["chunk": 8], ["chunk": 5, "local": 0], ["chunk": 5, "global": 0], ["chunk": 1]])
  func flash(settings: [String: MixerSetting.Value]) {
    var generator = Philox(seed: 8)
    let own = settings.merging(["keyWidth": 6]) { $1 }
    let options = MixerOptions(width: 16, rotary: settings["chunk"] == 8, settings: own)
    MixerSuite(FLASH(options, using: &generator), width: 16).run()
  }

  @Test(arguments: [false, true]) func mixedChunkAttention(rotary: Bool) {
    var generator = Philox(seed: 9)
    let options = MixerOptions(width: 16, heads: 4, rotary: rotary, settings: ["chunk": 7])
    MixerSuite(MixedChunkAttention(options, using: &generator), width: 16).run()
  }

  @Test(arguments: [["state": 4], ["state": 3, "expansion": 1, "convolution": 1, "rank": 5]])
  func mamba(settings: [String: MixerSetting.Value]) {
    var generator = Philox(seed: 21)
    MixerSuite(Mamba(MixerOptions(width: 16, settings: settings), using: &generator), width: 16).run()
  }

  @Test(arguments: [
    ["state": 4, "headWidth": 8], ["state": 3, "headWidth": 4, "groups": 2, "convolution": 2],
    ["state": 5, "expansion": 1],
    // Heads that are computed by chunks.
    ["state": 64, "headWidth": 16, "expansion": 4],
    ["state": 80, "headWidth": 16, "expansion": 8, "groups": 2],
  ])
  func mamba2(settings: [String: MixerSetting.Value]) {
    var generator = Philox(seed: 22)
    MixerSuite(Mamba2(MixerOptions(width: 16, settings: settings), using: &generator), width: 16).run()
  }

  @Test(arguments: [(false, 1, "swish"), (true, 2, "swish"), (true, 2, "none")])
  func retention(rotary: Bool, expansion: Int, gate: String) {
    var generator = Philox(seed: 23)
    let options = MixerOptions(
      width: 16, heads: 4, rotary: rotary, settings: ["expansion": .whole(expansion), "gate": .choice(gate)])
    MixerSuite(Retention(options, using: &generator), width: 16).run()
  }

  @Test func retentionOfAWideHead() {
    var generator = Philox(seed: 23)
    let options = MixerOptions(width: 64, heads: 1, rotary: true, settings: ["expansion": 4])
    MixerSuite(Retention(options, using: &generator), width: 64).run()
  }

  @Test(arguments: [0, 2]) func rwkv(block: Int) {
    var generator = Philox(seed: 24)
    let options = MixerOptions(width: 16, block: block, depth: 3)
    MixerSuite(RWKVTimeMix(options, using: &generator), width: 16).run()
    MixerSuite(RWKVChannelMix(options, hidden: 24, using: &generator), width: 16).run()
  }

  @Test(arguments: [false, true]) func localAttention(rotary: Bool) {
    var generator = Philox(seed: 10)
    let options = MixerOptions(width: 16, heads: 4, keyHeads: 2, rotary: rotary, settings: ["window": rotary ? 1 : 13])
    MixerSuite(LocalAttention(options, using: &generator), width: 16).run()
  }

  @Test(arguments: [4, 9, 50]) func stridedAttention(stride: Int) {
    var generator = Philox(seed: 11)
    let options = MixerOptions(
      width: 16, heads: 4, keyHeads: 2, rotary: stride == 9, settings: ["stride": .whole(stride)])
    MixerSuite(StridedAttention(options, using: &generator), width: 16).run()
  }

  @Test(arguments: [["window": 9, "globals": 3], ["window": 1, "globals": 2], ["window": 3, "globals": 20]])
  func longformer(settings: [String: MixerSetting.Value]) {
    var generator = Philox(seed: 12)
    let options = MixerOptions(width: 16, heads: 4, rotary: settings["window"] == 9, settings: settings)
    MixerSuite(Longformer(options, using: &generator), width: 16).run()
  }

  @Test(arguments: [["block": 4, "window": 2], ["block": 7, "window": 1, "seed": 3], ["block": 5, "globals": 0]])
  func bigBird(settings: [String: MixerSetting.Value]) {
    var generator = Philox(seed: 13)
    let options = MixerOptions(width: 16, heads: 4, rotary: settings["block"] == 7, settings: settings)
    MixerSuite(BigBird(options, using: &generator), width: 16).run()
  }

  @Test(arguments: [1, 5, 200]) func explicitSparseAttention(count: Int) {
    var generator = Philox(seed: 14)
    let options = MixerOptions(width: 16, heads: 4, keyHeads: 2, rotary: count == 5, settings: ["k": .whole(count)])
    MixerSuite(ExplicitSparseAttention(options, using: &generator), width: 16).run()
  }

  @Test(arguments: [RandomFeatures.Kind.positive, .trigonometric], [false, true])
  func performer(kind: RandomFeatures.Kind, rotary: Bool) {
    var generator = Philox(seed: 10)
    let options = MixerOptions(width: 16, heads: 4, rotary: rotary, settings: ["features": 24])
    var performer = Performer(options, using: &generator)
    // Weights of mixed signs could nearly add up to nothing, and float32 then tell nothing of a form: many features, of queries and
    // keys that are not far apart.
    let count = kind == .positive ? 24 : 200
    performer.featureMap = RandomFeatures(width: 4, count: count, kind: kind, using: &generator)
    if kind == .trigonometric {
      performer.projections.queryKeyValue.weight = performer.projections.queryKeyValue.weight * 0.5
    }
    MixerSuite(performer, width: 16).run()
  }

  /// Heads of the widths 48 and 64, which the kernels take in other pieces than small ones.
  @Test(arguments: MixerKind.names, [48, 64]) func longSequencesOfWideHeads(name: String, headWidth: Int) throws {
    var generator = Philox(seed: 15)
    let options = MixerOptions(width: 2 * headWidth, heads: 2)
    MixerSuite(try MixerKind(named: name).make(options, using: &generator), width: 2 * headWidth).runLong()
  }

  @Test(arguments: MixerKind.names) func erased(name: String) throws {
    var generator = Philox(seed: 6)
    MixerSuite(try MixerKind(named: name).make(options, using: &generator), width: 16).runErased()
  }
}

extension MixerSuite where Mixer == AnyMixer {
  /// Everything but the static flag, which an erased mixer does not have.
  fileprivate func runErased() {
    let known = violations().filter { !$0.hasPrefix("stateGrows is true") }
    #expect(known == [])
  }
}
