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
    while !rest.isEmpty { rest = rest.dropFirst(readRun(rest)) }
  }

  /// Reads bytes, any number of them, until it is cancelled.
  ///
  /// - Throws: `CancellationError` if the task is cancelled, after the piece of at most 512 bytes that is being read; the session
  ///   has then read `byteCount` bytes in all and may go on.
  public mutating func read(_ bytes: some Collection<UInt8>) async throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      try Task.checkCancellation()
      rest = rest.dropFirst(readRun(rest))
      await Task.yield()
    }
  }

  /// The next byte, drawn from the model's distribution. At the beginning of a text it is drawn as if after a line break.
  public mutating func next() -> UInt8 {
    // A byte is read only when its successor is asked for, so that none is read in vain.
    prepare()
    return draw()
  }

  /// Reads what must be read before a byte can be drawn.
  mutating func prepare() {
    readPending()
    if logits == nil { logits = reader.read(TextStart.byte).floatScalars }
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

  /// Reads a part of the bytes that takes no long time; how many they are.
  private mutating func readRun(_ bytes: some Collection<UInt8>) -> Int {
    readPending()
    let (run, all) = reader.readRun(bytes)
    logits = all.slice((run.count - 1)..<run.count, along: 0).floatScalars
    byteCount += run.count
    return run.count
  }

  /// Reads the byte that was drawn last, so that the state and the logits are those after it.
  mutating func readPending() {
    guard let byte = pending.take() else { return }
    logits = reader.read(byte).floatScalars
  }

  /// The byte that was drawn last was read with those of other sessions: here are the logits after it.
  mutating func hasRead(logits: [Float]) {
    if let byte = pending.take() { reader.remember([byte]) }
    self.logits = logits
  }
}
