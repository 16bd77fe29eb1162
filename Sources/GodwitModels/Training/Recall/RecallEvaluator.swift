import GodwitLayers
import GodwitRandom
import GodwitTensor

/// How much of a problem a model has solved.
public struct RecallScore: Sendable, Hashable {
  /// The sequences read.
  public internal(set) var sequences = 0
  /// The answers given.
  public internal(set) var answers = 0
  /// The answers that were right: the right token was the most likely one.
  public internal(set) var rightAnswers = 0
  /// The sequences with all answers right.
  public internal(set) var rightSequences = 0

  /// The part of the answers that was right; 0 before the first.
  public var accuracy: Double { answers == 0 ? 0 : Double(rightAnswers) / Double(answers) }
  /// The part of the sequences with all answers right; 0 before the first.
  public var sequenceAccuracy: Double { sequences == 0 ? 0 : Double(rightSequences) / Double(sequences) }
}

/// How well a model solves a problem, of the length that it was trained with or any other, measured batch by batch.
///
/// Sequences are read in pieces of at most 2,048 tokens, with the state carried from piece to piece. The examples are the
/// same for every model.
public struct RecallEvaluator: Sendable {
  /// Which examples are predicted: two sets of their own, of which training sees none.
  public enum Examples: UInt64, Sendable, Hashable {
    /// Those that choose the best checkpoint and the best options.
    case validation = 1
    /// Those that tell how good it is.
    case test
  }

  private static let seed: UInt64 = 0x7265_6361_6c6c_2031
  private static let piece = 2_048
  /// The tokens of one pass: enough for the kernels to work at full speed.
  private static let tokensPerPass = 8_192

  private let model: LanguageModel
  private let problem: RecallProblem
  /// The sequences to read.
  public let count: Int
  private var generator: Philox
  /// What is known so far.
  public private(set) var score = RecallScore()

  /// An evaluation that has read nothing yet.
  ///
  /// - Parameters:
  ///   - count: the sequences to read; as many as `exampleCount(length:)` says if nil.
  /// - Precondition: the problem is valid, and the model can read its sequences.
  public init(_ model: LanguageModel, _ problem: RecallProblem, _ examples: Examples = .test, count: Int? = nil) {
    self.model = model
    self.problem = problem
    self.count = count ?? Self.exampleCount(length: problem.length)
    generator = Self.generator(of: examples)
  }

  /// What the examples are drawn with.
  static func generator(of examples: Examples) -> Philox { Philox(seed: seed, stream: examples.rawValue) }

  /// The sequences of a test: 1,024, or as many as have four million tokens together, but at least 64.
  public static func exampleCount(length: Int) -> Int { min(1_024, max(64, (4 << 20) / length)) }

  /// Whether all sequences are read.
  public var isFinished: Bool { score.sequences >= count }

  /// Reads the next few sequences.
  public mutating func advance() {
    let length = min(problem.length, Self.piece)
    let examples = problem.examples(
      min(max(Self.tokensPerPass / length, 1), count - score.sequences), using: &generator)
    let each = examples.answers.shape[1]
    let found = Self.answers(of: model, to: examples)
    for start in stride(from: 0, to: found.count, by: each) {
      let right = (start..<start + each).count { found[$0] == examples.answers.values[$0] }
      score.sequences += 1
      score.answers += each
      score.rightAnswers += right
      if right == each { score.rightSequences += 1 }
    }
  }

  /// The most likely token at each place where an answer is due, row by row.
  static func answers(of model: LanguageModel, to examples: RecallExamples) -> [Int32] {
    let (batch, length, each) = (examples.tokens.shape[0], examples.tokens.shape[1], examples.answers.shape[1])
    var found = [Int32](repeating: -1, count: batch * each)
    var state = model.initialState(batch: batch)
    for start in stride(from: 0, to: length, by: piece) {
      let part = start..<min(start + piece, length)
      let due = examples.positions.values.indices.filter { part.contains(Int(examples.positions.values[$0])) }
      let rows = due.map { Int32($0 / each * part.count - start) + examples.positions.values[$0] }
      let tokens = (0..<batch).flatMap { sequence in
        let first = sequence * length
        return examples.tokens.values[(first + part.lowerBound)..<(first + part.upperBound)]
      }
      let logits = model.chunk(
        Indices(tokens, shape: [batch, part.count]), at: Indices(rows), state: &state)
      for (index, token) in zip(due, mostLikely(logits)) { found[index] = token }
    }
    return found
  }

  /// The token with the greatest of the logits [M, 256], the first of equals; −1 where none is greater than another.
  private static func mostLikely(_ logits: Tensor) -> [Int32] {
    let (values, width) = (logits.scalars, LanguageModelConfiguration.vocabulary)
    return stride(from: 0, to: values.count, by: width).map { start in
      var best: Int32 = -1
      var greatest = -Double.infinity
      for token in 0..<width where values[start + token] > greatest {
        (best, greatest) = (Int32(token), values[start + token])
      }
      return best
    }
  }
}
