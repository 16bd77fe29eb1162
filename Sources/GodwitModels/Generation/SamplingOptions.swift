import GodwitKernels

/// How the next byte is drawn from a model's distribution.
public struct SamplingOptions: Sendable, Hashable {
  /// What the logits are divided by: below 1 the likely bytes gain, above 1 the unlikely ones; 0 always takes the likeliest.
  public var temperature: Double
  /// Only this many of the likeliest bytes may be drawn; all if nil.
  public var topK: Int?
  /// Only the likeliest bytes that together have this probability may be drawn (Holtzman et al. 2020, "The curious case of
  /// neural text degeneration", section 3.1); all if nil.
  public var topP: Double?

  /// - Precondition: the temperature is at least 0, `topK` at least 1, `topP` more than 0 and at most 1.
  public init(temperature: Double = 1, topK: Int? = nil, topP: Double? = nil) {
    require(temperature >= 0, "SamplingOptions: temperature \(temperature) is negative or not a number")
    if let topK { require(topK >= 1, "SamplingOptions: topK \(topK) leaves nothing to draw from") }
    if let topP { require(topP > 0 && topP <= 1, "SamplingOptions: topP \(topP) is not above 0 and at most 1") }
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
  }
}
