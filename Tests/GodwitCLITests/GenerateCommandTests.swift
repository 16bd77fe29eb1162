import Foundation
import GodwitTestSupport
import Testing

@Suite struct GenerateCommandTests {
  @Test func theSameSeedGivesTheSameBytes() throws {
    let folder = try TrainedRun.folder()
    let runs = try (0..<2).map { _ in
      try CommandRun("generate", folder, "--prompt", "line 7", "--bytes", "300", "--seed", "5")
    }
    for run in runs {
      #expect(run.exitCode == 0)
      #expect(run.error.isEmpty)
      #expect(run.outputBytes.count == 300)
    }
    #expect(runs[0].outputBytes == runs[1].outputBytes)
    let other = try CommandRun("generate", folder, "--prompt", "line 7", "--bytes", "300", "--seed", "6")
    #expect(other.outputBytes != runs[0].outputBytes)
  }

  @Test func threadsDoNotChangeTheBytes() throws {
    let folder = try TrainedRun.folder()
    let runs = try ["1", "2"].map { try CommandRun("generate", folder, "--bytes", "100", "--threads", $0) }
    #expect(runs[0].outputBytes == runs[1].outputBytes)
  }

  @Test func temperatureZeroDoesNotDependOnTheSeed() throws {
    let folder = try TrainedRun.folder()
    let runs = try ["1", "2"].map {
      try CommandRun("generate", folder, "--bytes", "50", "--temperature", "0", "--seed", $0)
    }
    #expect(runs[0].outputBytes == runs[1].outputBytes)
  }

  @Test func aPromptMayComeFromAFile() throws {
    let folder = try TrainedRun.folder()
    let scratch = try TemporaryFolder()
    let long = String(repeating: "the quick brown fox ", count: 200)
    let file = try scratch.write("prompt.txt", long)
    let fromFile = try CommandRun("generate", folder, "--prompt-file", file, "--bytes", "40")
    let fromArgument = try CommandRun("generate", folder, "--prompt", long, "--bytes", "40")
    #expect(fromFile.exitCode == 0)
    #expect(fromFile.outputBytes == fromArgument.outputBytes)
  }

