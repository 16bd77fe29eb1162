/// How a language model knows where a byte stands.
public enum PositionEncoding: String, Sendable, Hashable, Codable, CaseIterable {
  /// A learned vector for each position, added to the input: the model cannot go beyond its context.
  case learned
  /// Queries and keys turn with the position: only distances matter, and there is no limit.
  case rotary
  /// Not at all, beyond what the mixers do themselves: no limit.
  case none
}
