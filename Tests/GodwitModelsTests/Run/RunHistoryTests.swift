import Foundation
import GodwitTestSupport
import Testing

@testable import GodwitModels

@Suite struct RunHistoryTests {
  private let lines = [
    #"{"event":"step","step":10,"trainBitsPerByte":2.5,"tokensPerSecond":41000,"elapsedSeconds":1.5}"#,
    #"{"event":"validation","step":10,"validationBitsPerByte":2.25}"#,
    #"{"event":"sample","step":10,"text":"a\nb"}"#,
    #"{"event":"step","step":20,"trainBitsPerByte":2,"tokensPerSecond":42000,"elapsedSeconds":3}"#,
    #"{"event":"validation","step":20,"validationBitsPerByte":2.375}"#,
    #"{"event":"done","steps":20,"validationBitsPerByte":2.25,"parameters":5,"elapsedSeconds":3,"#
      + #""peakMemoryBytes":7,"run":"runs/a"}"#,
  ]

  private func history(_ lines: [String]) -> RunHistory {
    RunHistory(lines: Data(lines.map { $0 + "\n" }.joined().utf8), LanguageModeling.figures)
  }

  @Test func readsWhatIsWritten() throws {
    let history = history(lines)
    #expect(history.steps.map(\.step) == [10, 20])
    #expect(history.best?.step == 10)
    #expect(history.samples.map(\.text) == ["a\nb"])
    let done = try #require(history.done)
    #expect(done.run == "runs/a")
    let names = LanguageModeling.figures
    let written =
      [history.steps[0].line(names), history.validations[0].line(names), history.samples[0].line]
      + [history.steps[1].line(names), history.validations[1].line(names), done.line(names)]
    #expect(self.history(written.map(\.text)) == history)
    #expect(written[2].text == lines[2])
  }

  @Test func unknownEventsArePassedOverAndAnUnfinishedLineIsCounted() throws {
    let text = #"{"event":"weather","step":1}"# + "\n" + lines[0] + "\n" + #"{"event":"validation","st"#
    let history = RunHistory(lines: Data(text.utf8), LanguageModeling.figures)
    #expect(history.steps.count == 1)
    #expect(history.unreadableLines == 1)
    #expect(history.validations.isEmpty)
  }

  @Test(arguments: [#"{"event":"step","step":1}"#, "nonsense", "[]", #"{"step":1}"#])
  func damagedLinesAreCounted(line: String) {
    let history = history([lines[0], line, lines[1]])
    #expect(history.unreadableLines == 1)
    #expect(history.steps.count == 1)
    #expect(history.validations.count == 1)
  }

  @Test func resumingForgetsWhatCameAfterTheCheckpoint() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("metrics.jsonl")
    try Data((lines.joined(separator: "\n") + "\n{\"event\":\"st").utf8).write(to: URL(filePath: path))
    let metrics = try MetricsFile(resuming: path, at: 10)
    try metrics.append(["event": "step", "step": 11])
    try metrics.synchronize()
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text == (lines[..<3] + [#"{"event":"step","step":11}"#]).joined(separator: "\n") + "\n")
  }
}
