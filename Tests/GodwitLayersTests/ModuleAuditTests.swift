import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

struct ModuleAuditTests {
  @Test func everyLayerVisitsAllItsTensors() {
    var generator = Philox(seed: 1)
    let options = MixerOptions(width: 8, heads: 2)
    expectAudited(Linear(3, 4, using: &generator))
    expectAudited(Linear(3, 4, bias: false, using: &generator))
    expectAudited(Embedding(3, 4, using: &generator))
    expectAudited(LearnedPositions(3, 4, using: &generator))
    expectAudited(LayerNorm(4))
    expectAudited(RMSNorm(4))
    expectAudited(Normalization(.layer, width: 4))
    expectAudited(Normalization(.rms, width: 4))
    expectAudited(Dropout(0.5))
    expectAudited(FeedForward(4, using: &generator))
    expectAudited(GatedFeedForward(4, using: &generator))
    expectAudited(ChannelMixer.Kind.gelu.make(width: 4, using: &generator))
    expectAudited(ChannelMixer.Kind.swiglu.make(width: 4, using: &generator))
    expectAudited(HeadProjections(options, using: &generator))
    expectAudited(BidirectionalSoftmaxAttention(options, using: &generator))
    expectAudited(BidirectionalLinearAttention(options, using: &generator))
    let pattern = AttentionPattern.local(window: 2, causal: false)
    expectAudited(BidirectionalSparseAttention(options, pattern: pattern, using: &generator))
    expectAudited(EfficientAttention(options, using: &generator))
    expectAudited(Linformer(options, context: 5, mixtures: 3, using: &generator))
    let rotations = RandomRotationHash(width: 4, buckets: 4, rounds: 2, using: &generator)
    expectAudited(LSHAttention(options, hash: rotations, chunk: 3, using: &generator))
    let signs = SignRandomProjection(width: 4, bits: 3, rounds: 2, using: &generator)
    expectAudited(LSHAttention(options, hash: signs, chunk: 3, using: &generator))
  }

  private func expectAudited(_ module: some Module, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(auditViolations(module) == [], "\(type(of: module))", sourceLocation: sourceLocation)
  }

  private struct Forgetful: Module {
    var kept = Tensor(ones: [1])
    var forgotten: [Tensor?] = [nil, Tensor(ones: [2])]
    mutating func visit(_ visitor: inout some TensorVisitor) { visitor.visit("kept", &kept, .weight) }
  }

  private struct Repetitive: Module {
    var first = Tensor(ones: [1])
    var second = Tensor(ones: [1])
    mutating func visit(_ visitor: inout some TensorVisitor) {
      visitor.visit("weight", &first, .weight)
      visitor.visit("weight", &second, .weight)
      visitor.visit("again", &second, .weight)
    }
  }

  /// One leaf of each kind that is no tensor is visited, one forgotten.
  private struct Mixed: Module {
    var positions = Indices([3, 4])
    var ids = Indices([3, 4])
    var codes = PackedArray([1, 2], element: .uint8, shape: [2])
    var mask = PackedArray([1, 2], element: .bool, shape: [2])
    var isComplete = false

    mutating func visit(_ visitor: inout some TensorVisitor) {
      visitor.visit("positions", &positions)
      visitor.visit("codes", &codes)
      guard isComplete else { return }
      visitor.visit("ids", &ids)
      visitor.visit("mask", &mask)
    }
  }

  @Test func theAuditSeesEveryKindOfLeaf() {
    #expect(auditViolations(Mixed(isComplete: true)) == [])
    let found = auditViolations(Mixed())
    #expect(found.contains("visit does not reach Mixed.ids"))
    #expect(found.contains("visit does not reach Mixed.mask"))
    #expect(found.contains("visit presents 1 index arrays, 2 are stored"))
    #expect(found.contains("visit presents 1 packed arrays, 2 are stored"))
  }

  @Test func theAuditFindsMistakes() {
    let forgetful = auditViolations(Forgetful())
    #expect(forgetful.contains("visit does not reach Forgetful.forgotten.1"))
    #expect(forgetful.contains("visit presents 1 tensors, 2 are stored"))
    let repetitive = auditViolations(Repetitive())
    #expect(repetitive.contains("2 leaves are named \"weight\""))
    #expect(repetitive.contains("visit presents 3 tensors, 2 are stored"))
  }
}
