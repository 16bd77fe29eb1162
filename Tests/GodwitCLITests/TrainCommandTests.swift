import Foundation
import GodwitTestSupport
import Testing

@Suite struct TrainCommandTests {
  /// Options of a run that takes no time.
  private static let small = [
    "--width", "16", "--depth", "2", "--heads", "2", "--context", "16", "--batch", "2", "--steps", "6",
    "--evaluate-every", "3", "--sample-every", "4",
  ]

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("text.txt", String(repeating: "a long flight over the water. ", count: 100))
    return folder
  }

  private func train(_ arguments: [String], in folder: TemporaryFolder) throws -> CommandRun {
    try CommandRun(arguments: ["train"] + Self.small + arguments, in: folder.url)
  }

  @Test func jsonHasTheFixedShapes() throws {
    let folder = try folder()
    let run = try train(["text.txt", "--out", "run", "--json"], in: folder)
    #expect(run.exitCode == 0)
    #expect(run.error.isEmpty)
    let objects = run.objects()
    let shapes = [
      "step": ["event", "step", "trainBitsPerByte", "tokensPerSecond", "elapsedSeconds"],
      "validation": ["event", "step", "validationBitsPerByte"],
      "sample": ["event", "step", "text"],
      "done": ["event", "steps", "validationBitsPerByte", "parameters", "elapsedSeconds", "peakMemoryBytes", "run"],
    ]
    for object in objects {
      let event = try #require(object["event"] as? String)
      #expect(Set(object.keys) == Set(try #require(shapes[event])))
    }
    let events = objects.map { "\($0["event"]!) \($0["step"] ?? $0["steps"]!)" }
    #expect(
      events == [
        "step 1", "step 2", "step 3", "validation 3", "step 4", "sample 4", "step 5", "step 6", "validation 6",
        "sample 6", "done 6",
      ])
    #expect(objects.last?["run"] as? String == "run")
    #expect(objects.last?["peakMemoryBytes"] as? Int ?? 0 > 1 << 20)
    // What is printed is what is kept.
    #expect(try Data(contentsOf: folder.url.appending(path: "run/metrics.jsonl")) == run.outputBytes)
  }

  @Test func theReportNamesTheNextCommand() throws {
    let folder = try folder()
    let run = try train(["text.txt"], in: folder)
    #expect(run.exitCode == 0)
    #expect(run.output.contains("The run is in runs/text-linear, "))
    #expect(run.error.contains("godwit generate runs/text-linear --prompt"))
    #expect(run.error.contains("1 file, "))
    #expect(run.error.contains("parameters"))
    #expect(run.error.contains("step 3: "))
    #expect(run.error.contains("the model writes:"))
    for name in ["config.json", "metrics.jsonl", "loss.svg", "last.safetensors", "best.safetensors"] {
      #expect(FileManager.default.fileExists(atPath: folder.path("runs/text-linear/\(name)")))
    }
    let again = try train(["text.txt", "--quiet"], in: folder)
    #expect(again.output.contains("The run is in runs/text-linear-2, "))
    #expect(!again.output.contains("generate"))
    #expect(again.error.isEmpty)
  }

  @Test func theStepsOfATimedRunAreAboutSoMany() throws {
    let folder = try folder()
    let options = ["train", "text.txt", "--width", "16", "--heads", "2", "--context", "16", "--sample-every", "0"]
    let timed = try CommandRun(arguments: options + ["--minutes", "0.02"], in: folder.url)
    #expect(timed.error.contains(/\nabout [0-9,]+ steps? of .* each, as many as fit into the time, into runs\//))
    let counted = try CommandRun(arguments: options + ["--steps", "3"], in: folder.url)
    #expect(counted.error.contains(/\n3 steps of .* each, into runs\//))
  }

  @Test func runsBegunAtOnceHaveFoldersOfTheirOwn() throws {
    let folder = try folder()
    // Both look for a name before either has made its folder, as each first measures how long a step takes.
    let command = #""$godwit" train text.txt --width 16 --heads 2 --context 16 --minutes 0.02 --quiet"#
    let runs = try CommandRun(
      shell: "\(command) & first=$!; \(command); second=$?; wait $first; echo codes $? $second", in: folder.url)
    #expect(runs.output.contains("codes 0 0"), "\(runs.error)")
    for name in ["text-linear", "text-linear-2"] {
      #expect(FileManager.default.fileExists(atPath: folder.path("runs/\(name)/best.safetensors")))
    }
  }

  @Test func withoutAPathItLearnsFromTheFolder() throws {
    let folder = try folder()
    try folder.write("more.txt", String(repeating: "and back again. ", count: 50))
    try Data([0, 1, 2, 3]).write(to: folder.url.appending(path: "picture"))
    let first = try train([], in: folder)
    #expect(first.exitCode == 0)
    #expect(first.error.contains("text: 2 files (1 binary skipped)"))
    // The first run's own files are no text to learn from.
    let second = try train([], in: folder)
    #expect(second.error.contains("text: 2 files (1 binary, 1 run skipped)"))
  }

  @Test func theTextIsKeptUnlessToldOtherwise() throws {
    let folder = try folder()
    #expect(try train(["text.txt", "--out", "a"], in: folder).exitCode == 0)
    #expect(try folder.bytes("a/text.copy") == folder.bytes("text.txt"))
    let referring = try train(["text.txt", "--out", "b", "--no-copy"], in: folder)
    #expect(referring.exitCode == 0)
    #expect(!referring.error.contains("not copied"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("b/text.copy")))
    try FileManager.default.removeItem(atPath: folder.path("text.txt"))
    #expect(try CommandRun("train", "--resume", "a", in: folder.url).exitCode == 0)
    let orphan = try CommandRun("train", "--resume", "b", in: folder.url)
    #expect(orphan.exitCode == 1)
    #expect(orphan.error.contains("text.txt, which is gone"))
    #expect(try CommandRun("train", "--resume", "a", "--no-copy", in: folder.url).exitCode == 64)
  }

  @Test func whatTheRunPrintsIsNoPartOfItsText() throws {
    let folder = try folder()
    try folder.write("log.txt", "what other runs have printed\n")
    let options = Self.small.joined(separator: " ")
    let commands = #""$godwit" train \#(options) --out a >> log.txt 2>&1 && "$godwit" train --resume a --quiet"#
    let run = try CommandRun(shell: commands, in: folder.url)
    #expect(run.exitCode == 0)
    let log = try String(contentsOf: folder.url.appending(path: "log.txt"), encoding: .utf8)
    #expect(log.contains("text: 1 file (1 other skipped)"))
  }

  @Test func theConfigurationRepeatsTheRun() throws {
    let folder = try folder()
    #expect(try train(["text.txt", "--out", "a", "--seed", "5", "--threads", "1"], in: folder).exitCode == 0)
    let data = try Data(contentsOf: folder.url.appending(path: "a/config.json"))
    let configuration = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let command = try #require(configuration["command"] as? String)
    #expect(command.hasPrefix("godwit train --width 16 "))
    let again = try CommandRun(
      shell: command.replacing("godwit train", with: #""$godwit" train"#).replacing("--out a", with: "--out b"),
      in: folder.url)
    #expect(again.exitCode == 0)
    let both = try ["a", "b"].map { try Data(contentsOf: folder.url.appending(path: "\($0)/best.safetensors")) }
    // Only the time that training took may differ, which stands in the header.
    #expect(both[0].suffix(20_000) == both[1].suffix(20_000))
  }

  @Test(arguments: [
    (["nowhere"], ["nowhere does not exist"]),
    (["empty"], ["the folder empty is empty"]),
    (["blank.txt"], ["no text in blank.txt"]),
    (["short.txt"], ["the text has 40 bytes", "context of 16"]),
    (["text.txt", "--batch", "1000000", "--context", "2000", "--width", "4096"], ["GiB of memory"]),
    (["text.txt", "--out", "text.txt/run"], ["cannot make the folder text.txt: "]),
    (["text.txt", "--from", "nowhere"], ["there is no run at nowhere"]),
    (["--resume", "nowhere"], ["there is no run at nowhere"]),
  ])
  func badInputIsExplained(arguments: [String], words: [String]) throws {
    let folder = try folder()
    try folder.write("short.txt", String(repeating: "x", count: 40))
    try folder.write("blank.txt", "")
    try FileManager.default.createDirectory(at: folder.url.appending(path: "empty"), withIntermediateDirectories: true)
    let run = try train(arguments, in: folder)
    #expect(run.exitCode == 1)
    #expect(run.output.isEmpty)
    #expect(run.error.hasPrefix("godwit: "))
    #expect(run.error.split(separator: "\n").count == 1)
    for word in words { #expect(run.error.contains(word)) }
    #expect(!FileManager.default.fileExists(atPath: folder.path("runs")))
  }

  @Test(arguments: [
    (["--mixer", "attention"], "--mixer attention: expected one of softmax, linear"),
    (["--mixer", "linear,"], "--mixer '': expected one of softmax, linear"),
    (["--mixer", "local,window=3"], "--mixer: \"local,window=3\" is no mixer: settings stand behind a colon"),
    (["--heads", "3"], "--heads 3: expected a divisor of the width, 16"),
    (["--depth", "0"], "--depth 0: expected a number from 1 to 4,096"),
    (["--width", "9999999999"], "--width 9999999999: expected"),
    (["--width", "65536", "--depth", "4096"], "the model would have about 211 T parameters"),
    (["--learning-rate", "nan"], "--learning-rate nan: expected a positive number"),
    (["--dropout", "1"], "--dropout 1.0: expected"), (["--warmup", "-1"], "--warmup -1: expected"),
    (["--held-out", "2"], "--held-out 2.0: expected"), (["--held-out", "3/2"], "--held-out 1.5: expected"),
    (["--held-out", "0/0"], "--held-out nan: expected"), (["--dropout", "-1/4"], "--dropout -0.25: expected"),
    (["--out", ""], "--out '': give a path"),
    (["--from", ""], "--from '': give a path"), ([""], "<path> '': give a path"),
  ])
  func impossibleValuesAreNamedAsOnTheCommandLine(arguments: [String], words: String) throws {
    let run = try train(["text.txt"] + arguments, in: try folder())
    #expect(run.exitCode == 64)
    #expect(run.output.isEmpty)
    #expect(run.error.hasPrefix("godwit: \(words)"))
  }

  @Test func nothingNeedBeHeldOut() throws {
    let folder = try folder()
    let run = try train(["text.txt", "--held-out", "0", "--out", "a"], in: folder)
    #expect(run.exitCode == 0, "\(run.error)")
    #expect(run.error.contains("nothing held out"))
    #expect(run.output.contains("bits per byte on the text that it learned from after "))
    for command in [["generate", "--bytes", "9"], ["info"], ["evaluate", "--text", "text.txt"]] {
      let run = try CommandRun(arguments: command + ["a"], in: folder.url)
      #expect(run.exitCode == 0 && !run.error.contains("warning"), "\(command): \(run.error)")
    }
    let info = try #require(try CommandRun("info", "a", "--json", "--plot", "a.svg", in: folder.url).objects().first)
    #expect(info["validationBitsPerByte"] is NSNull && info["finished"] as? Bool == true)
    #expect(info["unreadableLines"] as? Int == 0 && info["checkpoint"] as? String == "last")
    let done = try #require(
      try train(["text.txt", "--held-out", "0", "--out", "b", "--json"], in: folder).objects().last)
    #expect(done["event"] as? String == "done" && done["validationBitsPerByte"] is NSNull)
    #expect(try CommandRun("train", "--resume", "a", in: folder.url).exitCode == 0)
    #expect(try train(["text.txt", "--from", "a", "--out", "c"], in: folder).exitCode == 0)
  }

  @Test func impossibleValuesAreNamedWhenARunIsResumed() throws {
    let folder = try folder()
    #expect(try train(["text.txt", "--out", "a"], in: folder).exitCode == 0)
    let run = try CommandRun("train", "--resume", "a", "--learning-rate", "nan", in: folder.url)
    #expect(run.exitCode == 64)
    #expect(run.error == "godwit: --learning-rate nan: expected a positive number\n")
  }

  @Test(arguments: [
    ["--minutes", "1"], ["--resume", "a", "--from", "b"], ["--resume", "a", "--out", "b"],
    ["--positions", "sinusoidal"],
    ["--width", "wide"], ["--hidden", "8", "--feed-forward", "none"],
    ["--hidden", "8", "--mixer", "gau"], ["--clip", "-1"], ["--clip", "nan"],
  ])
  func wrongUsageIsExplained(arguments: [String]) throws {
    let run = try train(arguments, in: try folder())
    #expect(run.exitCode == 64)
    #expect(run.error.hasPrefix("godwit: "))
    #expect(run.error.contains(arguments[0]))
  }

  @Test func aResumedRunKeepsItsOptions() throws {
    let folder = try folder()
    #expect(try train(["text.txt", "--out", "a"], in: folder).exitCode == 0)
    let run = try train(["--resume", "a", "--width", "32", "--mixer", "softmax", "--seed", "4"], in: folder)
    #expect(run.exitCode == 1)
    for words in [
      "--width is 16 in it, not 32", "--mixer is linear in it, not softmax", "--seed is 0 in it, not 4", "--from a",
    ] {
      #expect(run.error.contains(words))
    }
    let longer = try CommandRun("train", "--resume", "a", "--minutes", "5", in: folder.url)
    #expect(longer.exitCode == 1)
    #expect(longer.error.contains("began with: its length is 6 steps, not --minutes 5. "))
  }

  @Test func aPresetGoesOnWithTheBlocksThatItMade() throws {
    let folder = try folder()
    let sizes = [
      "--width", "16", "--heads", "2", "--context", "32", "--batch", "2", "--steps", "2", "--sample-every", "0",
    ]
    let preset = ["train", "text.txt", "--preset", "flash"] + sizes
    #expect(try CommandRun(arguments: preset + ["--out", "a"], in: folder.url).exitCode == 0)
    for again in [["train", "--resume", "a", "--preset", "flash"], preset + ["--from", "a", "--out", "b"]] {
      let run = try CommandRun(arguments: again, in: folder.url)
      #expect(run.exitCode == 0, "\(run.error)")
    }
  }

  @Test(arguments: [("flash:chunk=65536", true), ("mixed-chunk:chunk=32", true), ("flash:chunk=8", false)])
  func aChunkAsLongAsTheContextIsRemarkedOn(mixer: String, isRemarked: Bool) throws {
    let folder = try folder()
    let sizes = ["--width", "16", "--heads", "2", "--context", "32", "--batch", "2", "--steps", "2", "--depth", "1"]
    let run = try CommandRun(
      arguments: ["train", "text.txt", "--out", "a", "--mixer", mixer, "--sample-every", "0"] + sizes,
      in: folder.url)
    #expect(run.exitCode == 0, "\(run.error)")
    #expect(run.error.contains("has none before it, so what reads those is not trained") == isRemarked)
  }

  @Test func aFinishedRunIsNotMadeLonger() throws {
    let folder = try folder()
    #expect(try train(["text.txt", "--out", "a"], in: folder).exitCode == 0)
    let again = try train(["--resume", "a"], in: folder)
    #expect(again.exitCode == 0)
    #expect(again.error.contains("the run is finished after 6 steps"))
    #expect(again.error.contains("--from a"))
  }

  @Test func tuningTakesTheArchitecture() throws {
    let folder = try folder()
    #expect(try train(["text.txt", "--out", "a", "--mixer", "softmax"], in: folder).exitCode == 0)
    let run = try CommandRun("train", "text.txt", "--from", "a", "--out", "b", "--steps", "2", "--json", in: folder.url)
    #expect(run.exitCode == 0)
    let other = try train(["text.txt", "--from", "a", "--out", "c", "--mixer", "linear"], in: folder)
    #expect(other.exitCode == 1)
    #expect(other.error.contains("--mixer is softmax in it, not linear"))
  }

  @Test func lossesThatAreNotFiniteStopTheRun() throws {
    let folder = try folder()
    let run = try train(
      ["text.txt", "--out", "a", "--learning-rate", "1e30", "--clip", "0", "--warmup", "0"], in: folder)
    #expect(run.exitCode == 1)
    #expect(run.error.contains("is not a finite number"))
    #expect(
      run.error.contains("the last good checkpoint is a/last.safetensors (after 0 steps): begin again with a lower"))
    #expect(try CommandRun("info", "a", in: folder.url).exitCode == 0)
  }
}
