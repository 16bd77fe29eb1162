/// What was measured of one mixer at one length.
public struct ComparisonMeasurement: Sendable, Hashable {
  /// The name of the mixer, with its settings.
  public let mixer: String
  /// Positions in the sequence; for decoding, in the past.
  public let length: Int
  /// What was measured.
  public let mode: ComparisonMode
  /// Wall seconds: the median of the repetitions; for decoding of one position.
  public let medianSeconds: Double
  /// The most memory that the work took beside its parameters and its input, in bytes; for decoding with what is kept of the
  /// past.
  public let peakByteCount: Int
  /// What is kept of the past between two positions, in bytes; 0 where nothing is decoded.
  public let stateByteCount: Int
  /// How often it was timed.
  public let repetitions: Int
}

/// How the time of one mixer grows with the length.
public struct ComparisonExponent: Sendable, Hashable {
  /// The name of the mixer, with its settings.
  public let mixer: String
  /// What was measured.
  public let mode: ComparisonMode
  /// p of the power law: time is proportional to length to the power p.
  public let exponent: Double
}
