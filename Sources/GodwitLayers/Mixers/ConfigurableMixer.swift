import GodwitTensor

/// A mixer that a model can make from options alone.
public protocol ConfigurableMixer: SequenceMixer {
  /// Its name in configurations and on the command line.
  static var name: String { get }
  /// What it is, in one line, for lists of mixers.
  static var summary: String { get }
  /// The numbers that can be set behind its name.
  static var settings: [MixerSetting] { get }
  /// Whether it can carry rotary positions, and then has no other sense of distance.
  static var supportsRotary: Bool { get }
  /// Whether it does the work of a feed-forward layer too, so that a block needs none.
  static var replacesFeedForward: Bool { get }
  /// The layer over the channels that belongs behind it.
  static var feedForward: ChannelMixer.Kind { get }
  /// Why it cannot be made with these options, if so; the settings are known to be in their ranges.
  static func problem(with options: MixerOptions) -> MixerError?
  /// A mixer with random parameters.
  ///
  /// - Precondition: `problem(with: options)` is nil.
  init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator)
}

extension ConfigurableMixer {
  public static var settings: [MixerSetting] { [] }
  public static var replacesFeedForward: Bool { false }
  public static var feedForward: ChannelMixer.Kind { replacesFeedForward ? .absent : .gelu }
  public static func problem(with options: MixerOptions) -> MixerError? { options.problem }
}
