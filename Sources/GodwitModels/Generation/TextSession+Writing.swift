extension TextSession {
  /// Why writing ended.
  public enum Ending: Sendable, Hashable {
    /// As many bytes were written as were asked for.
    case limit
    /// One of the stop sequences came; it is not part of what was written, but the session has read it.
    case stopSequence
  }

  /// Writes bytes until there are as many as asked for, or a stop sequence comes, or the task is cancelled.
  ///
  /// - Parameters:
  ///   - limit: the most bytes.
  ///   - stop: texts at which to end.
  ///   - report: told of bytes as soon as it is known that they do not belong to a stop sequence.
  /// - Throws: `WritingError` if a value cannot be used, `CancellationError` if the task is cancelled, as soon as the block of
  ///   the model that is at work has finished; the session may go on.
  @discardableResult
  public mutating func write(
    limit: Int, stoppingAt stop: [[UInt8]] = [], report: (_ bytes: [UInt8]) async throws -> Void
  ) async throws -> Ending {
    if limit < 0 { throw WritingError.negativeLimit(limit) }
    var sequences = try StopSequences(stop)
    var rest = limit
    while rest > 0 {
      let byte = try next(check: Task.checkCancellation)
      rest -= 1
      guard let free = sequences.add(byte) else {
        let before = sequences.finish()
        if !before.isEmpty { try await report(before) }
        return .stopSequence
      }
      if !free.isEmpty { try await report(free) }
      await Task.yield()
    }
    let held = sequences.finish()
    if !held.isEmpty { try await report(held) }
    return .limit
  }

  /// The bytes that a copy of this session writes, as an asynchronous sequence that ends at a limit, at a stop sequence, or
  /// when its task is cancelled.
  ///
  /// - Throws: if a value cannot be used.
  public func bytes(limit: Int = .max, stoppingAt stop: [[UInt8]] = []) throws(WritingError) -> TextBytes {
    if limit < 0 { throw .negativeLimit(limit) }
    return TextBytes(session: self, limit: limit, sequences: try StopSequences(stop))
  }
}

/// The bytes that a session writes, each as soon as it is known.
public struct TextBytes: AsyncSequence, Sendable {
  let session: TextSession
  let limit: Int
  let sequences: StopSequences

  public func makeAsyncIterator() -> Iterator {
    Iterator(session: session, rest: limit, sequences: sequences)
  }

  /// Writes one byte after another.
  public struct Iterator: AsyncIteratorProtocol {
    /// The session as it is after the bytes so far.
    public private(set) var session: TextSession
    private var rest: Int
    private var sequences: StopSequences
    private var ready: ArraySlice<UInt8> = []
    private var isOver = false

    init(session: TextSession, rest: Int, sequences: StopSequences) {
      (self.session, self.rest, self.sequences) = (session, rest, sequences)
    }

    /// The next byte; nil at the end.
    ///
    /// - Throws: `CancellationError` if the task is cancelled.
    public mutating func next() async throws -> UInt8? {
      while ready.isEmpty, !isOver {
        if rest > 0 {
          let byte = try session.next(check: Task.checkCancellation)
          rest -= 1
          if let free = sequences.add(byte) {
            ready = free[...]
          } else {
            isOver = true
            ready = sequences.finish()[...]
          }
          await Task.yield()
        } else {
          isOver = true
          ready = sequences.finish()[...]
        }
      }
      return ready.popFirst()
    }
  }
}
