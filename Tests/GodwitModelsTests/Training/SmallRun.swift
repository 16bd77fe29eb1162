import Foundation
import GodwitRandom
import GodwitTestSupport
import Testing

@testable import GodwitModels

/// A run so small that tests can train it many times.
struct SmallRun {
  let folder: TemporaryFolder
  let text: String
  var model = LanguageModelConfiguration(mixer: "linear", width: 16, depth: 2, heads: 2, context: 16, dropout: 0.1)
  var options = TextTrainingOptions(
    steps: 20, batch: 3, accumulation: 2, learningRate: 3e-3, seed: 11, evaluationInterval: 4, evaluationBytes: 100,
    sampleInterval: 7, sampleBytes: 10, logInterval: 3)

  /// Whether the run keeps the text, so that its file may change.
  var copiesText = true

  init() throws {
    folder = try TemporaryFolder()
    text = try folder.write("text.txt", Self.words(count: 3000, seed: 1))
  }

  /// Text of a few words, in which there is something to learn.
  static func words(count: Int, seed: UInt64) -> [UInt8] {
    var generator = Philox(seed: seed)
    let words = ["the", "long", "flight", "of", "a", "godwit", "over", "water"]
    var text: [UInt8] = []
    while text.count < count { text += Array((words.randomElement(using: &generator)! + " ").utf8) }
    return Array(text.prefix(count))
  }

  func path(_ name: String) -> String { folder.path(name) }

  func request(_ name: String, from: Run<LanguageModeling>? = nil) -> TrainingRequest {
    TrainingRequest(
      paths: [text], folder: path(name), model: model, options: options, from: from, copiesText: copiesText,
      command: "a test")
  }

  /// Trains a new run to its end, or until it has made some updates.
  @discardableResult
  func train(_ name: String, until step: Int = .max) throws(TrainingError) -> Trainer<LanguageModeling>.Outcome {
    try Trainer(request(name)).train(until: step)
  }

  @discardableResult
  func resume(_ name: String, until step: Int = .max) throws(TrainingError) -> Trainer<LanguageModeling>.Outcome {
    try Trainer(resuming: path(name)).train(until: step)
  }

  /// The history of a run, times and memory apart.
  func history(_ name: String) throws -> [String] {
    let text = try String(contentsOfFile: RunFolder(path(name)).metrics, encoding: .utf8)
    return try text.split(separator: "\n").map { line in
      var object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
      for key in ["tokensPerSecond", "elapsedSeconds", "peakMemoryBytes", "run"] { object[key] = nil }
      return String(decoding: try JSONSerialization.data(withJSONObject: object, options: .sortedKeys), as: UTF8.self)
    }
  }

  /// The bytes of every tensor of a checkpoint, by name.
  func tensors(_ name: String, _ kind: CheckpointKind) throws -> [String: [UInt8]] {
    let file = try SafetensorsFile(reading: RunFolder(path(name)).checkpoint(kind))
    return try Dictionary(uniqueKeysWithValues: file.names.map { ($0, try file.bytes($0)) })
  }

  func checkpoint(_ name: String, _ kind: CheckpointKind = .last) -> String {
    RunFolder(path(name)).checkpoint(kind)
  }
}

/// What an error says.
func text(of error: (any Error)?) -> String { error.map { "\($0)" } ?? "no error" }

/// Records that an error is another one than expected.
func unexpected(_ error: (any Error)?, _ location: SourceLocation = #_sourceLocation) {
  Issue.record("another outcome was expected than: \(text(of: error))", sourceLocation: location)
}
