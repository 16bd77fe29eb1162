import GodwitTensor

/// A mixer that is known by name, with what is set behind the name.
public struct MixerKind: Sendable {
  private let type: any ConfigurableMixer.Type
  /// What was set behind the name, in the order of the type's settings.
  private let chosen: [(name: String, value: MixerSetting.Value)]

  /// The kind of a mixer type, with its standard settings; also of one that is not in `all`.
  public init(_ type: any ConfigurableMixer.Type) {
    self.type = type
    chosen = []
  }

  /// The kind of a name, with settings behind it if wanted: `local`, or `local:window=64`; several are parted by commas.
  ///
  /// - Throws: `MixerError`, which lists what is known.
  public init(named text: String) throws(MixerError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let all = Self.all
    guard let kind = all.first(where: { $0.name == parts[0] }) else {
      let name = parts[0].prefix { !" ,=".contains($0) }
      if parts[0].contains("="), let kind = all.first(where: { $0.name == name }) {
        let example = kind.settings.first.map { "\(name):\($0.name)=\($0.standard)" }
        throw MixerError.noColon(parts[0], mixer: kind.name, example: example)
      }
      throw MixerError.unknown(name: parts[0], known: all.map(\.name))
    }
    type = kind.type
    chosen = parts.count == 1 ? [] : try Self.chosen(parts[1], of: kind)
  }

  private static func chosen(
    _ text: String, of kind: MixerKind
  ) throws(MixerError) -> [(name: String, value: MixerSetting.Value)] {
    var values: [String: MixerSetting.Value] = [:]
    for assignment in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let setting = kind.settings.first(where: { $0.name == sides[0] }) else {
        throw .unknownSetting(sides[0], mixer: kind.name, known: kind.settings.map(\.name))
      }
      guard sides.count == 2, let value = setting.value(of: sides[1]), values[setting.name] == nil else {
        throw .impossibleSetting(
          setting.name, mixer: kind.name, found: sides.count == 2 ? sides[1] : "",
          expected: values[setting.name] == nil ? "\(setting.domain)" : "it to be set once")
      }
      values[setting.name] = value
    }
    return kind.settings.compactMap { setting in values[setting.name].map { (setting.name, $0) } }
  }

  /// The name of the kind, with what was set.
  public var name: String {
    type.name + (chosen.isEmpty ? "" : ":" + chosen.map { "\($0.name)=\($0.value)" }.joined(separator: ","))
  }

  /// What it is, in one line.
  public var summary: String { type.summary }

  /// What can be set behind its name.
  public var settings: [MixerSetting] { type.settings }

  /// The value of one of its settings; nil if there is none of this name.
  public func value(ofSetting name: String) -> MixerSetting.Value? {
    chosen.first { $0.name == name }?.value ?? settings.first { $0.name == name }?.standard
  }

  /// Whether the state's size depends on the length of the past.
  public var stateGrows: Bool { type.stateGrows }

  /// Whether the mixer can carry rotary positions, and then has no other sense of distance.
  public var supportsRotary: Bool { type.supportsRotary }

  /// Whether the mixer does the work of a feed-forward layer too.
  public var replacesFeedForward: Bool { type.replacesFeedForward }

  /// The layer over the channels that belongs behind the mixer.
  public var feedForward: ChannelMixer.Kind { type.feedForward }

  /// Why a mixer of this kind cannot be made with these options, if so.
  public func problem(with options: MixerOptions) -> MixerError? { type.problem(with: complete(options)) }

  /// A mixer of this kind.
  ///
  /// - Throws: `MixerError.impossible` if an option has a value that it cannot have.
  public func make(
    _ options: MixerOptions, using generator: inout some RandomNumberGenerator
  ) throws(MixerError) -> AnyMixer {
    if let problem = problem(with: options) { throw problem }
    return AnyMixer(type.init(complete(options), using: &generator))
  }

  /// Whether it is of this type.
  func isOf(_ other: any ConfigurableMixer.Type) -> Bool { type == other }

  /// The options with what was set behind the name.
  private func complete(_ options: MixerOptions) -> MixerOptions {
    var options = options
    for (name, value) in chosen { options.settings[name] = value }
    return options
  }
}
