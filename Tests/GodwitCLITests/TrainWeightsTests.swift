import Foundation
import GodwitTestSupport
import Testing

/// `godwit export`, and `godwit train --from` a file.
@Suite struct TrainWeightsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func weightsGoOutAndComeBack() throws {
    let plain = folder.path("plain.safetensors")
    let exported = try CommandRun("export", try TrainedRun.folder(), "--out", plain)
    #expect(exported.exitCode == 0, "\(exported.error)")
    #expect(exported.output.contains("tensors of ") && exported.output.hasSuffix("are in \(plain).\n"))
    let bytes = try Data(contentsOf: URL(filePath: plain))
    #expect(bytes.range(of: Data(#""blocks.0.mixer.queryKeyValue.weight":"#.utf8)) != nil)
    #expect(bytes.range(of: Data("optimizer".utf8)) == nil)
    // The architecture stands in the file.
    let text = try TrainedRun.text()
    let options = ["--steps", "1", "--learning-rate", "1e-12", "--weight-decay", "0", "--json"]
    let trained = try CommandRun(
      arguments: ["train", text, "--from", plain, "--out", folder.path("a")] + options)
    #expect(trained.exitCode == 0, "\(trained.error)")
    let losses = try [try TrainedRun.folder(), folder.path("a")].map { run in
      try CommandRun("evaluate", run, "--text", text, "--json").objects().first?["bitsPerByte"] as? Double
    }
    #expect(abs(try #require(losses[0]) - (try #require(losses[1]))) < 1e-5)
    let other = try CommandRun(
      arguments: ["train", text, "--from", plain, "--out", folder.path("b"), "--width", "32"] + options)
    #expect(other.exitCode == 1)
    #expect(other.error.contains("bytes.table is [256, 16], not [256, 32]"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("b")))
  }

  @Test func whatIsNoFileOfWeightsIsExplained() throws {
    let text = try folder.write("text.txt", String(repeating: "a long flight over the water. ", count: 100))
    let run = try CommandRun("train", text, "--from", text, "--out", folder.path("a"), "--steps", "1")
    #expect(run.exitCode == 1)
    #expect(run.error.hasPrefix("godwit: \(text) is not a safetensors file: "))
    let state = folder.path("state")
    #expect(
      try CommandRun("generate", try TrainedRun.folder(), "--bytes", "1", "--save-state", state).exitCode == 0)
    let other = try CommandRun("train", text, "--from", state, "--out", folder.path("a"), "--steps", "1")
    #expect(other.exitCode == 1)
    #expect(other.error.hasPrefix("godwit: \(state) is the state of a text"))
  }

  @Test func exportNamesWhatIsWrong() throws {
    let missing = try CommandRun("export", folder.path("nothing"), "--out", folder.path("w"))
    #expect(missing.exitCode == 1)
    #expect(missing.error.contains("there is no run at"))
    let place = try CommandRun("export", try TrainedRun.folder(), "--out", folder.path("no/folder"))
    #expect(place.exitCode == 1)
    #expect(place.error.contains("no/folder"))
    #expect(try CommandRun("export", try TrainedRun.folder()).exitCode == 64)
    #expect(try CommandRun("export", try TrainedRun.folder(), "--out", "").exitCode == 64)
  }

  @Test func exportReplacesNothingButWhatItWrote() throws {
    let run = try TrainedRun.folder()
    let text = try folder.write("text.txt", "a text")
    let foreign = folder.path("foreign.safetensors")
    try (Data([16, 0, 0, 0, 0, 0, 0, 0]) + Data("{}              ".utf8)).write(to: URL(filePath: foreign))
    for file in [text, run + "/best.safetensors", run + "/last.safetensors", run + "/config.json", foreign] {
      let before = try Data(contentsOf: URL(filePath: file))
      let refused = try CommandRun("export", run, "--out", file)
      #expect(refused.exitCode == 1)
      #expect(refused.error.contains("--out \(file): the file is there"))
      #expect(try Data(contentsOf: URL(filePath: file)) == before)
    }
    for _ in 0..<2 { #expect(try CommandRun("export", run, "--out", folder.path("w")).exitCode == 0) }
  }

  @Test func theArticleShowsTheProgram() throws {
    let root = BuiltProducts.packageRoot
    let program = try String(contentsOf: root.appending(path: "Examples/Weights/forward.py"), encoding: .utf8)
    let article = try String(
      contentsOf: root.appending(path: "Sources/Godwit/Godwit.docc/LayoutOfACheckpoint.md"), encoding: .utf8)
    #expect(article.contains("```python\n" + program + "```"))
  }

  @Test func aRunMadeInMemoryIsARun() throws {
    let run = folder.path("run")
    let made = try CommandRun(program: BuiltProducts.url(of: "TrainInMemory"), arguments: [run])
    #expect(made.exitCode == 0, "\(made.error)")
    #expect(try CommandRun("generate", run, "--bytes", "20").exitCode == 0)
    let info = try CommandRun("info", run)
    #expect(info.exitCode == 0 && info.error.isEmpty)
    #expect(info.output.contains("none: the model was trained elsewhere"))
    #expect(info.output.contains("made by     a program\n"))
    let text = try folder.write("text.txt", String(repeating: "to be or not to be, ", count: 100))
    #expect(try CommandRun("evaluate", run, "--text", text).exitCode == 0)
    #expect(try CommandRun("train", text, "--from", run, "--out", folder.path("b"), "--steps", "2").exitCode == 0)
    let resumed = try CommandRun("train", "--resume", run)
    #expect(resumed.exitCode == 1)
    #expect(resumed.error.contains("was made from a model without a text"))
  }
}
