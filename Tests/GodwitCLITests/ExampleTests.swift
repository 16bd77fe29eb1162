import Foundation
import GodwitTestSupport
import Testing

@Suite struct ExampleTests {
  @Test func aProgramStreamsFromARun() throws {
    let program = BuiltProducts.url(of: "StreamFromRun")
    let runs = try (0..<2).map { _ in
      try CommandRun(program: program, arguments: [try TrainedRun.folder(), "line 7"])
    }
    for run in runs {
      #expect(run.exitCode == 0)
      #expect(run.outputBytes.count == 200)
    }
    #expect(runs[0].outputBytes == runs[1].outputBytes)
    let failed = try CommandRun(program: program, arguments: ["no-such-run", ""])
    #expect(failed.exitCode == 1)
    #expect(failed.output.contains("no-such-run"))
  }

  @Test func aProgramTrainsInMemory() throws {
    let run = try CommandRun(program: BuiltProducts.url(of: "TrainInMemory"), arguments: [])
    #expect(run.exitCode == 0)
    #expect(run.output.hasPrefix("Tensor [3] float32 [2, 4, 6]\n"))
    // It has learned its text.
    #expect(run.output.split(separator: "\n").last?.contains("or not to be, to be or not to be") == true)
  }

  @Test func aProgramComputesMixersInThreeForms() throws {
    let run = try CommandRun(program: BuiltProducts.url(of: "MixersFromSwift"), arguments: [])
    #expect(run.exitCode == 0)
    let differences = run.output.matches(of: /(?<name>\S+): the forms differ by at most (?<value>[^;]+);/)
    #expect(differences.map { String($0.output.name) } == ["flash", "local", "linear-exponential", "local:window=64"])
    for difference in differences {
      #expect(try #require(Double(difference.output.value)) < 1e-4, "\(difference.output.name)")
    }
    #expect(run.output.hasSuffix("position 100 depends on position 3: true, on position 101: false\n"))
  }

  @Test func aProgramTrainsAMixerOfItsOwn() throws {
    let scratch = try TemporaryFolder()
    let text = try scratch.write("text.txt", (0..<500).map { "The line of the number \($0).\n" }.joined())
    let run = try CommandRun(
      program: BuiltProducts.url(of: "OwnMixer"), arguments: [text, scratch.path("run")], in: scratch.url)
    #expect(run.exitCode == 0, "\(run.output) \(run.error)")
    #expect(run.output.contains("bits per byte"))
    #expect(run.output.contains("bytes of the past"))
    // A program that does not know the mixer says so.
    let other = try CommandRun("generate", scratch.path("run"))
    #expect(other.exitCode == 1)
    #expect(other.error.contains("has the mixer \"fading-mean\", which this program does not know"))
    #expect(!other.error.contains("damaged"))
  }

  @Test(arguments: [("StreamFromRun", 20), ("TrainInMemory", 20), ("MixersFromSwift", 60), ("OwnMixer", 100)])
  func theProgramIsShort(name: String, most: Int) throws {
    let source = BuiltProducts.packageRoot.appending(path: "Examples/\(name)/main.swift")
    let lines = try String(contentsOf: source, encoding: .utf8).split(separator: "\n")
    #expect(lines.count <= most)
  }
}
