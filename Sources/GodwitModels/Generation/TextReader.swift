import GodwitLayers
import GodwitTensor

/// A model in the course of reading one text of any length.
///
/// What the model keeps of the text has a constant size with linear mixers. A model with learned positions cannot look
/// further back than its context: where that is full, it begins again with the last ⌊context / 2⌋ bytes, and so goes on for ever.
///
/// Bytes are begun and then finished. Who finishes may be stopped between two blocks of the model; what is left is then finished
/// the next time, so nothing is lost and nothing read twice.
struct TextReader: Sendable {
  let model: LanguageModel
  var state: LanguageModelState
  /// The bytes since the beginning or since the model last began again; kept only with learned positions.
  var recent: [UInt8] = []
  /// The bytes that were begun and are not finished.
  private var passage: Passage?
  private let operationsPerByte: Double

  init(_ model: LanguageModel) {
    self.model = model
    state = model.initialState(batch: 1)
    operationsPerByte = 2 * Double(model.parameterCount)
  }

  /// The most bytes that are read at once.
  static let chunkLength = 512

  /// How many bytes may be read at once after those that were: fewer where a block would take long over them, so that whoever waits
  /// for a reading to stop need not wait. It depends on nothing but the model and the position, as the last bits of what is read
  /// depend on where it is cut.
  private var greatestRun: Int {
    let configuration = model.configuration
    // The attention to a past that grows is the only part of the work that a position changes.
    let past = configuration.stateGrows ? Double(state.positions.most) : 0
    let operations = operationsPerByte / Double(configuration.depth) + 4 * past * Double(configuration.width)
    let count = min(max(Int(1e9 / max(operations, 1)), 1), Self.chunkLength)
    return count < 16 ? count : count / 16 * 16
  }

  /// Begins the first bytes, as many as are read at once; how many they are.
  ///
  /// - Parameters:
  ///   - check: called between blocks; what it throws ends the call.
  /// - Precondition: there is at least one byte, and what was begun is finished.
  mutating func begin(_ bytes: some Collection<UInt8>, check: () throws -> Void) rethrows -> Int {
    let run = Array(bytes.prefix(try makeRoom(check: check)))
    begin(Indices(run.map { Int32($0) }, shape: [1, run.count]))
    remember(run)
    return run.count
  }

  /// Begins one byte.
  mutating func begin(_ byte: UInt8, check: () throws -> Void) rethrows {
    try makeRoom(check: check)
    begin(Indices([Int32(byte)]))
    remember([byte])
  }

  /// Finishes what was begun: the logits after each byte, [C, 256]; nil if nothing was begun.
  mutating func finish(check: () throws -> Void) rethrows -> Tensor? {
    guard var passage = passage.take() else { return nil }
    var context = ForwardContext.evaluation
    do {
      while passage.depth < model.blocks.count {
        try check()
        passage.advance(through: model, state: &state, context: &context)
      }
    } catch {
      self.passage = passage
      throw error
    }
    let logits = passage.end(in: model, state: &state)
    let vocabulary = LanguageModelConfiguration.vocabulary
    return logits.reshaped([logits.count / vocabulary, vocabulary])
  }

  /// Reads bytes, of any number, and calls `body` for each run of them with the logits after each byte, [C, 256].
  mutating func read(
    _ bytes: some Collection<UInt8>, check: () throws -> Void, _ body: (_ run: [UInt8], _ logits: Tensor) -> Void
  ) rethrows {
    var rest = bytes[...]
    while !rest.isEmpty {
      let run = Array(rest.prefix(try begin(rest, check: check)))
      rest = rest.dropFirst(run.count)
      body(run, try finish(check: check)!)
    }
  }

  /// Reads one byte and returns the logits of what comes next, [1, 256].
  mutating func read(_ byte: UInt8) -> Tensor {
    begin(byte, check: {})
    return finish(check: {})!
  }

  /// How many bytes may be read at once, after beginning again if there was no room for one.
  @discardableResult
  mutating func makeRoom(check: () throws -> Void) rethrows -> Int {
    guard let limit = model.configuration.maximumLength else { return greatestRun }
    if state.positions.most >= limit {
      var again = TextReader(model)
      try again.read(recent.suffix(limit / 2), check: check, { _, _ in })
      self = again
    }
    return min(limit - state.positions.most, greatestRun)
  }

  /// Keeps bytes that may have to be read again.
  mutating func remember(_ run: [UInt8]) {
    if model.configuration.maximumLength != nil { recent += run }
  }

  private mutating func begin(_ tokens: Indices) {
    var context = ForwardContext.evaluation
    passage = Passage(tokens, into: model, after: state, context: &context)
  }
}

/// What stands before the first byte of a text.
enum TextStart {
  /// A line break.
  static let byte = UInt8(ascii: "\n")
}
