/// What is applied to queries and keys before linear attention multiplies them.
public enum ElementwiseFeatureMap: Int32, CaseIterable, Sendable {
  /// Nothing: the caller has applied its own map.
  case identity = 0
  /// elu(x) + 1 (Katharopoulos et al. 2020, equation 7), always positive.
  case eluPlusOne = 1
  /// max(x, 0).
  case relu = 3
  /// max(x, 0)².
  case reluSquared = 4

  /// The map in whose value the derivative of this one is written.
  var slopeBase: ElementwiseFeatureMap { self == .reluSquared ? .relu : self }
}
