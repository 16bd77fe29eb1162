import Foundation
import GodwitTensor

extension TextSession {
  private enum Name {
    static let sampler = "sampler"
    static let logits = "logits"
    static let recent = "recent"
  }

  /// Writes the session to a file: a text that was read once can be gone on with many times.
  ///
  /// The file has what the model keeps of the text, not the text; with a linear mixer always the same size.
  ///
  /// - Throws: if the system refuses; an older file of that name is then as it was.
  public func write(to path: String) throws(StateFileError) {
    var session = self
    session.finishReading(check: {})
    let reader = session.reader
    try StateFile.write(
      reader.state, fingerprint: model.fingerprint, bytesRead: byteCount, to: path
    ) { writer in
      writer.metadata[Name.sampler] = RunFolder.json(sampler)
      if let logits = session.logits { writer.add(Name.logits, Tensor(logits, shape: [logits.count])) }
      if !reader.recent.isEmpty { writer.add(Name.recent, reader.recent, dtype: .uint8, shape: [reader.recent.count]) }
    }
  }

  /// A session as it was written to a file.
  ///
  /// - Throws: if the file is damaged, or of another model; then it names both fingerprints.
  public init(_ model: LanguageModel, reading path: String) throws(StateFileError) {
    let file = try StateFile(reading: path, fingerprint: model.fingerprint)
    guard let text = file[metadata: Name.sampler],
      let sampler = try? JSONDecoder().decode(ByteSampler.self, from: Data(text.utf8))
    else { throw file.damaged("its sampler cannot be understood") }
    var reader = TextReader(model)
    reader.state = try file.state(reader.state)
    var logits: [Float]?
    if file.has(Name.logits) {
      let vocabulary = LanguageModelConfiguration.vocabulary
      let leaf = try file.leaf(Name.logits, like: .tensor(Tensor(zeros: [0]), .weight))
      guard case .tensor(let tensor, _) = leaf, tensor.shape == [vocabulary] else {
        throw file.damaged("it has logits of the shape \(leaf.shape), expected [\(vocabulary)]")
      }
      logits = tensor.floatScalars
    } else if reader.state.positions.most > 0 {
      throw file.damaged("it has a state and no logits")
    }
    if file.has(Name.recent) {
      let leaf = try file.leaf(Name.recent, like: .packed(PackedArray([], element: .uint8, shape: [0])))
      guard case .packed(let bytes) = leaf, bytes.shape.rank == 1 else { throw file.damaged("its bytes have no order") }
      reader.recent = bytes.withUnsafeBytes { Array($0) }
    }
    guard let limit = model.configuration.maximumLength else {
      guard reader.recent.isEmpty else { throw file.damaged("it has bytes that the model does not keep") }
      // One more than bytes where the text began with none: what stands before its first byte was read too.
      let position = reader.state.positions[0]
      guard 0...1 ~= position - file.bytesRead else {
        throw file.damaged("it is at position \(position) after \(file.bytesRead) bytes")
      }
      self.init(reader, sampler: sampler, logits: logits, byteCount: file.bytesRead)
      return
    }
    guard reader.recent.count == reader.state.positions.most, reader.recent.count <= limit else {
      throw file.damaged(
        "it has \(reader.recent.count) bytes and \(reader.state.positions.most) positions for a context of \(limit)")
    }
    self.init(reader, sampler: sampler, logits: logits, byteCount: file.bytesRead)
  }
}
