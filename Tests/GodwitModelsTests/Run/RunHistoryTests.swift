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

  private func history(_ lines: [String]) throws -> RunHistory {
    try history(text: lines.map { $0 + "\n" }.joined())
  }

  private func history(text: String) throws -> RunHistory {
    let folder = try TemporaryFolder()
    return try RunHistory(reading: try folder.write("metrics.jsonl", text), LanguageModeling.figures)
  }

  @Test func readsWhatIsWritten() throws {
    let history = try history(lines)
    #expect(history.steps.map(\.step) == [10, 20])
    #expect(history.best?.step == 10)
    #expect(history.samples.map(\.text) == ["a\nb"])
    let done = try #require(history.done)
    #expect(done.run == "runs/a")
    let names = LanguageModeling.figures
    let written =
      [history.steps[0].line(names), history.validations[0].line(names), history.samples[0].line]
      + [history.steps[1].line(names), history.validations[1].line(names), done.line(names)]
    #expect(try self.history(written.map(\.text)) == history)
    #expect(written[2].text == lines[2])
  }

  @Test func unknownEventsArePassedOverAndAnUnfinishedLineIsCounted() throws {
    let text = #"{"event":"weather","step":1}"# + "\n" + lines[0] + "\n" + #"{"event":"validation","st"#
    let history = try history(text: text)
    #expect(history.steps.count == 1)
    #expect(history.unreadableLines == 1)
    #expect(history.validations.isEmpty)
  }

  @Test(arguments: [
    #"{"event":"step","step":1}"#, "nonsense", "[]", #"{"step":1}"#, #"{"event":"sample","step":1,"text":"\ud800"}"#,
    #"{"event":"step","step":01,"trainBitsPerByte":2,"tokensPerSecond":4,"elapsedSeconds":3}"#,
    #"{"event":"step","step":1.5,"trainBitsPerByte":2,"tokensPerSecond":4,"elapsedSeconds":3}"#,
    #"{"event":"step","step":1,"trainBitsPerByte":1e999,"tokensPerSecond":4,"elapsedSeconds":3}"#,
    #"{"event":"step","step":1,"trainBitsPerByte":2.,"tokensPerSecond":4,"elapsedSeconds":3}"#,
    #"{"event":"step","step":1,"step":1,"trainBitsPerByte":2,"tokensPerSecond":4,"elapsedSeconds":3}"#,
    #"{"event":"weather","step":1}}"#, #"{"event":"weather","step":1,}"#, #"{"event":"weather","step":[1}"#,
  ])
  func damagedLinesAreCounted(line: String) throws {
    let history = try history([lines[0], line, lines[1]])
    #expect(history.unreadableLines == 1)
    #expect(history.steps.count == 1)
    #expect(history.validations.count == 1)
  }

  /// As other programs write it, and what a newer version may add.
  @Test func theFormOfALineDoesNotMatter() throws {
    let spaced = lines.map { $0.replacing(",\"", with: " ,\t\"").replacing(":", with: ": ") + " \r" }
    #expect(try history(spaced) == history(lines))
    let longer = lines.map { String($0.dropLast()) + #","tags":["é",{"step":7}],"note":null,"é":"\u00e9"}"# }
    #expect(try history(longer) == history(lines))
    let numbers = [
      #"{"event":"step","step":1.0e1,"trainBitsPerByte":25e-1,"tokensPerSecond":4.1E+4,"elapsedSeconds":1.50}"#
    ]
    #expect(try history(numbers) == history([lines[0]]))
  }

  @Test func aLongHistoryIsReadPieceByPiece() throws {
    // More than a block, so that lines are cut anywhere, and one that is longer than any that is written.
    let step = lines[0] + "\n"
    let many = String(repeating: step, count: 30_000)
    let long = #"{"event":"sample","step":1,"text":""# + String(repeating: "a", count: 17 << 20) + "\"}\n"
    let history = try history(text: many + "\n\n" + long + many + lines[1])
    #expect(history.steps.count == 60_000)
    #expect(Set(history.steps) == Set(try self.history([lines[0]]).steps))
    #expect(history.validations.count == 1)
    #expect(history.unreadableLines == 1)
    let sample = #"{"event":"sample","step":1,"text":""# + String(repeating: "b", count: 3 << 20) + "\"}\n"
    #expect(try self.history(text: step + sample + step).samples.map(\.text.utf8.count) == [3 << 20])
  }

  @Test func aHistoryThatClaimsTooMuchIsRefused() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("metrics.jsonl", "")
    #expect(truncate(path, 1 << 40) == 0)
    #expect(throws: RunError.self) { try RunHistory(reading: path, LanguageModeling.figures) }
    #expect(throws: RunError.self) { try MetricsFile(resuming: path, at: 1) }
    #expect(try RunHistory(reading: folder.path("none"), LanguageModeling.figures).steps.isEmpty)
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
