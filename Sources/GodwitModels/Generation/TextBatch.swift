import GodwitKernels
import GodwitLayers
import GodwitTensor

/// Several sessions of one model that write at the same time: each step is one of all of them. They may be at different places
/// of different texts.
///
/// Each session gets the same bytes, bit for bit, as it would by itself.
public struct TextBatch: Sendable {
  private var groups: [SessionGroup]

  /// So few that a product of matrices computes each row as it would alone.
  private static let sessionsInGroup = 16

  /// Joins sessions.
  ///
  /// - Precondition: all are of one architecture; the first one's parameters serve all.
  public init(_ sessions: [TextSession]) {
    for session in sessions {
      require(
        session.model.configuration == sessions[0].model.configuration,
        "TextBatch: sessions of different architectures cannot write together")
    }
    groups = stride(from: 0, to: sessions.count, by: Self.sessionsInGroup).map { start in
      SessionGroup(Array(sessions[start..<min(start + Self.sessionsInGroup, sessions.count)]))
    }
  }

  /// The sessions as they are now, in the order in which they were joined.
  public var sessions: [TextSession] { groups.flatMap(\.separated) }

  /// The next byte of each session.
  public mutating func next() -> [UInt8] { groups.indices.flatMap { groups[$0].next() } }
}

/// Some sessions whose states are one.
private struct SessionGroup: Sendable {
  private let model: LanguageModel
  private var sessions: [TextSession]
  private var state: LanguageModelState

  init(_ sessions: [TextSession]) {
    model = sessions[0].model
    self.sessions = sessions
    for index in sessions.indices { self.sessions[index].prepare(check: {}) }
    state = LanguageModelState.joined(self.sessions.map(\.reader.state))
    // Nobody needs these while the joined one is the state.
    let none = model.initialState(batch: 1)
    for index in sessions.indices { self.sessions[index].reader.state = none }
  }

  /// Each session with its part of the state.
  var separated: [TextSession] {
    sessions.enumerated().map { row, session in
      var session = session
      session.reader.state = state.select([row])
      return session
    }
  }

  mutating func next() -> [UInt8] {
    if sessions[0].pending != nil { readPending() }
    return sessions.indices.map { sessions[$0].draw() }
  }

  private mutating func readPending() {
    makeRoom()
    let logits = model.step(Indices(sessions.map { Int32($0.pending!) }), state: &state).floatScalars
    let count = logits.count / sessions.count
    for row in sessions.indices {
      sessions[row].hasRead(logits: Array(logits[row * count..<(row + 1) * count]))
    }
  }

  /// Lets sessions begin again that have come to the end of learned positions.
  private mutating func makeRoom() {
    guard let limit = model.configuration.maximumLength, state.positions.most >= limit else { return }
    let parts = separated.map { session in
      var reader = session.reader
      reader.makeRoom(check: {})
      return reader
    }
    state = LanguageModelState.joined(parts.map(\.state))
    for row in sessions.indices { sessions[row].reader.recent = parts[row].recent }
  }
}
