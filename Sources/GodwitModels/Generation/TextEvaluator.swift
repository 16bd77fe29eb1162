import GodwitTensor

/// How well a model predicts a text of any length, given to it piece by piece.
///
/// The state is carried from piece to piece, so each byte is predicted from all before it (with learned positions: from at
/// least the last ⌊context / 2⌋ + 1 of them). The first byte is predicted as if after a line break. Where the text is cut into
/// pieces makes no difference beyond rounding.
public struct TextEvaluator: Sendable {
  private var reader: TextReader
  /// The logits of the byte to come, [1, 256].
  private var upcoming: Tensor
  /// The bytes read.
  public private(set) var byteCount = 0
  /// −Σ log p over the bytes read, in nats.
  public private(set) var nats = 0.0

  /// An evaluation that has read nothing yet.
  public init(_ model: LanguageModel) {
    reader = TextReader(model)
    upcoming = reader.read(TextStart.byte)
  }

  /// The mean loss of the bytes read, in bits; 0 before the first.
  public var bitsPerByte: Double { byteCount == 0 ? 0 : bits(nats: nats / Double(byteCount)) }

  /// Reads the next piece of the text.
  public mutating func read(_ bytes: some Collection<UInt8>) {
    var (upcoming, nats) = (upcoming, 0.0)
    func add(_ run: [UInt8], _ logits: Tensor) {
      let last = logits.slice((run.count - 1)..<run.count, along: 0)
      let predictions =
        run.count == 1 ? upcoming : concatenate([upcoming, logits.slice(0..<(run.count - 1), along: 0)], along: 0)
      let losses = crossEntropy(predictions, Indices(run.map { Int32($0) }))
      for loss in losses.scalars { nats += loss }
      upcoming = last
    }
    reader.read(bytes, check: {}, add)
    self.upcoming = upcoming
    self.nats += nats
    byteCount += bytes.count
  }
}

extension LanguageModel {
  /// The mean loss of a text, in bits per byte; see `TextEvaluator`, which takes a text in pieces.
  public func bitsPerByte(of text: some Collection<UInt8>) -> Double {
    var evaluator = TextEvaluator(self)
    evaluator.read(text)
    return evaluator.bitsPerByte
  }
}
