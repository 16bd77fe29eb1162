import GodwitKernels

/// What a model asks of a mixer that it makes by name; a mixer takes what concerns it.
public struct MixerOptions: Sendable, Hashable {
  /// D, the width of input and output.
  public var width: Int
  /// H, the number of heads.
  public var heads: Int
  /// G, the number of heads of keys and values.
  public var keyHeads: Int
  /// Whether queries and keys carry rotary positions.
  public var rotary: Bool
  /// Whether projections have a bias.
  public var bias: Bool
  /// The standard deviation of a projection's weights; what suits the mixer if nil.
  public var standardDeviation: Double?
  /// The standard deviation of the last projection's weights; what suits the mixer if nil.
  public var outputDeviation: Double?
  /// The values of the mixer's own settings that are not the standard ones, by name.
  public var settings: [String: Int]

  /// Options with as many heads of keys and values as of queries unless told.
  public init(
    width: Int, heads: Int = 1, keyHeads: Int? = nil, rotary: Bool = false, bias: Bool = true,
    standardDeviation: Double? = nil, outputDeviation: Double? = nil, settings: [String: Int] = [:]
  ) {
    self.width = width
    self.heads = heads
    self.keyHeads = keyHeads ?? heads
    self.rotary = rotary
    self.bias = bias
    self.standardDeviation = standardDeviation
    self.outputDeviation = outputDeviation
    self.settings = settings
  }

  /// The value of one of the mixer's settings.
  ///
  /// - Precondition: it is in the setting's range.
  public subscript(setting setting: MixerSetting) -> Int {
    let value = settings[setting.name] ?? setting.standard
    require(
      setting.range.contains(value),
      "MixerOptions: the setting \(setting.name) is \(value); expected \(setting.range.lowerBound) to \(setting.range.upperBound)"
    )
    return value
  }

  /// The base of the rotary frequencies (Su et al. 2021, section 3.2.2); nil without rotary positions.
  var rotaryBase: Double? { rotary ? 10_000 : nil }

  /// What is wrong with the division into heads, if anything.
  public var problem: MixerError? {
    if width <= 0 { return .impossible("width", found: width, expected: "a positive number") }
    if heads <= 0 || width % heads != 0 {
      return .impossible("heads", found: heads, expected: "a divisor of the width, \(width)")
    }
    if keyHeads <= 0 || heads % keyHeads != 0 {
      return .impossible("keyHeads", found: keyHeads, expected: "a divisor of the number of heads, \(heads)")
    }
    if rotary && width / heads % 2 != 0 {
      return .impossible(
        "heads", found: heads, expected: "heads of even width for rotary positions; these have width \(width / heads)")
    }
    return nil
  }
}

/// Why a mixer cannot be made.
public enum MixerError: Error, Sendable, Hashable, CustomStringConvertible {
  /// No mixer has this name.
  case unknown(name: String, known: [String])
  /// The mixer has no setting of this name.
  case unknownSetting(_ name: String, mixer: String, known: [String])
  /// A setting has a value that it cannot have.
  case impossibleSetting(_ name: String, mixer: String, found: String, expected: String)
  /// An option has a value that the mixer cannot have.
  case impossible(_ option: String, found: Int, expected: String)

  public var description: String {
    switch self {
    case .unknown(let name, let known):
      "there is no mixer \"\(name)\"; the known ones are \(known.joined(separator: ", "))"
    case .unknownSetting(let name, let mixer, let known):
      "the mixer \(mixer) has no setting \"\(name)\"; "
        + (known.isEmpty ? "it has none" : "the known ones are \(known.joined(separator: ", "))")
    case .impossibleSetting(let name, let mixer, let found, let expected):
      "\(name) of the mixer \(mixer) is \"\(found)\"; expected \(expected)"
    case .impossible(let option, let found, let expected):
      "\(option) is \(found); expected \(expected)"
    }
  }
}
