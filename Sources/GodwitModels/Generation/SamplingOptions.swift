/// How the next byte is drawn from a model's distribution.
public struct SamplingOptions: Sendable, Hashable, Codable {
  /// What the logits are divided by: below 1 the likely bytes gain, above 1 the unlikely ones; 0 always takes the likeliest.
  public let temperature: Double
  /// Only this many of the likeliest bytes may be drawn; all if nil.
  public let topK: Int?
  /// Only the likeliest bytes that together have this probability may be drawn (Holtzman et al. 2020, "The curious case of
  /// neural text degeneration", section 3.1); all if nil.
  public let topP: Double?

  /// From the model's distribution as it is.
  public init() { self.init(soundTemperature: 1) }

  /// Those of the samples that a run shows while it trains: likely text, but not the likeliest.
  static let ofSamples = SamplingOptions(soundTemperature: 0.8)

  private init(soundTemperature: Double) { (temperature, topK, topP) = (soundTemperature, nil, nil) }

  /// - Throws: unless the temperature is finite and at least 0, `topK` at least 1, `topP` more than 0 and at most 1.
  public init(temperature: Double = 1, topK: Int? = nil, topP: Double? = nil) throws(SamplingError) {
    guard temperature >= 0, temperature.isFinite else { throw .temperature(temperature) }
    if let topK, topK < 1 { throw .topK(topK) }
    if let topP, !(topP > 0 && topP <= 1) { throw .topP(topP) }
    (self.temperature, self.topK, self.topP) = (temperature, topK, topP)
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      temperature: try values.decodeIfPresent(Double.self, forKey: .temperature) ?? 1,
      topK: try values.decodeIfPresent(Int.self, forKey: .topK),
      topP: try values.decodeIfPresent(Double.self, forKey: .topP))
  }

  private enum CodingKeys: String, CodingKey { case temperature, topK, topP }
}

/// A way of drawing that there is not.
public enum SamplingError: Error, Sendable, Hashable, CustomStringConvertible {
  case temperature(Double)
  case topK(Int)
  case topP(Double)

  public var description: String {
    switch self {
    case .temperature(let value): "temperature is \(value); give a number of at least 0"
    case .topK(let value): "topK is \(value); give a number of at least 1"
    case .topP(let value): "topP is \(value); give a number above 0 and at most 1"
    }
  }
}
