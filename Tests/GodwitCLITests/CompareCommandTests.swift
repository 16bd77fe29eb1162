import Foundation
import GodwitTestSupport
import Testing

@Suite struct CompareCommandTests {
  private let small = ["--width", "16", "--heads", "2", "--lengths", "16,32,64", "--seconds", "0.001"]

  @Test func machinesGetOneObjectForEachMeasurement() throws {
    let run = try CommandRun(
      arguments: ["compare", "--mixer", "linear", "--mixer", "flash:chunk=8", "--json", "--threads", "1"] + small)
    #expect(run.exitCode == 0 && run.error.isEmpty)
    let objects = run.objects()
    let measured = objects.filter { $0["medianSeconds"] != nil }
    #expect(measured.count == 3 * 3 * 3)
    for object in measured {
      #expect(Set(object.keys) == ["mixer", "length", "mode", "medianSeconds", "peakMemoryBytes"])
      #expect(["softmax", "linear", "flash:chunk=8"].contains(object["mixer"] as? String))
      #expect(["forward", "forward+backward", "decode"].contains(object["mode"] as? String))
    }
    // In a process of its own nothing else uses memory, and on one thread the same is in use at once each time.
    func memory(_ mixer: String, _ mode: String) -> [Int] {
      measured.filter { $0["mixer"] as? String == mixer && $0["mode"] as? String == mode }
        .compactMap { $0["peakMemoryBytes"] as? Int }
    }
    let cache = memory("softmax", "decode")
    #expect(cache.count == 3 && cache[0] > 0 && cache[1] >= cache[0] && cache[2] > cache[1], "\(cache)")
    #expect(Set(memory("linear", "decode")).count == 1, "\(memory("linear", "decode"))")
    #expect(memory("linear", "forward+backward")[2] > memory("linear", "forward")[2])
    let exponents = objects.filter { $0["exponent"] != nil }
    #expect(exponents.count == 9)
    #expect(exponents.allSatisfy { Set($0.keys) == ["mixer", "mode", "exponent"] })
  }

  @Test func aPictureThatCannotBeWrittenIsRefusedBeforeAnythingIsMeasured() throws {
    let scratch = try TemporaryFolder()
    let run = try CommandRun(
      arguments: ["compare", "--mixer", "linear", "--json", "--plot", scratch.path("no/time.svg")] + small)
    #expect(run.exitCode == 1 && run.output == "" && run.error.contains("no/time.svg"))
  }

  @Test func onlyAPictureIsOverwritten() throws {
    let scratch = try TemporaryFolder()
    let path = try scratch.write("config.json", Array("{}".utf8))
    let run = try CommandRun(arguments: ["compare", "--mixer", "linear", "--plot", path] + small)
    #expect(run.exitCode == 1 && run.output == "" && run.error.contains("config.json: the file is there"))
    #expect(try scratch.bytes("config.json") == Array("{}".utf8))
  }

