import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

@testable import GodwitModels

@Suite struct TextSessionTests {
  private static let models: [(mixer: String, positions: PositionEncoding?)] =
    MixerKind.names.map { ($0, nil) } + [("softmax", .learned), ("linear,local:window=5,flash:chunk=8", nil)]

  private func model(_ mixer: String, _ positions: PositionEncoding?) throws -> LanguageModel {
    var generator = Philox(seed: 2)
    let depth = mixer.contains(",") ? 3 : 2
    let configuration = LanguageModelConfiguration(
      mixer: mixer, width: 16, depth: depth, heads: 2, context: 24, positions: positions)
    return try LanguageModel(configuration, using: &generator).mapTensors { $0 * 4 }
  }

  private func written(_ session: inout TextSession, _ count: Int) -> [UInt8] {
    (0..<count).map { _ in session.next() }
  }

  @Test(arguments: models) func savedAndLoadedInTheMiddleChangesNothing(
    mixer: String, positions: PositionEncoding?
  ) throws {
    let model = try model(mixer, positions)
    let folder = try TemporaryFolder()
    var whole = TextSession(model, seed: 3)
    for prompt in ["", "the long flight of a godwit", "x"] {
      whole.read(Array(prompt.utf8))
      var part = whole
      let want = written(&whole, 40)
      let first = written(&part, 17)
      try part.write(to: folder.path("state"))
      var loaded = try TextSession(model, reading: folder.path("state"))
      #expect(first + written(&loaded, 23) == want)
      #expect(loaded.byteCount == whole.byteCount)
      // Equal states give equal files.
      try loaded.write(to: folder.path("a"))
      try whole.write(to: folder.path("b"))
      #expect(try folder.bytes("a") == folder.bytes("b"))
    }
  }

  @Test(arguments: models) func manySessionsWriteTogetherWhatEachWritesAlone(
    mixer: String, positions: PositionEncoding?
  ) throws {
    let model = try model(mixer, positions)
    // More than are stepped at once; at different places, one at the beginning, some that have written.
    var alone = (0..<18).map { index in
      var session = TextSession(model, seed: UInt64(index))
      session.read(TextGeneratorTests.prompt.prefix(index * 3))
      if index % 3 == 1 { _ = session.next() }
      return session
    }
    var batch = TextBatch(alone)
    let together = (0..<30).map { _ in batch.next() }
    for index in alone.indices {
      #expect(written(&alone[index], 30) == together.map { $0[index] }, "session \(index)")
    }
    // Taken out, they go on as if never joined.
    var parts = batch.sessions
    for index in alone.indices {
      #expect(parts[index].byteCount == alone[index].byteCount)
      #expect(written(&parts[index], 9) == written(&alone[index], 9), "session \(index)")
    }
  }

  @Test func aStateOfAnotherModelIsRefused() throws {
    let folder = try TemporaryFolder()
    let (one, other) = (try model("linear", nil), try model("linear", nil).mapTensors { $0 * 1.001 })
    try TextSession(one).write(to: folder.path("state"))
    let error = #expect(throws: StateFileError.self) { try TextSession(other, reading: folder.path("state")) }
    #expect(text(of: error).contains(one.fingerprint) && text(of: error).contains(other.fingerprint))
    #expect(one.fingerprint != other.fingerprint)
  }

  @Test func aForkGoesOnByItself() throws {
    var session = TextSession(try model("linear", nil), seed: 3)
    session.read(Array("a godwit".utf8))
    var (copy, fork) = (session, session.fork(seed: 4))
    let want = written(&session, 20)
    #expect(written(&copy, 20) == want)
    #expect(written(&fork, 20) != want)
    #expect(fork.byteCount == 28)
  }

  @Test func readingInPartsIsReadingAtOnce() async throws {
    let model = try model("linear", nil)
    var (parts, whole) = (TextSession(model, seed: 1), TextSession(model, seed: 1))
    let text = Array(TextGeneratorTests.prompt.prefix(700))
    try await whole.read(text)
    try await parts.read(text[..<512])
    try await parts.read(text[512...])
    try await parts.read([UInt8]())
    #expect(written(&parts, 20) == written(&whole, 20))
    #expect(parts.byteCount == 720)
  }

