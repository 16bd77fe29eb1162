/// Where a residual block normalises.
public enum NormPlacement: String, Sendable, Hashable, Codable, CaseIterable {
  /// What goes into each layer; the stream itself is normalised once, before the head. It trains without warm-up.
  case pre
  /// The stream after each layer, as in the first Transformer (Vaswani et al. 2017, section 3.1).
  case post
}
