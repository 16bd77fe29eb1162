import GodwitKernels

/// A problem of memory that tells sequence layers apart: what stood early in a sequence must be found again late in it.
///
/// Its examples are drawn, so that there is no end of them; the tokens are bytes below `vocabulary`.
public struct RecallProblem: Sendable, Hashable, Codable {
  /// What is to be found again.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// The first tokens, in their order.
    case copying
    /// The tokens that stand scattered among blanks, in their order.
    case selectiveCopying = "selective-copying"
    /// What followed a token when it stood there before.
    case inductionHeads = "induction-heads"
    /// The values that belong to keys, several of them.
    case associativeRecall = "associative-recall"
  }

  /// What is to be found again.
  public var kind: Kind
  /// T, the tokens of a sequence.
  public var length: Int
  /// M, what is to be found again in each sequence: the tokens to copy, the pairs to recall.
  public var items: Int
  /// The number of different tokens.
  public var vocabulary: Int

  /// A problem; of the size of its paper, or as near to that as two processor cores allow, unless told.
  ///
  /// - Parameters:
  ///   - length: of copying 256, where Gu and Dao 2023 (section 4.1.1) have 4,096; of induction heads the 256 of theirs
  ///     (section 4.1.2); of associative recall the 128 of the second of four sizes of Arora et al. 2023 (section 4.1).
  ///   - items: 16 to copy as there; 16 pairs, where the authors have 8 at this length.
  ///   - vocabulary: 16 as there; of associative recall 256, where the authors have 8,192.
  public init(_ kind: Kind, length: Int? = nil, items: Int? = nil, vocabulary: Int? = nil) {
    self.kind = kind
    self.length = length ?? (kind == .associativeRecall ? 128 : 256)
    self.items = items ?? (kind == .inductionHeads ? 1 : 16)
    self.vocabulary = vocabulary ?? (kind == .associativeRecall ? 256 : 16)
  }

  /// The same problem on sequences of another length.
  public func of(length: Int) -> RecallProblem {
    RecallProblem(kind, length: length, items: items, vocabulary: vocabulary)
  }

  /// The part of the answers that is right by guessing, without knowing which of the tokens that may be an answer is it: any
  /// of those that can be copied or follow, or any of the values that a sequence has shown.
  public var baselineAccuracy: Double {
    switch kind {
    case .copying, .selectiveCopying: 1 / Double(vocabulary - 2)
    case .inductionHeads: 1 / Double(vocabulary - 1)
    case .associativeRecall: 1 / Double(items)
    }
  }

  /// Stops a problem that has no examples, whatever a file or a command line gave as its numbers.
  public func validate() throws(TrainingOptionError) {
    typealias Option = TrainingOptionError
    switch kind {
    case .copying, .selectiveCopying:
      try Option.check("vocabulary", vocabulary, in: 3...256)
      try Option.check("items", items, in: 1...65_536)
      try Option.check("length", length, in: (2 * items)...16_777_216)
    case .inductionHeads:
      try Option.check("vocabulary", vocabulary, in: 2...256)
      try Option.check("items", items, in: 1...1)
      try Option.check("length", length, in: 3...16_777_216)
    case .associativeRecall:
      try Option.check("vocabulary", vocabulary, in: 4...256)
      try Option.check("items", items, in: 1...(vocabulary / 2))
      try Option.check("length", length, in: (4 * items)...16_777_216)
    }
  }
}