  @Test func writingEndsAtAStopSequence() async throws {
    let model = try model("linear", nil)
    var probe = TextSession(model, seed: 5)
    let text = written(&probe, 60)
    let stop = Array(text[20..<23])
    let place = (0...57).first { Array(text[$0..<$0 + 3]) == stop }!
    var session = TextSession(model, seed: 5)
    var got: [UInt8] = []
    let ending = try await session.write(limit: 60, stoppingAt: [[1, 2, 3, 4, 5], stop]) { got += $0 }
    #expect(ending == .stopSequence)
    #expect(got == Array(text[..<place]))
    #expect(session.byteCount == place + 3)
    // The session goes on behind it.
    #expect(written(&session, 5) == Array(text[(place + 3)..<(place + 8)]))
    got = []
    for try await byte in try TextSession(model, seed: 5).bytes(limit: 60, stoppingAt: [stop]) { got.append(byte) }
    #expect(got == Array(text[..<place]))
    got = []
    for try await byte in try TextSession(model, seed: 5).bytes(limit: 60) { got.append(byte) }
    #expect(got == text)
  }

  @Test func stopSequencesHoldBackNoMoreThanTheyMust() throws {
    var stop = try StopSequences([Array("abac".utf8), Array("xy".utf8)])
    var out: [String] = []
    for byte in "zababacq".utf8 {
      out.append(stop.add(byte).map { String(decoding: $0, as: UTF8.self) } ?? "|")
    }
    #expect(out == ["z", "", "", "", "ab", "", "|", "q"])
    #expect(stop.finish() == [])
    _ = stop.add(UInt8(ascii: "x"))
    #expect(stop.finish() == Array("x".utf8))
  }

  @Test func whatAClientMaySendIsAnError() async throws {
    let session = TextSession(try model("linear", nil))
    #expect(throws: WritingError.negativeLimit(-1)) { try session.bytes(limit: -1) }
    #expect(throws: WritingError.emptyStopSequence) { try session.bytes(stoppingAt: [[]]) }
    var copy = session
    await #expect(throws: WritingError.negativeLimit(-7)) { try await copy.write(limit: -7) { _ in } }
    #expect(try await copy.write(limit: 0) { _ in } == .limit)
  }

  @Test(arguments: models) func stoppedBetweenBlocksChangesNothing(
    mixer: String, positions: PositionEncoding?
  ) throws {
    struct Stop: Error {}
    let model = try model(mixer, positions)
    let folder = try TemporaryFolder()
    // Longer than the context of learned positions.
    let prompt = TextGeneratorTests.prompt.prefix(61)
    for isRead in [true, false] {
      var (whole, stopped) = (TextSession(model, seed: 3), TextSession(model, seed: 3))
      if isRead { whole.read(prompt) }
      let want = written(&whole, 40)
      // Each call may pass one block more than the one before, so that each place is the end of one.
      var (patience, stops) = (0, 0)
      func attempt<T>(_ body: (() throws -> Void) throws -> T) -> T? {
        var left = patience
        do {
          let result = try body { if left == 0 { throw Stop() } else { left -= 1 } }
          patience = 0
          return result
        } catch {
          (patience, stops) = (patience + 1, stops + 1)
          return nil
        }
      }
      while isRead, stopped.byteCount < prompt.count {
        let rest = prompt.dropFirst(stopped.byteCount)
        _ = attempt { try stopped.readRun(rest, check: $0) }
      }
      var bytes: [UInt8] = []
      while bytes.count < want.count {
        if let byte = attempt({ try stopped.next(check: $0) }) { bytes.append(byte) }
      }
      #expect(bytes == want)
      #expect(stops > 40)
      #expect(stopped.byteCount == whole.byteCount)
      try whole.write(to: folder.path("whole"))
      try stopped.write(to: folder.path("stopped"))
      #expect(try folder.bytes("whole") == folder.bytes("stopped"))
    }
  }

  @Test func aCancelledTaskWritesNothing() async throws {
    let model = try model("linear", nil)
    var begun = TextSession(model)
    _ = begun.readRun("x".utf8, check: {})
    let task = Task { [begun] in
      withUnsafeCurrentTask { $0?.cancel() }
      var (session, bytes) = (begun, [UInt8]())
      await #expect(throws: CancellationError.self) { try await session.write(limit: 5) { bytes += $0 } }
      return bytes
    }
    #expect(await task.value.isEmpty)
  }

  @Test func readingAndWritingEndWhenTheTaskIsCancelled() async throws {
    let model = try model("softmax", nil)
    let endless = [UInt8](repeating: 65, count: 50_000_000)
    let reading = Task {
      var session = TextSession(model)
      do { try await session.read(endless) } catch is CancellationError { return session.byteCount }
      return -1
    }
    let writing = Task {
      var (session, count) = (TextSession(model), 0)
      do { try await session.write(limit: .max) { count += $0.count } } catch is CancellationError { return count }
      return -1
    }
    try await Task.sleep(for: .milliseconds(100))
    reading.cancel()
    writing.cancel()
    #expect(try await reading.value >= 0)
    #expect(try await writing.value >= 0)
  }
}
