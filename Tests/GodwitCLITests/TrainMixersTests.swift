import Foundation
import GodwitLayers
import GodwitModels
import GodwitTestSupport
import Testing

/// Every mixer by its name, and every preset, in the hands of `godwit train`.
@Suite struct TrainMixersTests {
  private let text = String(repeating: "the quick brown fox jumps over the lazy dog. ", count: 80)

  @Test(
    arguments: MixerKind.names.map { ["--mixer", $0] } + LanguageModelPreset.allCases.map { ["--preset", $0.rawValue] })
  func fiftyStepsLowerTheLoss(choice: [String]) throws {
    let scratch = try TemporaryFolder()
    let path = try scratch.write("text.txt", text)
    let sizes = ["--width", "32", "--depth", "1", "--heads", "2", "--context", "64", "--batch", "4"]
    let run = try CommandRun(
      arguments: ["train", path, "--out", scratch.path("run"), "--json", "--steps", "50", "--learning-rate", "3e-3"]
        + ["--warmup", "5", "--sample-every", "0", "--seed", "1"] + sizes + choice)
    #expect(run.exitCode == 0, "\(run.error)")
    let losses = run.objects().compactMap { $0["trainBitsPerByte"] as? Double }
    let (first, last) = try (#require(losses.first), #require(losses.last))
    #expect(last < first - 2, "\(losses)")
    // What was trained can write, one byte after another.
    let written = try CommandRun("generate", scratch.path("run"), "--bytes", "90", "--seed", "1", "--json")
    #expect(written.exitCode == 0, "\(written.error)")
  }
}
