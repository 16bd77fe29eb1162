import GodwitRandom
import GodwitTensor

/// Sequences with the tokens that must come next at some of their positions.
public struct RecallExamples: Sendable, Hashable {
  /// What is read, [B, T].
  public let tokens: Indices
  /// After which positions an answer is due, in rising order, [B, A].
  public let positions: Indices
  /// The answers, [B, A].
  public let answers: Indices

  /// The rows of the answers in an array of all positions [B · T, …], [B · A].
  var rows: Indices {
    let (length, each) = (tokens.shape[1], positions.shape[1])
    return Indices(positions.values.enumerated().map { Int32($0 / each * length) + $1 })
  }
}

/// One sequence, and what must come next where.
struct RecallExample {
  var tokens: [Int32]
  var answers: [(position: Int, token: Int32)]
}

extension RecallProblem {
  /// So many examples.
  ///
  /// - Precondition: the problem is valid.
  /// - Complexity: O(T) for each; of associative recall O(M T).
  public func examples(_ count: Int, using generator: inout some RandomNumberGenerator) -> RecallExamples {
    var (tokens, positions, answers): ([Int32], [Int32], [Int32]) = ([], [], [])
    var each = 0
    for _ in 0..<count {
      let example = example(using: &generator)
      tokens += example.tokens
      positions += example.answers.map { Int32($0.position) }
      answers += example.answers.map(\.token)
      each = example.answers.count
    }
    return RecallExamples(
      tokens: Indices(tokens, shape: [count, length]), positions: Indices(positions, shape: [count, each]),
      answers: Indices(answers, shape: [count, each]))
  }

  private func example(using generator: inout some RandomNumberGenerator) -> RecallExample {
    switch kind {
    case .copying: copying(at: Array(0..<items), using: &generator)
    case .selectiveCopying: copying(at: scatteredPlaces(using: &generator), using: &generator)
    case .inductionHeads: inductionHeads(using: &generator)
    case .associativeRecall: associativeRecall(using: &generator)
    }
  }
}

extension RandomNumberGenerator {
  /// A number in 0 ..< bound, each with the same probability to within bound / 2⁶⁴: the same one in every version of Swift, so
  /// that test sets stay what they are.
  mutating func number(below bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }
}
