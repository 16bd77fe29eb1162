import Foundation
import GodwitRandom
import GodwitTestSupport
import Testing

@testable import GodwitModels

@Suite struct RunTests {
  /// Changes `config.json`, or another file, as text.
  private func edit(_ path: String, _ change: (String) -> String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let changed = change(text)
    #expect(changed != text)
    try Data(changed.utf8).write(to: URL(filePath: path))
  }

  private func expectError(
    _ words: String, _ location: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) {
    let error = #expect(throws: RunError.self, sourceLocation: location) { try body() }
    #expect(text(of: error).contains(words), sourceLocation: location)
  }

  @Test func aRunInTrainingCanBeRead() throws {
    let run = try SmallRun()
    try run.train("a", until: 2)
    let loaded = try Run(loading: run.path("a") + "/")
    #expect(loaded.configuration.model == run.model)
    #expect(loaded.configuration.training.steps == 20)
    #expect(loaded.configuration.command == "a test")
    #expect(loaded.history.validations.isEmpty)
    // There is no best model yet.
    #expect(try loaded.step(of: .best) == 2)
    #expect(try loaded.model().parameterCount == loaded.model(.last).parameterCount)
  }

  @Test func bestAndLastDiffer() throws {
    let run = try SmallRun()
    try run.train("a", until: 6)
    let loaded = try Run(loading: run.path("a"))
    #expect(try loaded.step(of: .best) == 4)
    #expect(try loaded.step(of: .last) == 6)
  }

  @Test func whatIsNotARunIsExplained() throws {
    let run = try SmallRun()
    expectError("there is no run at") { _ = try Run(loading: run.path("nothing")) }
    expectError("config.json is missing") { _ = try Run(loading: run.folder.url.path) }
    expectError("config.json is missing") { _ = try Run(loading: run.text) }
    for name in ["b", "a"] { try run.folder.write(name + "/config.json", Array("{}".utf8)) }
    expectError("give one of the runs in it: \(run.path("a")), \(run.path("b"))") {
      _ = try Run(loading: run.folder.url.path)
    }
  }

  @Test func aNewerFormatIsRefused() throws {
    let run = try SmallRun()
    try run.train("a", until: 1)
    try run.train("b", until: 1)
    try edit(RunFolder(run.path("a")).configuration) {
      $0.replacing("\"formatVersion\" : 1", with: "\"formatVersion\" : 2")
    }
    expectError("has format version 2, and this godwit knows versions up to 1") { _ = try Run(loading: run.path("a")) }

    let path = run.checkpoint("b")
    var writer = SafetensorsWriter(metadata: try SafetensorsFile(reading: path).metadata)
    writer.metadata["formatVersion"] = "7"
    try writer.write(to: path)
    expectError("has format version 7, and this godwit knows versions up to 1") {
      _ = try Run(loading: run.path("b")).model()
    }
  }

  @Test func damagedConfigurationsAreExplained() throws {
    let run = try SmallRun()
    let path = try run.folder.write("a/config.json", Array("{\"formatVersion\":1}".utf8))
    expectError("the field command is missing") { _ = try Run(loading: run.path("a")) }
    try run.folder.write("a/config.json", Array("[1".utf8))
    expectError("not a JSON object with a formatVersion") { _ = try Run(loading: run.path("a")) }
    try FileManager.default.removeItem(atPath: run.path("a"))
    try run.train("a", until: 1)
    try edit(path) { $0.replacing("\"heads\" : 2", with: "\"heads\" : 3") }
    expectError("heads is 3") { _ = try Run(loading: run.path("a")) }
    try edit(path) { $0.replacing("\"heads\" : 3", with: "\"heads\" : \"2\"") }
    expectError("model.heads has another type") { _ = try Run(loading: run.path("a")) }
    try edit(path) { $0.replacing("\"formatVersion\" : 1", with: "\"formatVersion\" : 0") }
    expectError("a formatVersion of at least 1") { _ = try Run(loading: run.path("a")) }
  }

  @Test(arguments: ["config.json", "metrics.jsonl"]) func filesWithHolesDoNotFillTheMemory(name: String) throws {
    let run = try SmallRun()
    try run.train("a", until: 1)
    let file = try FileHandle(forWritingTo: URL(filePath: run.path("a/\(name)")))
    try file.truncate(atOffset: 1 << 40)
    try file.close()
    expectError("\(name) (1,099,511,627,776 bytes): at most ") { _ = try Run(loading: run.path("a")) }
  }

  @Test func aCheckpointOfAnotherArchitectureIsRefused() throws {
    let run = try SmallRun()
    try run.train("a", until: 1)
    try edit(RunFolder(run.path("a")).configuration) {
      $0.replacing("\"width\" : 16", with: "\"width\" : 32").replacing("\"depth\" : 2", with: "\"depth\" : 3")
    }
    expectError("depth is 2, not 3; width is 16, not 32") { _ = try Run(loading: run.path("a")).model() }
    let error = #expect(throws: TrainingError.self) { try run.resume("a") }
    #expect(text(of: error).contains("depth is 2, not 3; width is 16, not 32"))
  }

  @Test func aSmallFileThatClaimsALargeModelIsRefused() throws {
    let run = try SmallRun()
    try run.train("a", until: 1)
    let path = run.checkpoint("a")
    var large = run.model
    large.depth = 4096
    var writer = SafetensorsWriter(metadata: try SafetensorsFile(reading: path).metadata)
    writer.metadata[CheckpointKey.configuration] = RunFolder.json(large)
    writer.metadata[CheckpointKey.checksum] = CheckpointKey.checksum(of: writer.metadata)
    try writer.write(to: path)
    expectError("too few for about 12,600,000 parameters") {
      _ = try CheckpointFile<LanguageModeling>(reading: path).model(expecting: large)
    }
  }

  @Test func noAlterationOfACheckpointGoesUnnoticed() throws {
    let run = try SmallRun()
    try run.train("a", until: 1)
    let path = run.checkpoint("a")
    let good = try Data(contentsOf: URL(filePath: path))
    let model = try CheckpointFile<LanguageModeling>(reading: path).model(expecting: run.model).tensors.map(
      \.floatScalars)
    var generator = Philox(seed: 3)
    for round in 0..<300 {
      var bytes = good
      if round < 50 {
        bytes = good.prefix(Int.random(in: 0..<good.count, using: &generator))
      } else {
        // The header is short: half of the changes go there.
        let end = round.isMultiple(of: 2) ? 3000 : good.count
        let place = Int.random(in: 0..<end, using: &generator)
        bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      }
      try bytes.write(to: URL(filePath: path))
      do throws(RunError) {
        let file = try CheckpointFile<LanguageModeling>(reading: path)
        let read = try file.model(expecting: run.model)
        _ = try file.optimizer(for: read, run.options)
        // A space of the header may have become a tab.
        #expect(read.tensors.map(\.floatScalars) == model)
        #expect(file.progress.step == 1)
      } catch {
        #expect("\(error)".contains(path))
      }
    }
  }
}
