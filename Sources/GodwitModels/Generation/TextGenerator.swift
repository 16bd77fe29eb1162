import GodwitTensor

/// Text that a model writes, byte by byte, without end unless it is given one.
///
///     for byte in TextGenerator(model, prompt: "Once upon a time", seed: 7).prefix(500) { … }
///
/// The same model, prompt, options and seed give the same bytes. With linear mixers each byte takes the same time and the
/// memory stays the same, however many there are. A value: a copy goes on by itself, with the same bytes.
public struct TextGenerator: Sequence, IteratorProtocol, Sendable {
  private var reader: TextReader
  private var sampler: ByteSampler
  private var logits: [Float]
  /// The byte that was drawn last and not yet read.
  private var pending: UInt8?

  /// Reads the prompt, of any length, in chunks; an empty one counts as a line break, so that a text begins.
  ///
  /// - Complexity: O(length of the prompt) with linear mixers.
  public init(
    _ model: LanguageModel, prompt: some Collection<UInt8>, sampling: SamplingOptions = SamplingOptions(),
    seed: UInt64 = 0
  ) {
    var reader = TextReader(model)
    var logits: [Float] = []
    func keepLast(_ run: [UInt8], _ all: Tensor) {
      logits = all.slice((run.count - 1)..<run.count, along: 0).floatScalars
    }
    if prompt.isEmpty {
      reader.read(CollectionOfOne(TextStart.byte), keepLast)
    } else {
      reader.read(prompt, keepLast)
    }
    self.reader = reader
    self.logits = logits
    sampler = ByteSampler(sampling, seed: seed)
  }

  /// The same with a prompt in UTF-8.
  public init(
    _ model: LanguageModel, prompt: String = "", sampling: SamplingOptions = SamplingOptions(), seed: UInt64 = 0
  ) {
    self.init(model, prompt: Array(prompt.utf8), sampling: sampling, seed: seed)
  }

  /// The next byte; never nil.
  public mutating func next() -> UInt8? {
    // A byte is read only when its successor is asked for, so that none is read in vain.
    if let pending { logits = reader.read(pending).floatScalars }
    let byte = sampler.draw(from: logits)
    pending = byte
    return byte
  }
}

/// What stands before the first byte of a text.
enum TextStart {
  /// A line break.
  static let byte = UInt8(ascii: "\n")
}
