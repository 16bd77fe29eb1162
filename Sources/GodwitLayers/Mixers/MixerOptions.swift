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
  /// Which of the model's blocks it is for, from 0 on, and how many there are: some mixers begin otherwise deeper down.
  public var block: Int
  public var depth: Int
  /// The values of the mixer's own settings that are not the standard ones, by name.
  public var settings: [String: MixerSetting.Value]

  /// Options with as many heads of keys and values as of queries unless told.
  public init(
    width: Int, heads: Int = 1, keyHeads: Int? = nil, rotary: Bool = false, bias: Bool = true,
    standardDeviation: Double? = nil, outputDeviation: Double? = nil, block: Int = 0, depth: Int = 1,
    settings: [String: MixerSetting.Value] = [:]
  ) {
    self.width = width
    self.heads = heads
    self.keyHeads = keyHeads ?? heads
    self.rotary = rotary
    self.bias = bias
    self.standardDeviation = standardDeviation
    self.outputDeviation = outputDeviation
    (self.block, self.depth) = (block, depth)
    self.settings = settings
  }

  /// The value of one of the mixer's settings that is a whole number.
  ///
  /// - Precondition: it is one that the setting can have.
  public subscript(whole setting: MixerSetting) -> Int {
    guard case .whole(let value) = value(of: setting) else { fatalError(complaint(setting)) }
    return value
  }

  /// The value of one of the mixer's settings that is a number.
  ///
  /// - Precondition: it is one that the setting can have.
  public subscript(number setting: MixerSetting) -> Double {
    guard case .number(let value) = value(of: setting) else { fatalError(complaint(setting)) }
    return value
  }

  /// The value of one of the mixer's settings that is a word.
  ///
  /// - Precondition: it is one that the setting can have.
  public subscript(choice setting: MixerSetting) -> String {
    guard case .choice(let value) = value(of: setting) else { fatalError(complaint(setting)) }
    return value
  }

  private func value(of setting: MixerSetting) -> MixerSetting.Value {
    let value = settings[setting.name] ?? setting.standard
    require(setting.allows(value), complaint(setting))
    return value
  }

  private func complaint(_ setting: MixerSetting) -> String {
    "MixerOptions: the setting \(setting.name) is \(settings[setting.name] ?? setting.standard); expected \(setting.domain)"
  }

  /// The base of the rotary frequencies (Su et al. 2021, section 3.2.2); nil without rotary positions.
  var rotaryBase: Double? { rotary ? 10_000 : nil }

  /// What is wrong with the width, if anything.
  var widthProblem: MixerError? {
    width > 0 ? nil : .impossible("width", found: width, expected: "a positive number")
  }

  /// What is wrong with the division into heads, if anything.
  public var problem: MixerError? {
    if let widthProblem { return widthProblem }
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
  /// A setting stands behind a mixer's name without the colon that belongs between them; `example` has one of its settings.
  case noColon(_ text: String, mixer: String, example: String?)
  /// A setting has a value that it cannot have.
  case impossibleSetting(_ name: String, mixer: String, found: String, expected: String)
  /// An option has a value that the mixer cannot have.
  case impossible(_ option: String, found: Int, expected: String)
  /// A list of mixers, one for each block, is longer than there are blocks.
  case tooMany(mixers: [String], depth: Int)
  /// Another mixer has this name.
  case taken(name: String)
  /// A mixer cannot have this name.
  case impossibleName(String)

  public var description: String {
    switch self {
    case .unknown(let name, let known):
      "there is no mixer \"\(name)\"; the known ones are \(known.joined(separator: ", "))"
    case .unknownSetting(let name, let mixer, let known):
      "the mixer \(mixer) has no setting \"\(name)\"; "
        + (known.isEmpty ? "it has none" : "the known ones are \(known.joined(separator: ", "))")
    case .noColon(let text, let mixer, let example):
      "\"\(text)\" is no mixer: settings stand behind a colon, as in "
        + (example ?? "local:window=64, and the mixer \(mixer) has none")
    case .impossibleSetting(let name, let mixer, let found, let expected):
      "\(name) of the mixer \(mixer) is \"\(found)\"; expected \(expected)"
    case .impossible(let option, let found, let expected):
      "\(option) is \(found); expected \(expected)"
    case .tooMany(let mixers, let depth):
      "\(mixers.count) mixers are named (\(mixers.joined(separator: ", "))) for \(depth == 1 ? "1 block" : "\(depth) blocks"); "
        + "name no more than there are blocks, or choose a greater depth"
    case .taken(let name): "there is another mixer \"\(name)\"; choose another name"
    case .impossibleName(let name):
      "\"\(name)\" cannot be the name of a mixer; expected lower-case letters, digits and hyphens"
    }
  }
}
