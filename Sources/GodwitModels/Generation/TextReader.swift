import GodwitTensor

/// A model in the course of reading one text of any length.
///
/// What the model keeps of the text has a constant size with linear mixers. A model with learned positions cannot look
/// further back than its context: where that is full, it begins again with the latter half of it, and so goes on for ever.
struct TextReader: Sendable {
  let model: LanguageModel
  private var state: LanguageModelState
  /// The bytes since the beginning or since the model last began again; kept only with learned positions.
  private var recent: [UInt8] = []

  init(_ model: LanguageModel) {
    self.model = model
    state = model.initialState(batch: 1)
  }

  /// The most bytes that are read at once.
  static let chunkLength = 512

  /// Reads bytes, of any number, and calls `body` for each run of them with the logits after each byte, [C, 256].
  mutating func read(_ bytes: some Collection<UInt8>, _ body: (_ run: [UInt8], _ logits: Tensor) -> Void) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let run = Array(rest.prefix(makeRoom()))
      rest = rest.dropFirst(run.count)
      body(run, logits(run))
    }
  }

  /// Reads one byte and returns the logits of what comes next, [256].
  mutating func read(_ byte: UInt8) -> Tensor {
    _ = makeRoom()
    if model.configuration.maximumLength != nil { recent.append(byte) }
    let logits = model.step(Indices([Int32(byte)]), state: &state)
    return logits.reshaped([LanguageModelConfiguration.vocabulary])
  }

  /// How many bytes may be read at once, after beginning again if there was no room for one.
  private mutating func makeRoom() -> Int {
    guard let limit = model.configuration.maximumLength else { return Self.chunkLength }
    if state.position >= limit {
      let kept = Array(recent.suffix(limit / 2))
      recent = []
      state = model.initialState(batch: 1)
      for start in stride(from: 0, to: kept.count, by: Self.chunkLength) {
        _ = logits(Array(kept[start..<min(start + Self.chunkLength, kept.count)]))
      }
    }
    return min(limit - state.position, Self.chunkLength)
  }

  private mutating func logits(_ run: [UInt8]) -> Tensor {
    if model.configuration.maximumLength != nil { recent += run }
    let tokens = Indices(run.map { Int32($0) }, shape: [1, run.count])
    return model.chunk(tokens, state: &state).reshaped([run.count, LanguageModelConfiguration.vocabulary])
  }
}
