import Foundation
import GodwitKernels
import GodwitTensor
import GodwitTestSupport
import Testing

@testable import GodwitModels

/// Runs that version 0.1 made and left unfinished, with what that version then made of them.
@Suite struct GoldenRunTests {
  private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Golden/run-0.1")

  /// What version 0.1 gives, under one instruction set.
  private struct Expected: Decodable {
    let last: String
    let best: String
    let validationBitsPerByte: Double
    let bitsPerByte: Double
    let generated: String
  }

  private let folder: TemporaryFolder
  private var text: String { Self.golden.appendingPathComponent("text.txt").path }

  init() throws { folder = try TemporaryFolder() }

  /// A copy of a run, which may be changed.
  private func copy(_ name: String) throws -> String {
    let path = folder.path(name)
    try FileManager.default.copyItem(atPath: Self.golden.appendingPathComponent(name).path, toPath: path)
    return path
  }

  /// What is expected, and whether to the last bit: the bits are those of an instruction set.
  private func expected(_ name: String) throws -> (values: Expected, isExact: Bool) {
    let data = try Data(contentsOf: Self.golden.appendingPathComponent("expected.json"))
    let all = try JSONDecoder().decode([String: Expected].self, from: data)
    #if arch(x86_64)
      let set: String? =
        switch InstructionSet.current {
        case .plain: "sse2"
        case .avx2: "avx2"
        case .avx512: nil
        }
      if let set { return (try #require(all["\(name)/\(set)"]), true) }
    #endif
    return (try #require(all["\(name)/avx2"]), false)
  }

  @Test(arguments: ["linear", "performer", "flash"]) func theyAreRead(name: String) throws {
    let (values, isExact) = try expected(name)
    let run = try Run(loading: try copy(name))
    #expect(run.configuration.training.steps == 60)
    #expect(run.history.unreadableLines == 0)
    #expect(run.history.steps.last?.step == (try run.step(of: .last)))
    #expect(run.history.best?.step == 24)
    let model = try run.model()
    var evaluator = TextEvaluator(model)
    evaluator.read(Array(try Data(contentsOf: URL(fileURLWithPath: text))))
    let written = TextGenerator(model, prompt: "the ", sampling: try SamplingOptions(temperature: 0.8), seed: 7).prefix(
      60)
    // Not to the last bit: since then sums over a long past are kept in parts.
    #expect(abs(evaluator.bitsPerByte - values.bitsPerByte) < (isExact ? 1e-6 : 1e-4))
    if isExact {
      #expect(written.map { String(format: "%02x", $0) }.joined() == values.generated)
    }
  }

  @Test(arguments: ["linear", "performer", "flash"]) func theyGoOn(name: String) throws {
    let (values, isExact) = try expected(name)
    let path = try copy(name)
    #expect(try Trainer(resuming: path, paths: [text]).train { _ in } == .finished)
    let run = try Run(loading: path)
    let done = try #require(run.history.done)
    #expect(done.steps == 60)
    if isExact {
      #expect(done.validationBitsPerByte == values.validationBitsPerByte)
      for (kind, checksum) in [(CheckpointKind.last, values.last), (.best, values.best)] {
        let metadata = try SafetensorsFile(reading: run.folder.checkpoint(kind)).metadata
        #expect(metadata["model.checksum"] == checksum)
      }
    } else {
      #expect(abs(try #require(done.validationBitsPerByte) - values.validationBitsPerByte) < 1e-3)
    }
  }

  @Test(arguments: ["linear", "performer", "flash"]) func theirSessionsGoOn(name: String) throws {
    // After 300 bytes of the text and ten that were then the likeliest.
    let model = try Run(loading: try copy(name)).model()
    var session = try TextSession(
      model, reading: Self.golden.appendingPathComponent("\(name).state").path)
    #expect(session.byteCount == 310)
    var whole = TextSession(model)
    let text = try Data(contentsOf: URL(fileURLWithPath: text)).prefix(300)
    whole.read(text)
    for _ in 0..<10 { whole.read(CollectionOfOne(session.sampler.draw(from: whole.logits!))) }
    let more = Array("the long flight, and the rest of the summer. the godwit".utf8)
    for round in 0..<5 {
      session.read(more)
      whole.read(more)
      expectClose(Tensor(session.logits!, shape: [256]), Tensor(whole.logits!, shape: [256]), "round \(round)")
    }
    let folder = try TemporaryFolder()
    try session.write(to: folder.path("state"))
    let again = try TextSession(model, reading: folder.path("state"))
    #expect(again.logits == session.logits && again.byteCount == session.byteCount)
  }

  @Test func whatLaterVersionsAddIsPassedOver() throws {
    let path = try copy("linear")
    let file = RunFolder(path).configuration
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let newer = text.replacing("\"formatVersion\" : 1,", with: "\"formatVersion\" : 1, \"colour\" : {\"a\" : [1]},")
      .replacing("\"batch\" : 3,", with: "\"batch\" : 3, \"patience\" : 5,")
      .replacing("\"depth\" : 1,", with: "\"depth\" : 1, \"taste\" : null,")
    #expect(newer.count == text.count + 56)
    try Data(newer.utf8).write(to: URL(filePath: file))
    let history = RunFolder(path).metrics
    let lines = try String(contentsOfFile: history, encoding: .utf8)
    try Data(lines.replacing("\"event\":\"step\",", with: "\"event\":\"step\",\"mood\":\"good\",").utf8)
      .write(to: URL(filePath: history))
    let listing = try String(contentsOfFile: RunFolder(path).text, encoding: .utf8)
    try Data(listing.replacing("{", with: "{\"language\":\"en\",").utf8).write(to: URL(filePath: RunFolder(path).text))
    let run = try Run(loading: path)
    #expect(run.history.unreadableLines == 0 && run.history.steps.count == 27)
    #expect(TextListing(of: run.folder, checkedBy: run.configuration.data) != nil)
    #expect(try Trainer(resuming: path, paths: [self.text]).train { _ in } == .finished)
  }

  @Test func whatAFileMustHaveIsStillAskedFor() throws {
    let path = try copy("linear")
    let file = RunFolder(path).configuration
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try Data(text.replacing("\"batch\" : 3,", with: "").utf8).write(to: URL(filePath: file))
    let error = #expect(throws: RunError.self) { try Run(loading: path) }
    #expect(GodwitModelsTests.text(of: error).contains("the field batch is missing"))
  }

  @Test func equalRunsHaveEqualFiles() throws {
    let run = try SmallRun()
    try run.train("a")
    try run.train("b")
    for kind in CheckpointKind.allCases {
      #expect(
        try Data(contentsOf: URL(filePath: run.checkpoint("a", kind)))
          == Data(contentsOf: URL(filePath: run.checkpoint("b", kind))))
    }
    for name in ["config.json", "text.jsonl"] {
      #expect(try run.folder.bytes("a/\(name)") == run.folder.bytes("b/\(name)"))
    }
    #expect(try run.history("a") == run.history("b"))
  }
}
