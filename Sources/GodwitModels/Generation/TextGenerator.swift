/// Text that a model writes, byte by byte, without end unless it is given one: a `TextSession` as a sequence.
///
///     for byte in TextGenerator(model, prompt: "Once upon a time", seed: 7).prefix(500) { … }
///
/// A value: a copy goes on by itself, with the same bytes.
public struct TextGenerator: Sequence, IteratorProtocol, Sendable {
  /// The session that writes.
  public private(set) var session: TextSession

  /// Goes on from a session.
  public init(_ session: TextSession) { self.session = session }

  /// Reads the prompt, of any length; after an empty one a text begins.
  ///
  /// - Complexity: O(length of the prompt) with linear mixers.
  public init(
    _ model: LanguageModel, prompt: some Collection<UInt8>, sampling: SamplingOptions = SamplingOptions(),
    seed: UInt64 = 0
  ) {
    session = TextSession(model, sampling: sampling, seed: seed)
    session.read(prompt)
  }

  /// The same with a prompt in UTF-8.
  public init(
    _ model: LanguageModel, prompt: String = "", sampling: SamplingOptions = SamplingOptions(), seed: UInt64 = 0
  ) {
    self.init(model, prompt: Array(prompt.utf8), sampling: sampling, seed: seed)
  }

  /// The next byte; never nil.
  public mutating func next() -> UInt8? { session.next() }
}
