import Foundation
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

  @Test func theProgramIsShort() throws {
    let source = BuiltProducts.packageRoot.appending(path: "Examples/StreamFromRun/main.swift")
    let lines = try String(contentsOf: source, encoding: .utf8).split(separator: "\n")
    #expect(lines.count <= 20)
  }
}