  @Test func machineOutputIsObjectsWithTheWholeText() throws {
    let folder = try TrainedRun.folder()
    let plain = try CommandRun("generate", folder, "--bytes", "400", "--top-k", "20", "--top-p", "0.9")
    // So early the model writes bytes that are no UTF-8.
    let hot = try CommandRun("generate", folder, "--bytes", "400", "--temperature", "2", "--json").objects().dropLast()
    let bytes = hot.map { line -> Data in
      let text = Data((line["text"] as? String ?? "").utf8)
      return (line["base64"] as? String).flatMap { Data(base64Encoded: $0) } ?? text
    }
    #expect(hot.contains { $0["base64"] != nil })
    #expect(
      bytes.reduce(Data(), +)
        == (try CommandRun("generate", folder, "--bytes", "400", "--temperature", "2").outputBytes))
    let run = try CommandRun("generate", folder, "--bytes", "400", "--top-k", "20", "--top-p", "0.9", "--json")
    #expect(run.exitCode == 0)
    let objects = run.objects()
    let texts = objects.dropLast()
    #expect(texts.allSatisfy { $0["event"] as? String == "text" })
    #expect(texts.map { $0["text"] as? String ?? "" }.joined() == plain.output)
    let done = try #require(objects.last)
    #expect(done["event"] as? String == "done")
    #expect(done["bytes"] as? Int == 400)
    #expect(done["promptBytes"] as? Int == 0)
    #expect(try #require(done["secondsPerByte"] as? Double) > 0)
  }

  @Test func aReaderThatLeavesEndsItQuietly() throws {
    let folder = try TrainedRun.folder()
    let run = try CommandRun(
      shell: #"("$godwit" generate '\#(folder)' --bytes 100000000; echo "code $?" >&2) | head -c 10"#)
    #expect(run.outputBytes.count == 10)
    #expect(run.error == "code 0\n")
  }

  @Test(arguments: [
    (["--bytes", "0"], "--bytes 0"), (["--bytes=-1"], "--bytes -1"), (["--temperature=-1"], "--temperature -1"),
    (["--temperature", "nan"], "--temperature nan"), (["--top-k", "0"], "--top-k 0"), (["--top-p", "0"], "--top-p 0"),
    (["--top-p", "1.5"], "--top-p 1.5"), (["--top-p", "3/2"], "--top-p 1.5"), (["--top-p", "0/0"], "--top-p nan"),
    (["--top-p", "1/2/3"], "1/2/3"), (["--top-p", "a"], "'a'"), (["--seed=-4"], "-4"),
    (["--temperature", "-1"], "at least 0"),
    (["--bytes", "-5"], "at least 1"), (["--seed", "-4"], "'-4'"), (["--checkpoint", "first"], "first"),
    (["--prompt", "a", "--prompt-file", "b"], "give one of them"),
  ]) func badOptionsAreWrongUsage(options: [String], explanation: String) throws {
    let run = try CommandRun(arguments: ["generate", "nowhere"] + options)
    #expect(run.exitCode == 64)
    #expect(run.output.isEmpty)
    #expect(run.error.hasPrefix("godwit: "))
    #expect(run.error.contains(explanation))
  }

  @Test func bytesThatAreNoTextBelongIntoAFile() throws {
    let folder = try TrainedRun.folder()
    let run = try CommandRun(shell: #""$godwit" generate '\#(folder)' --prompt $'a\xff'"#)
    #expect(run.exitCode == 64 && run.output.isEmpty)
    #expect(run.error.contains("is not UTF-8") && run.error.contains("--prompt-file"), "\(run.error)")
    let file = try CommandRun(
      shell: #""$godwit" generate '\#(folder)' --prompt-file <(printf 'a\xff') --bytes 9 --json"#)
    #expect(file.exitCode == 0 && file.objects().last?["promptBytes"] as? Int == 2)
  }

  @Test func aPromptWithoutEndIsAnError() throws {
    let folder = try TrainedRun.folder()
    for prompt in ["/dev/zero", "<(yes)"] {
      let run = try CommandRun(shell: #""$godwit" generate '\#(folder)' --prompt-file \#(prompt)"#)
      #expect(run.exitCode == 1 && !run.wasKilled && run.output.isEmpty)
      #expect(run.error.contains(": at most 1,073,741,824 bytes are read of such a file; "), "\(run.error)")
    }
    let scratch = try TemporaryFolder()
    let holes = try scratch.write("holes", "")
    #expect(truncate(holes, 1 << 40) == 0)
    let run = try CommandRun("generate", folder, "--prompt-file", "holes", in: scratch.url)
    #expect(run.exitCode == 1)
    #expect(run.error.contains("cannot read holes (1,099,511,627,776 bytes): at most 1,073,741,824 bytes are read"))
    try FileManager.default.createSymbolicLink(atPath: scratch.path("link"), withDestinationPath: "gone")
    let link = try CommandRun("generate", folder, "--prompt-file", "link", in: scratch.url)
    #expect(link.exitCode == 1 && link.error.contains("a symbolic link to gone, which does not exist"), "\(link.error)")
    let noRun = try CommandRun("info", "link", in: scratch.url)
    #expect(noRun.exitCode == 1 && noRun.error.contains("a symbolic link to gone"), "\(noRun.error)")
  }

  @Test func aMissingPromptFileIsNamed() throws {
    let run = try CommandRun("generate", try TrainedRun.folder(), "--prompt-file", "no-such-file")
    #expect(run.exitCode == 1)
    #expect(run.output.isEmpty)
    #expect(run.error == "godwit: cannot open no-such-file: No such file or directory; check the path\n")
    let piped = try CommandRun(shell: #""$godwit" generate '\#(try TrainedRun.folder())' --prompt-file <(echo hello)"#)
    #expect(piped.outputBytes.count == 500)
  }

  @Test func aStateGoesOnWhereItWasSaved() throws {
    let folder = try TrainedRun.folder()
    let scratch = try TemporaryFolder()
    let state = scratch.path("state")
    let options = ["--prompt", "line 7", "--temperature", "0.9", "--seed", "5"]
    let whole = try CommandRun(arguments: ["generate", folder, "--bytes", "200"] + options)
    let first = try CommandRun(arguments: ["generate", folder, "--bytes", "100", "--save-state", state] + options)
    let second = try CommandRun("generate", folder, "--bytes", "100", "--load-state", state)
    #expect(first.exitCode == 0 && second.exitCode == 0, "\(first.error)\(second.error)")
    #expect(first.outputBytes + second.outputBytes == whole.outputBytes)
    // A text that is read once and continued: the prompt goes on where the state ends.
    let read = try CommandRun("generate", folder, "--prompt", "line 7", "--bytes", "0", "--save-state", state)
    #expect(read.exitCode == 0 && read.outputBytes.isEmpty)
    let further = try CommandRun("generate", folder, "--load-state", state, "--prompt", " and", "--seed", "5")
    let whole2 = try CommandRun("generate", folder, "--prompt", "line 7 and", "--seed", "5")
    #expect(further.exitCode == 0)
    #expect(further.outputBytes.count == whole2.outputBytes.count)
    let json = try CommandRun("generate", folder, "--load-state", state, "--save-state", state, "--json").objects()
    #expect(json.last?["state"] as? String == state)
  }

  @Test func aStateThatCannotBeUsedIsAnError() throws {
    let folder = try TrainedRun.folder()
    let scratch = try TemporaryFolder()
    let state = scratch.path("state")
    let missing = try CommandRun("generate", folder, "--load-state", state)
    #expect(missing.exitCode == 1)
    #expect(missing.error.contains(state))
    try scratch.write("state", "no state")
    #expect(try CommandRun("generate", folder, "--load-state", state).exitCode == 1)
    let checkpoint = folder + "/last.safetensors"
    let other = try CommandRun("generate", folder, "--load-state", checkpoint)
    #expect(other.exitCode == 1)
    #expect(other.error.contains("is not a saved state"))
    #expect(try CommandRun("generate", folder, "--save-state", "/no/such/folder/state", "--bytes", "1").exitCode == 1)
    #expect(try CommandRun("generate", folder, "--load-state", "").exitCode == 64)
    #expect(try CommandRun("generate", folder, "--bytes", "0").exitCode == 64)
  }

  @Test func aStateReplacesNothingButAState() throws {
    let folder = try TrainedRun.folder()
    let scratch = try TemporaryFolder()
    let configuration = try String(contentsOf: URL(filePath: folder + "/config.json"), encoding: .utf8)
    let files = [
      try scratch.write("config.json", configuration), folder + "/last.safetensors", scratch.path("no/such/folder"),
    ]
    for file in files {
      let before = try? Data(contentsOf: URL(filePath: file))
      let run = try CommandRun("generate", folder, "--bytes", "3", "--save-state", file)
      #expect(run.exitCode == 1)
      // It is said before the work, which may be long.
      #expect(run.output.isEmpty)
      #expect(run.error.contains(file))
      #expect(try before == (file.hasSuffix("folder") ? nil : Data(contentsOf: URL(filePath: file))))
    }
    let state = try scratch.write("state", "")
    for bytes in ["3", "4"] {
      #expect(try CommandRun("generate", folder, "--bytes", bytes, "--save-state", state).exitCode == 0)
    }
  }

  @Test func whatIsInterruptedIsSaved() throws {
    let folder = try TrainedRun.folder()
    let scratch = try TemporaryFolder()
    let command = #""$godwit" generate '\#(folder)' --prompt 'line 7' --bytes 100000000 --save-state state > text"#
    let wait = " & pid=$!; until [ -s text ]; do sleep 0.01; done; kill -INT $pid; wait $pid"
    let run = try CommandRun(shell: command + wait, in: scratch.url)
    #expect(run.exitCode == 130)
    #expect(run.error.contains("saved; go on with:"))
    #expect(run.error.contains("generate \(folder) --load-state state --bytes "))
    let first = try Data(contentsOf: scratch.url.appending(path: "text"))
    let further = try CommandRun("generate", folder, "--load-state", "state", "--bytes", "50", in: scratch.url)
    let whole = try CommandRun("generate", folder, "--prompt", "line 7", "--bytes", "\(first.count + 50)")
    #expect(first + further.outputBytes == whole.outputBytes)
  }

  @Test func aReaderThatLeavesCostsNoState() throws {
    let folder = try TrainedRun.folder()
    let scratch = try TemporaryFolder()
    let command =
      #"("$godwit" generate '\#(folder)' --bytes 100000000 --save-state state; echo "code $?" >&2) | head -c 10"#
    let run = try CommandRun(shell: command, in: scratch.url)
    #expect(run.outputBytes.count == 10)
    #expect(run.error.contains("nothing reads standard output any more; stopped after "))
    #expect(run.error.hasSuffix("code 141\n"))
    #expect(try CommandRun("generate", folder, "--load-state", "state", in: scratch.url).exitCode == 0)
  }
}
