/// What is measured of a mixer.
public enum ComparisonMode: String, Sendable, Hashable, CaseIterable {
  /// All positions at once, without derivatives.
  case forward
  /// All positions at once, and the gradients of input and parameters.
  case training = "forward+backward"
  /// One more position after a past.
  case decode
}
