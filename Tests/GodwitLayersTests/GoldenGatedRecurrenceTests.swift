import GodwitKernels
import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

/// Against transformers and yet-another-retnet: `Scripts/golden/gated_recurrences.py`, computed there in float64 and rounded to
/// float32.
struct GoldenGatedRecurrenceTests {
  @Test(arguments: DType.allCases) func mamba(dtype: DType) throws {
    var generator = Philox(seed: 1)
    let options = MixerOptions(width: 16, settings: ["state": 5, "rank": 3])
    try expectGolden("mamba", Mamba(options, using: &generator), dtype) { $0($1) }
  }

  @Test(arguments: DType.allCases) func mamba2(dtype: DType) throws {
    var generator = Philox(seed: 1)
    let options = MixerOptions(width: 16, settings: ["state": 6, "headWidth": 8])
    try expectGolden("mamba2", Mamba2(options, using: &generator), dtype) { $0($1) }
  }

  @Test(arguments: DType.allCases) func timeMix(dtype: DType) throws {
    var generator = Philox(seed: 1)
    let layer = RWKVTimeMix(MixerOptions(width: 16), using: &generator)
    try expectGolden("rwkv4-time-mix", layer, dtype) { $0($1) }
  }

  @Test(arguments: DType.allCases) func channelMix(dtype: DType) throws {
    var generator = Philox(seed: 1)
    let layer = RWKVChannelMix(MixerOptions(width: 16), hidden: 24, using: &generator)
    try expectGolden("rwkv4-channel-mix", layer, dtype) { $0($1) }
  }

  @Test(arguments: DType.allCases) func retention(dtype: DType) throws {
    var generator = Philox(seed: 1)
    let options = MixerOptions(width: 16, heads: 2, settings: ["expansion": 1])
    try expectGolden("retention", Retention(options, using: &generator), dtype) { $0($1) }
  }
}
