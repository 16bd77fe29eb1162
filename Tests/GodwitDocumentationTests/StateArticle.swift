import Godwit
import GodwitTestSupport
import Testing

/// The snippets of the article on states and sessions.
struct StateArticle {
  private func model() throws -> LanguageModel {
    var generator = Philox(seed: 1)
    return try LanguageModel(LanguageModelConfiguration(width: 16, depth: 1, heads: 2), using: &generator)
  }

  @Test func statesAreData() throws {
    let model = try model()
    let folder = try TemporaryFolder()
    let path = folder.path("state")
    let prompts = ["The godwit flies", "Over the water", "Home"]
    let states = prompts.map { prompt in
      var state = model.initialState(batch: 1)
      _ = model.chunk(Indices(prompt.utf8.map(Int32.init), shape: [1, prompt.utf8.count]), state: &state)
      return state
    }
    var joined = LanguageModelState.joined(states)
    let logits = model.step(Indices([32, 46, 33]), state: &joined)  // a byte more of each text: [3, 256]
    let second = joined.select([1])
    #expect(logits.shape == [3, 256])
    #expect(second.positions.values == [15])
    try second.write(to: path, fingerprint: model.fingerprint, bytesRead: 15)
    let read = try LanguageModelState.read(path, fingerprint: model.fingerprint, initial: model.initialState(batch: 1))
    #expect(read.state == second)
  }

  @Test func sessionsReadAndWrite() async throws {
    let model = try model()
    let folder = try TemporaryFolder()
    let path = folder.path("session")
    var output: [UInt8] = []
    var session = TextSession(model, sampling: try SamplingOptions(temperature: 0.8, topP: 0.95), seed: 7)
    try await session.read("Once upon a time".utf8)
    let fork = session.fork(seed: 8)
    try await session.write(limit: 100, stoppingAt: [Array("\n\n".utf8)]) { bytes in output += bytes }
    try session.write(to: path)
    var later = try TextSession(model, reading: path)
    for try await byte in try fork.bytes(limit: 100) { output.append(byte) }
    #expect(output.count >= 100)
    #expect(later.next() == session.next())
    var batch = TextBatch((0..<8).map { session.fork(seed: $0) })
    let bytes = batch.next()  // one of each session
    let sessions = batch.sessions
    #expect(bytes.count == 8 && sessions.count == 8)
  }
}
