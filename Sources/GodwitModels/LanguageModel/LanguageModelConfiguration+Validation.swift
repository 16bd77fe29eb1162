import GodwitLayers

/// Why there is no model of a configuration.
public enum ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The mixer is unknown, or cannot be made so.
  case mixer(MixerError)
  /// A field has a value that it cannot have.
  case impossible(_ field: String, found: String, expected: String)
  /// The model would have more parameters than is possible here.
  case tooLarge(parameters: Double, limit: Double)

  public var description: String {
    switch self {
    case .mixer(let error): "\(error)"
    case .impossible(let field, let found, let expected): "\(field) is \(found); expected \(expected)"
    case .tooLarge(let parameters, let limit):
      "the model would have about \(Quantity.scaled(parameters)) parameters, more than the \(Quantity.scaled(limit)) that "
        + "are possible; choose a smaller width, depth, hidden width or context"
    }
  }
}

extension LanguageModelConfiguration {
  /// The greatest number of parameters, about: 8 GiB of float32.
  public static let maximumParameters = 2_147_483_648.0

  /// Stops a configuration of which no model can be made, whatever a file or a command line gave as its numbers.
  public func validate() throws(ConfigurationError) {
    try check("width", width, in: 1...65_536)
    try check("depth", depth, in: 1...4_096)
    try check("heads", heads, in: 1...width)
    if let keyHeads { try check("keyHeads", keyHeads, in: 1...heads) }
    try check("context", context, in: 1...16_777_216)
    if let hidden { try check("hidden", hidden, in: 1...1_048_576) }
    if let normEpsilon, !(normEpsilon > 0 && normEpsilon <= 1) {
      throw .impossible("normEpsilon", found: "\(normEpsilon)", expected: "a number above 0 and at most 1")
    }
    guard dropout >= 0, dropout < 1 else {
      throw .impossible("dropout", found: "\(dropout)", expected: "at least 0 and less than 1")
    }
    let mixers: MixerPattern
    do { mixers = try MixerPattern(named: mixer) } catch { throw .mixer(error) }
    if mixers.kinds.count > depth {
      throw .mixer(.tooMany(mixers: mixers.kinds.map(\.name), depth: depth))
    }
    if positions == .rotary && !mixers.supportsRotary {
      throw .impossible(
        "positions", found: "rotary", expected: "learned or none, as the mixer \(mixer) does not carry rotary positions"
      )
    }
    for (block, kind) in mixers.kinds.enumerated() {
      if let problem = kind.problem(with: options(for: kind, block: block)) { throw .mixer(problem) }
    }
    let parameters = approximateParameterCount
    if parameters > Self.maximumParameters { throw .tooLarge(parameters: parameters, limit: Self.maximumParameters) }
  }

  private func check(_ field: String, _ value: Int, in range: ClosedRange<Int>) throws(ConfigurationError) {
    if range.contains(value) { return }
    let (least, most) = (Quantity.grouped(range.lowerBound), Quantity.grouped(range.upperBound))
    throw .impossible(field, found: "\(value)", expected: "a number from \(least) to \(most)")
  }

  /// The matrices, counted in `Double`, which does not overflow; four of D × D for a mixer.
  var approximateParameterCount: Double {
    let (width, hidden) = (Double(width), Double(hiddenWidth))
    let layers =
      switch feedForward {
      case .absent: 0.0
      case .gelu, .rwkv: 2.0
      case .swiglu: 3.0
      }
    let table = Double(Self.vocabulary) * (tiedHead ? 1 : 2) + (positions == .learned ? Double(context) : 0)
    return Double(depth) * (4 * width * width + layers * width * hidden) + width * table
  }
}
