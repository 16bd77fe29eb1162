import GodwitLayers
import GodwitTensor

/// A model in the course of reading one text of any length.
///
/// What the model keeps of the text has a constant size with linear mixers. A model with learned positions cannot look
/// further back than its context: where that is full, it begins again with the latter half of it, and so goes on for ever.
struct TextReader: Sendable {
  let model: LanguageModel
  var state: LanguageModelState
  /// The bytes since the beginning or since the model last began again; kept only with learned positions.
  var recent: [UInt8] = []
  private let operationsPerByte: Double

  init(_ model: LanguageModel) {
    self.model = model
    state = model.initialState(batch: 1)
    operationsPerByte = 2 * Double(model.parameterCount)
  }

  /// The most bytes that are read at once.
  static let chunkLength = 512

  /// How many bytes may be read at once after those that were: fewer where they would take long, so that whoever waits for the
  /// reading of a prompt is not kept from ending it. It depends on nothing but the model and the position, as the last bits of
  /// what is read depend on where it is cut.
  private var greatestRun: Int {
    let configuration = model.configuration
    // The attention to a past that grows is the only part of the work that a position changes.
    let past = configuration.stateGrows ? Double(state.positions.most) : 0
    let operations = operationsPerByte + 4 * past * Double(configuration.width * configuration.depth)
    let count = min(max(Int(1e9 / max(operations, 1)), 1), Self.chunkLength)
    return count < 16 ? count : count / 16 * 16
  }

  /// Reads the first bytes of a text, as many as are read at once, and returns them with the logits after each, [C, 256].
  ///
  /// - Precondition: there is at least one byte.
  mutating func readRun(_ bytes: some Collection<UInt8>) -> (run: [UInt8], logits: Tensor) {
    let run = Array(bytes.prefix(makeRoom()))
    return (run, logits(run))
  }

  /// Reads bytes, of any number, and calls `body` for each run of them with the logits after each byte, [C, 256].
  mutating func read(_ bytes: some Collection<UInt8>, _ body: (_ run: [UInt8], _ logits: Tensor) -> Void) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let (run, logits) = readRun(rest)
      rest = rest.dropFirst(run.count)
      body(run, logits)
    }
  }

  /// Reads one byte and returns the logits of what comes next, [256].
  mutating func read(_ byte: UInt8) -> Tensor {
    makeRoom()
    remember([byte])
    let logits = model.step(Indices([Int32(byte)]), state: &state)
    return logits.reshaped([LanguageModelConfiguration.vocabulary])
  }

  /// How many bytes may be read at once, after beginning again if there was no room for one.
  @discardableResult
  mutating func makeRoom() -> Int {
    guard let limit = model.configuration.maximumLength else { return greatestRun }
    if state.positions.most >= limit {
      let kept = Array(recent.suffix(limit / 2))
      recent = []
      state = model.initialState(batch: 1)
      var start = 0
      while start < kept.count {
        let run = kept[start..<min(start + greatestRun, kept.count)]
        _ = logits(Array(run))
        start += run.count
      }
    }
    return min(limit - state.positions.most, greatestRun)
  }

  /// Keeps bytes that may have to be read again.
  mutating func remember(_ run: [UInt8]) {
    if model.configuration.maximumLength != nil { recent += run }
  }

  private mutating func logits(_ run: [UInt8]) -> Tensor {
    remember(run)
    let tokens = Indices(run.map { Int32($0) }, shape: [1, run.count])
    return model.chunk(tokens, state: &state).reshaped([run.count, LanguageModelConfiguration.vocabulary])
  }
}

/// What stands before the first byte of a text.
enum TextStart {
  /// A line break.
  static let byte = UInt8(ascii: "\n")
}
