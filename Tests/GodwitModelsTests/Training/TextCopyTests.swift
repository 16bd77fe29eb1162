import Foundation
import GodwitTestSupport
import Testing

@testable import GodwitModels

/// The text that a run keeps.
@Suite struct TextCopyTests {
  private func copy(_ run: SmallRun, _ name: String) throws -> [UInt8] { try run.folder.bytes("\(name)/text.copy") }

  @Test func theTextIsKept() throws {
    let run = try SmallRun()
    for name in ["b", "c"] { try run.folder.write("text/\(name)", SmallRun.words(count: 1500, seed: 2)) }
    var request = run.request("a")
    request.paths = [run.path("text"), run.text]
    try Trainer(request).train(until: 1)
    #expect(
      try copy(run, "a") == SmallRun.words(count: 1500, seed: 2) + SmallRun.words(count: 1500, seed: 2)
        + SmallRun.words(count: 3000, seed: 1))
    #expect(try Run(loading: run.path("a")).configuration.text.copyChecksum != nil)
  }

  @Test func aCopyIsNoOtherTextThanItsFiles() throws {
    var run = try SmallRun()
    try run.train("copied")
    run.copiesText = false
    try run.train("referred")
    #expect(!FileManager.default.fileExists(atPath: run.path("referred/text.copy")))
    #expect(try run.history("copied") == run.history("referred"))
    #expect(try run.tensors("copied", .last) == run.tensors("referred", .last))
  }

  @Test func filesMayChangeWhileARunIsTrainedAndAfterThat() throws {
    let run = try SmallRun()
    try run.train("whole")
    try Trainer(run.request("a")).train { event in
      guard case .progress(let record) = event, record.step == 3 else { return }
      try? Data("short".utf8).write(to: URL(filePath: run.text))
    }
    #expect(try run.tensors("a", .last) == run.tensors("whole", .last))
    try run.folder.write("text.txt", SmallRun.words(count: 3000, seed: 1))
    try run.train("b", until: 5)
    try FileManager.default.removeItem(atPath: run.text)
    #expect(try run.resume("b") == .finished)
    #expect(try run.tensors("b", .last) == run.tensors("whole", .last))
    #expect(try run.history("b") == run.history("whole"))
  }

  @Test func aChangedCopyIsRefusedAndMadeAgain() throws {
    let run = try SmallRun()
    try run.train("a", until: 5)
    var text = try copy(run, "a")
    text[1234] ^= 1
    try run.folder.write("a/text.copy", text)
    let error = #expect(throws: TrainingError.self) { try run.resume("a") }
    guard case .textCopyChanged = error else { return unexpected(error) }
    #expect(GodwitModelsTests.text(of: error).contains("--resume \(run.path("a")) PATH"))
    for damaged in [Array(text.prefix(100)), []] {
      try run.folder.write("a/text.copy", damaged)
      #expect(throws: TrainingError.self) { try run.resume("a") }
    }
    try Trainer(resuming: run.path("a"), paths: [run.text]).train(until: 6)
    #expect(try copy(run, "a") == SmallRun.words(count: 3000, seed: 1))
    #expect(try run.resume("a") == .finished)
  }

  @Test func withoutTheCopyTheFilesServe() throws {
    let run = try SmallRun()
    try run.train("a", until: 5)
    try FileManager.default.removeItem(atPath: run.path("a/text.copy"))
    _ = try run.resume("a", until: 6)
    #expect(try copy(run, "a") == SmallRun.words(count: 3000, seed: 1))
    try FileManager.default.removeItem(atPath: run.path("a/text.copy"))
    try FileManager.default.removeItem(atPath: run.text)
    let error = #expect(throws: TrainingError.self) { try run.resume("a") }
    guard case .textMissing = error else { return unexpected(error) }
  }

  @Test func theListOfFilesMayBeLost() throws {
    let run = try SmallRun()
    try run.train("a", until: 5)
    try FileManager.default.removeItem(atPath: run.path("a/text.jsonl"))
    #expect(try run.resume("a") == .finished)
  }

  @Test func aTextThatCannotBeWrittenStopsTheBeginning() throws {
    let run = try SmallRun()
    try FileManager.default.createDirectory(atPath: run.path("a"), withIntermediateDirectories: true)
    let trainer = try Trainer(run.request("a"))
    try FileManager.default.createDirectory(atPath: run.path("a/text.copy"), withIntermediateDirectories: true)
    #expect(throws: TrainingError.self) { try trainer.train(until: 1) }
    #expect(!FileManager.default.fileExists(atPath: run.path("a/config.json")))
  }

  @Test func theCopyOfABeginningThatWasKilledIsNoText() throws {
    let folder = try TemporaryFolder()
    try folder.write("book.txt", SmallRun.words(count: 500, seed: 1))
    try folder.write("run/metrics.jsonl", "")
    try folder.write("run/text.copy", SmallRun.words(count: 500, seed: 1))
    let corpus = try TextCorpus(paths: [folder.url.path])
    #expect(corpus.files.map(\.name) == ["book.txt"])
    #expect(corpus.skipped.runs == 1)
  }
}
