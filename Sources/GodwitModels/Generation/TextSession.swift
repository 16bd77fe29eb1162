import GodwitTensor

/// A model that reads and writes one text: it may read more at any time, write, and be kept in a file in between.
///
///     var session = TextSession(model, seed: 7)
///     session.read("Once upon a time".utf8)
///     for _ in 0..<500 { print(session.next()) }
///
/// A value: a copy is a fork that goes on by itself. The same model, bytes, options and seed give the same bytes. With linear
/// mixers a byte takes the same time and the session the same memory, however long the text.
///
/// Many sessions may work at the same time, each on a thread or in a task of its own, and share the cores. Many that write at the
/// same time can step together as a `TextBatch`.
public struct TextSession: Sendable {
  /// The model.
  public var model: LanguageModel { reader.model }
  /// How bytes are drawn; what is changed holds from the next byte on.
  public var sampler: ByteSampler
  /// The bytes of the text, those that were read and those that were written.
  public private(set) var byteCount = 0
  var reader: TextReader
  /// The logits of the next byte; nil before the beginning.
  private(set) var logits: [Float]?
  /// The byte that was drawn last and not yet read.
  private(set) var pending: UInt8?

  /// A session that has read nothing yet.
  public init(_ model: LanguageModel, sampling: SamplingOptions = SamplingOptions(), seed: UInt64 = 0) {
    reader = TextReader(model)
    sampler = ByteSampler(sampling, seed: seed)
  }

  init(_ reader: TextReader, sampler: ByteSampler, logits: [Float]?, byteCount: Int) {
    (self.reader, self.sampler, self.logits, self.byteCount) = (reader, sampler, logits, byteCount)
  }

  /// Reads bytes, any number of them.
  ///
  /// - Complexity: O(bytes) with linear mixers.
  public mutating func read(_ bytes: some Collection<UInt8>) {
    var rest = bytes[...]
    while !rest.isEmpty { rest = rest.dropFirst(readRun(rest, check: {})) }
  }

  /// Reads bytes, any number of them, until it is cancelled.
  ///
  /// - Throws: `CancellationError` if the task is cancelled, as soon as the block of the model that is at work has finished; the
  ///   session has then taken `byteCount` bytes in all and may go on.
  public mutating func read(_ bytes: some Collection<UInt8>) async throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      rest = rest.dropFirst(try readRun(rest, check: Task.checkCancellation))
      await Task.yield()
    }
  }

  /// The next byte, drawn from the model's distribution. At the beginning of a text it is drawn as if after a line break.
  public mutating func next() -> UInt8 { next(check: {}) }

  /// The next byte.
  ///
  /// - Parameters:
  ///   - check: called first and between blocks of the model; if it throws no byte is drawn, and the session may go on.
  mutating func next(check: () throws -> Void) rethrows -> UInt8 {
    try check()
    // A byte is read only when its successor is asked for, so that none is read in vain.
    try prepare(check: check)
    return draw()
  }

  /// Reads what must be read before a byte can be drawn.
  mutating func prepare(check: () throws -> Void) rethrows {
    try finishReading(check: check)
    if logits == nil {
      // In a copy, as the line break is no part of the text if it is not gone on with.
      var start = reader
      try start.begin(TextStart.byte, check: check)
      logits = try start.finish(check: check)!.floatScalars
      reader = start
    }
  }

  /// Draws a byte, which is read when its successor is asked for.
  ///
  /// - Precondition: the logits are known, nothing is to be read.
  mutating func draw() -> UInt8 {
    let byte = sampler.draw(from: logits!)
    pending = byte
    byteCount += 1
    return byte
  }

  /// A copy that goes on with other random numbers.
  public func fork(seed: UInt64) -> TextSession {
    var copy = self
    copy.sampler.generator = ByteSampler(sampler.options, seed: seed).generator
    return copy
  }

  /// Reads as many of the bytes as are read at once; how many they are. They count as soon as they are begun.
  mutating func readRun(_ bytes: some Collection<UInt8>, check: () throws -> Void) rethrows -> Int {
    try finishReading(check: check)
    let count = try reader.begin(bytes, check: check)
    byteCount += count
    try finishReading(check: check)
    return count
  }

  /// Reads what was begun and the byte that was drawn last, so that the state and the logits are those after it.
  mutating func finishReading(check: () throws -> Void) rethrows {
    if let begun = try reader.finish(check: check) { logits = begun.lastRow }
    guard let byte = pending else { return }
    try reader.begin(byte, check: check)
    pending = nil
    logits = try reader.finish(check: check)!.lastRow
  }

  /// The byte that was drawn last was read with those of other sessions: here are the logits after it.
  mutating func hasRead(logits: [Float]) {
    if let byte = pending.take() { reader.remember([byte]) }
    self.logits = logits
  }
}

extension Tensor {
  fileprivate var lastRow: [Float] { slice((shape[0] - 1)..<shape[0], along: 0).floatScalars }
}
