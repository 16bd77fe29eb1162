import GodwitKernels
import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

/// Against FLASH-pytorch: `Scripts/golden/flash.py`, computed there in float64 and rounded to float32.
struct GoldenGatedAttentionTests {
  private let options = MixerOptions(width: 16, settings: ["keyWidth": 6, "chunk": 8])

  @Test(arguments: DType.allCases) func causalFLASH(dtype: DType) throws {
    var generator = Philox(seed: 1)
    try expectGolden("flash-causal", FLASH(options, using: &generator), dtype) { $0($1) }
  }

  @Test(arguments: DType.allCases) func bidirectionalFLASH(dtype: DType) throws {
    var generator = Philox(seed: 1)
    try expectGolden("flash-bidirectional", BidirectionalFLASH(options, using: &generator), dtype) { $0($1) }
  }

  @Test(arguments: DType.allCases) func bidirectionalUnit(dtype: DType) throws {
    var generator = Philox(seed: 1)
    let unit = BidirectionalGatedAttentionUnit(options, using: &generator)
    try expectGolden("gau-bidirectional", unit, dtype) { $0($1) }
  }
}
