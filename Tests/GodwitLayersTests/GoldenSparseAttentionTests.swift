import Foundation
import GodwitKernels
import GodwitLayers
import GodwitModels
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

/// Against the Longformer and the BigBird of transformers: `Scripts/golden/sparse_attention.py`, computed there in float64
/// and rounded to float32.
struct GoldenSparseAttentionTests {
  private let options = MixerOptions(width: 16, heads: 2)

  @Test(arguments: DType.allCases) func longformer(dtype: DType) throws {
    var generator = Philox(seed: 1)
    let pattern = AttentionPattern.localAndGlobal(window: 4, globals: 3, causal: false)
    let layer = BidirectionalSparseAttention(options, pattern: pattern, using: &generator)
    try expectGolden("longformer", layer, dtype) { $0($1) }
  }

  @Test(arguments: DType.allCases) func bigBird(dtype: DType) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Golden/big-bird.safetensors").path
    let drawn = try SafetensorsFile(reading: file).tensor("randomBlocks")
    var generator = Philox(seed: 1)
    let layer = PatternPerHead(
      projections: HeadProjections(options, using: &generator),
      patterns: (0..<2).map { pattern(drawn[$0]) })
    try expectGolden("big-bird", layer, dtype) { $0($1) }
  }

  /// Blocks of 4: the first and the last see all and are seen by all, the others see three neighbours and what was drawn.
  private func pattern(_ drawn: Tensor) -> AttentionPattern {
    let last = drawn.shape[0] + 1
    let all = Array(0...last)
    let middle = (1..<last).map { block in
      [0, block - 1, block, block + 1, last] + drawn[block - 1].scalars.map(Int.init)
    }
    return .blocks(size: 4, lists: [all] + middle + [all], causal: false)
  }

  /// That library draws for each head.
  private struct PatternPerHead: Module {
    var projections: HeadProjections
    let patterns: [AttentionPattern]

    func callAsFunction(_ x: Tensor) -> Tensor {
      let heads = projections.queryKeyValue(x).reshaped([x.shape[0], x.shape[1], 3, 2, 8])
      let outputs = patterns.enumerated().map { head, pattern in
        let parts = (0..<3).map { heads.element($0, along: 2).slice(head..<head + 1, along: 2) }
        return sparseAttention(parts[0], parts[1], parts[2], pattern: pattern)
      }
      return projections.output(concatenate(outputs, along: 2).reshaped(x.shape))
    }

    mutating func visit(_ visitor: inout some TensorVisitor) { projections.visit(&visitor) }
  }
}