  @Test func picturesAreNotGivenTheNamesOfOthers() throws {
    let scratch = try TemporaryFolder()
    for name in ["a.png", "run-1.5"] {
      let run = try CommandRun(arguments: ["walk", "--steps", "9", "--plot", name], in: scratch.url)
      #expect(run.exitCode == 64 && run.output.isEmpty && run.error.contains("name that ends in .svg"), "\(run.error)")
    }
    for name in ["a.SVG", "a"] {
      #expect(try CommandRun(arguments: ["walk", "--steps", "9", "--plot", name], in: scratch.url).exitCode == 0)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.url.path).sorted() == ["a", "a.SVG"])
  }

  @Test func peopleGetTablesAndAnAnswer() throws {
    let scratch = try TemporaryFolder()
    let picture = scratch.path("time.svg")
    try Data("<svg".utf8).write(to: URL(filePath: picture))
    let run = try CommandRun(arguments: ["compare", "--mixer", "linear", "--plot", picture] + small)
    #expect(run.exitCode == 0)
    for part in [
      "Time of a forward and backward pass", "exponent", "memory at 64", "faster than softmax", "is the fastest",
      "forms of each mixer agree", "Faster than softmax ", "Kept of a past of 64, growing with it: softmax ",
      "; bounded: linear ",
    ] { #expect(run.output.contains(part), "\(part)") }
    let svg = try String(contentsOfFile: picture, encoding: .utf8)
    #expect(svg.contains(">linear</text>") && svg.contains(">softmax</text>") && svg.contains("length (positions)"))
    #expect(svg.contains("godwit compare --mixer linear"))
    let markdown = try CommandRun(
      arguments: ["compare", "--mixer", "flash", "--mode", "decode", "--markdown", "--blocks"] + small)
    #expect(markdown.output.contains("### Time of one more position after a past\n\n| past | 16 | 32 | 64 |"))
    #expect(markdown.output.contains("|---|--:|"))
    #expect(!markdown.output.contains("forward") || markdown.output.contains("feed-forward layers included"))
    #expect(!markdown.output.contains("*"))
    // Alone, a mixer that does the work of a feed-forward layer is marked as such wherever it stands.
    let alone = try CommandRun(arguments: ["compare", "--mixer", "flash", "--mode", "forward"] + small)
    #expect(alone.output.contains("\nflash *") && alone.output.contains("* does the work of a feed-forward layer too"))
  }

  @Test func whatDoesNotFitIsLeftOut() throws {
    let run = try CommandRun(
      "compare", "--mixer", "linear", "--mode", "forward", "--lengths", "16,16777216", "--batch", "65536",
      "--width", "2", "--heads", "1", "--seconds", "0.001")
    #expect(run.exitCode == 0 && run.output.contains("was left out"))
    #expect(run.error.contains("linear, forward, 16777216 positions: left out, as it would take about "))
  }

  @Test func interruptionEndsWithWhatIsKnown() throws {
    let run = try CommandRun(
      shell: """
        "$godwit" compare --mixer linear --mode forward --lengths 16,4096 --seconds 20 > out & pid=$!
        sleep 3; kill -INT $pid; wait $pid; code=$?; cat out; exit $code
        """)
    #expect(run.exitCode == 130)
    #expect(run.output.contains("Time of a forward pass"))
    #expect(run.error.contains("interrupted after ") && run.error.contains(" of 4 measurements"))
  }

  @Test(arguments: [
    (["--mixer", "sofmax"], "there is no mixer \"sofmax\"; the known ones are softmax, linear"),
    (["--mixer", "flash:window=3"], "has no setting \"window\""),
    (["--mixer", "linear,local:window=8"], "by an option each: --mixer linear --mixer local:window=8"),
    (["--mixer", "local,window=8"], "settings stand behind a colon, as in local:window=128"),
    (["--lengths", "0"], "give numbers from 1"), (["--lengths", "64,,128"], "give numbers from 1"),
    (["--lengths", ""], "give numbers from 1"), (["--width", "0"], "give a number from 1"),
    (["--heads", "3"], "--heads 3: expected a divisor of the width, 256"),
    (["--width", "40000"], "choose a smaller width"), (["--seconds", "0"], "give a number above 0"),
    (["--batch", "-1"], "give a number from 1"), (["--mode", "training"], "forward+backward"),
    (["--plot", ""], "give a path"),
  ]) func badInputIsWrongUsage(arguments: [String], message: String) throws {
    let run = try CommandRun(arguments: ["compare"] + arguments)
    #expect(run.exitCode == 64 && run.output.isEmpty)
    #expect(run.error.contains(message), "\(run.error)")
  }

  @Test func helpTeachesTheMixers() throws {
    let help = try CommandRun("compare", "--help").output
    for part in ["flash: FLASH", "chunk=256: positions in a chunk", "linear: linear attention"] {
      #expect(help.contains(part), "\(part)")
    }
  }
}
