import Foundation
import GodwitTestSupport
import Testing

/// What the commands that read a run have in common, and `evaluate` and `info`.
@Suite struct RunCommandsTests {
  @Test(arguments: [["generate"], ["evaluate", "--text", #filePath], ["info"]])
  func aRunThatIsNoneIsExplained(command: [String]) throws {
    let scratch = try TemporaryFolder()
    let file = try scratch.write("file", "text")
    for path in ["no-such-folder", scratch.url.path, file] {
      let run = try CommandRun(arguments: command + [path])
      #expect(run.exitCode == 1)
      #expect(run.output.isEmpty)
      #expect(run.error.hasPrefix("godwit: "))
      #expect(run.error.contains(path))
      #expect(run.error.contains("godwit train"))
    }
  }

  @Test(arguments: [["generate"], ["evaluate", "--text", #filePath], ["info"]])
  func aDamagedCheckpointIsNamed(command: [String]) throws {
    let scratch = try TemporaryFolder()
    let copy = scratch.path("copy")
    try FileManager.default.copyItem(atPath: try TrainedRun.folder(), toPath: copy)
    let checkpoint = copy + "/best.safetensors"
    let whole = try Data(contentsOf: URL(filePath: checkpoint))
    var changed = whole
    changed[changed.count - 5] ^= 1
    for damaged in [changed, whole.prefix(whole.count / 2), Data()] {
      try damaged.write(to: URL(filePath: checkpoint))
      let run = try CommandRun(arguments: command + [copy])
      #expect(run.exitCode == 1)
      #expect(!run.wasKilled)
      #expect(run.output.isEmpty)
      #expect(run.error.hasPrefix("godwit: "))
      #expect(run.error.contains(checkpoint))
      #expect(run.error.contains("the last checkpoint is whole: use it with --checkpoint last"))
      #expect(try CommandRun(arguments: command + [copy, "--checkpoint", "last"]).exitCode == 0)
    }
    try FileManager.default.removeItem(atPath: checkpoint)
    let fallback = try CommandRun(arguments: command + [copy, "--quiet"])
    #expect(fallback.exitCode == 0)
    #expect(fallback.error.contains("there is no best checkpoint in \(copy); the last one, after 20 steps, is used"))
    try FileManager.default.removeItem(atPath: copy + "/last.safetensors")
    let none = try CommandRun(arguments: command + [copy])
    #expect(none.exitCode == 1)
    #expect(none.error.contains("no other checkpoint of the run is whole"))
  }

  @Test func infoDrawsSeveralRuns() throws {
    let scratch = try TemporaryFolder()
    let copy = scratch.path("copy")
    try FileManager.default.copyItem(atPath: try TrainedRun.folder(), toPath: copy)
    let picture = scratch.path("losses.svg")
    let run = try CommandRun("info", try TrainedRun.folder(), copy, "--plot", picture)
    #expect(run.exitCode == 0)
    #expect(run.output.components(separatedBy: "made by").count == 3)
    let svg = try String(contentsOfFile: picture, encoding: .utf8)
    #expect(svg.contains(">copy</text>") && svg.contains("bits per byte") && svg.contains("training time (s)"))
    #expect(svg.contains("<circle"))
    let lines = try CommandRun("info", copy, copy, "--json", "--plot", picture)
    #expect(lines.objects().count == 2)
    // Names that are the same are told apart by the folders that they are in.
    let other = scratch.path("other/copy")
    try FileManager.default.createDirectory(atPath: scratch.path("other"), withIntermediateDirectories: false)
    try FileManager.default.copyItem(atPath: copy, toPath: other)
    #expect(try CommandRun("info", copy, other, "--plot", picture).exitCode == 0)
    #expect(try String(contentsOfFile: picture, encoding: .utf8).contains(">other/copy</text>"))
    #expect(try CommandRun("info", copy, "--plot", scratch.path("no/folder.svg")).exitCode == 1)
  }

  @Test func runsThatDifferBySeedAreOneCurve() throws {
    let scratch = try TemporaryFolder()
    for (name, seed, rate) in [("a-1", "1", "0.01"), ("a-2", "2", "0.01"), ("b-1", "1", "0.02")] {
      let run = try CommandRun(
        "train", try TrainedRun.text(), "--steps", "8", "--width", "8", "--depth", "1", "--heads", "2", "--context",
        "16",
        "--batch", "2", "--learning-rate", rate, "--seed", seed, "--quiet", "--out", scratch.path(name))
      #expect(run.exitCode == 0, "\(run.error)")
    }
    let runs = ["a-1", "b-1", "a-2"].map(scratch.path)
    let picture = scratch.path("losses.svg")
    #expect(try CommandRun(arguments: ["info"] + runs + ["--plot", picture]).exitCode == 0)
    let svg = try String(contentsOfFile: picture, encoding: .utf8)
    #expect(svg.contains(">a, mean of 2 seeds</text>") && svg.contains(">b-1</text>"))
    #expect(!svg.contains(">a-1</text>") && !svg.contains(">a-2</text>"))
  }

  @Test func infoTellsOfADamagedHistory() throws {
    let scratch = try TemporaryFolder()
    let copy = scratch.path("copy")
    try FileManager.default.copyItem(atPath: try TrainedRun.folder(), toPath: copy)
    let metrics = URL(filePath: copy + "/metrics.jsonl")
    try (Data("damaged\n".utf8) + (try Data(contentsOf: metrics)) + Data("{\"event".utf8)).write(to: metrics)
    let run = try CommandRun("info", copy, "--json")
    #expect(run.exitCode == 0)
    #expect(run.error.contains("warning: 2 lines of \(metrics.path) cannot be read"))
    #expect(run.objects().first?["unreadableLines"] as? Int == 2)
    try FileManager.default.removeItem(at: metrics)
    #expect(try CommandRun("info", copy).error.contains("\(metrics.path) is gone"))
    let resumed = try CommandRun("train", "--resume", copy, "--quiet")
    #expect(resumed.exitCode == 0)
    #expect(resumed.error.contains("\(metrics.path) is gone"))
    #expect(try CommandRun("info", copy).error.isEmpty)
  }

  /// Files that claim more bytes than there is memory, and devices that do not end.
  @Test(arguments: ["config.json", "metrics.jsonl", "best.safetensors", "last.safetensors"])
  func aFileOfARunThatIsTooLongIsNamed(file: String) throws {
    let scratch = try TemporaryFolder()
    let copy = scratch.path("copy")
    try FileManager.default.copyItem(atPath: try TrainedRun.folder(), toPath: copy)
    let path = copy + "/" + file
    #expect(truncate(path, 1 << 40) == 0)
    let checkpoint = file.hasPrefix("last") ? "last" : "best"
    for command in [["info"], ["generate", "--bytes", "1"]] {
      let run = try CommandRun(arguments: command + [copy, "--checkpoint", checkpoint])
      #expect(run.exitCode == 1 && !run.wasKilled && run.output.isEmpty)
      #expect(run.error.contains(path) && run.error.contains("godwit: "), "\(run.error)")
      if !file.hasSuffix("safetensors") {
        #expect(run.error.contains("(1,099,511,627,776 bytes): at most "), "\(run.error)")
      }
    }
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/dev/zero")
    let run = try CommandRun("info", copy, "--checkpoint", checkpoint)
    #expect(run.exitCode == 1 && run.error.contains("\(path): "), "\(run.error)")
  }

  @Test func aLongHistoryIsReadQuickly() throws {
    let scratch = try TemporaryFolder()
    let copy = scratch.path("copy")
    try FileManager.default.copyItem(atPath: try TrainedRun.folder(), toPath: copy)
    let metrics = URL(filePath: copy + "/metrics.jsonl")
    let history = try Data(contentsOf: metrics)
    var long = Data()
    while long.count < 50 << 20 { long.append(history) }
    try long.write(to: metrics)
    let clock = ContinuousClock()
    let start = clock.now
    let run = try CommandRun("info", copy)
    // A decoder for each line took 25 s.
    #expect(run.exitCode == 0 && clock.now - start < .seconds(8), "\(clock.now - start) \(run.error)")
  }

  @Test func noNumberInAHistoryStopsInfo() throws {
    let scratch = try TemporaryFolder()
    let copy = scratch.path("copy")
    try FileManager.default.copyItem(atPath: try TrainedRun.folder(), toPath: copy)
    for (step, number) in [(Int.min, "-1e308"), (0, "1e-30"), (.max, "9.9e14"), (7, "1e308"), (-1, "-5e-324")] {
      let lines = """
        {"event":"step","step":\(step),"trainBitsPerByte":\(number),"tokensPerSecond":\(number),"elapsedSeconds":\(number)}
        {"event":"validation","step":\(step),"validationBitsPerByte":\(number)}

        """
      try Data(lines.utf8).write(to: URL(filePath: copy + "/metrics.jsonl"))
      let run = try CommandRun("info", copy)
      #expect(run.exitCode == 0 && !run.wasKilled, "\(number): \(run.error)")
    }
  }

  @Test func wordsFromFilesCannotChangeTheTerminal() throws {
    let scratch = try TemporaryFolder()
    let copy = scratch.path("copy")
    try FileManager.default.copyItem(atPath: try TrainedRun.folder(), toPath: copy)
    let path = URL(filePath: copy + "/config.json")
    let text = try String(contentsOf: path, encoding: .utf8)
    try Data(text.replacing("\"linear\"", with: #""\u001b[2Jlinear""#).utf8).write(to: path)
    let run = try CommandRun("info", copy)
    #expect(run.exitCode == 1)
    #expect(run.error.contains(#"\x1B[2Jlinear"#))
    #expect(!run.error.contains("\u{1B}"))
  }

  @Test(arguments: ["generate", "evaluate", "info"]) func aMissingRunIsWrongUsage(command: String) throws {
    let run = try CommandRun(command)
    #expect(run.exitCode == 64)
    #expect(run.error.hasPrefix("godwit: "))
    #expect(run.error.contains("<run>"))
  }

  @Test(arguments: ["train", "generate", "evaluate", "info", "benchmark"])
  func helpTeachesByExamples(command: String) throws {
    let run = try CommandRun(command, "--help")
    #expect(run.exitCode == 0)
    #expect(run.output.contains("EXAMPLES"))
    #expect(run.output.contains("godwit \(command) "))
    #expect(run.output.contains("--json"))
  }

  @Test func evaluationAgreesWithTraining() throws {
    let folder = try TrainedRun.folder()
    let run = try CommandRun("evaluate", folder, "--text", try TrainedRun.text(), "--json", "--quiet")
    #expect(run.exitCode == 0)
    #expect(run.error.isEmpty)
    let result = try #require(run.objects().first)
    #expect(run.lines.count == 1)
    let bits = try #require(result["bitsPerByte"] as? Double)
    #expect(bits > 0 && bits < 8)
    #expect(result["mixer"] as? String == "linear")
    #expect(result["bytes"] as? Int == (try Data(contentsOf: URL(filePath: TrainedRun.text())).count))
    let plain = try CommandRun("evaluate", folder, "--text", try TrainedRun.text())
    #expect(plain.output.contains(" bits per byte"))
  }

  @Test func evaluationOfAMissingTextIsExplained() throws {
    let run = try CommandRun("evaluate", try TrainedRun.folder(), "--text", "no-such-text")
    #expect(run.exitCode == 1)
    #expect(run.output.isEmpty)
    #expect(run.error.contains("no-such-text"))
    let without = try CommandRun("evaluate", try TrainedRun.folder())
    #expect(without.exitCode == 64)
    #expect(without.error.contains("--text"))
  }

  @Test func infoTellsSizesAndHistory() throws {
    let folder = try TrainedRun.folder()
    let run = try CommandRun("info", folder, "--json")
    #expect(run.exitCode == 0)
    let info = try #require(run.objects().first)
    #expect(run.lines.count == 1)
    #expect(info["mixer"] as? String == "linear")
    #expect(info["width"] as? Int == 16)
    #expect(info["steps"] as? Int == 20)
    #expect(info["finished"] as? Bool == true)
    #expect(info["stateGrows"] as? Bool == false)
    let parts = try #require(info["parts"] as? [String: Int])
    #expect(parts.values.reduce(0, +) == info["parameters"] as? Int)
    let validations = try #require(info["validations"] as? [[String: Any]])
    let bits = validations.compactMap { $0["validationBitsPerByte"] as? Double }
    #expect(!bits.isEmpty && bits.count == validations.count)
    #expect(info["validationBitsPerByte"] as? Double == bits.min())
    let plain = try CommandRun("info", folder)
    #expect(plain.exitCode == 0)
    #expect(plain.output.contains("mixer       linear"))
  }
}
