import GodwitTensor

/// A mixer that a model can make from options alone.
public protocol ConfigurableMixer: SequenceMixer {
  /// Its name in configurations and on the command line.
  static var name: String { get }
  /// Whether it can carry rotary positions, and then has no other sense of distance.
  static var supportsRotary: Bool { get }
  /// Why it cannot be made with these options, if so.
  static func problem(with options: MixerOptions) -> MixerError?
  /// A mixer with random parameters.
  ///
  /// - Precondition: `problem(with: options)` is nil.
  init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator)
}

extension ConfigurableMixer {
  public static func problem(with options: MixerOptions) -> MixerError? { options.problem }
}

/// The mixers that are known by name.
public struct MixerKind: Sendable {
  private let type: any ConfigurableMixer.Type

  /// The kind of a mixer type; also of one that is not in `all`.
  public init(_ type: any ConfigurableMixer.Type) { self.type = type }

  /// All known kinds.
  public static let all: [MixerKind] = [MixerKind(SoftmaxAttention.self), MixerKind(LinearAttention.self)]

  /// The names of all known kinds.
  public static var names: [String] { all.map(\.name) }

  /// The kind of this name.
  ///
  /// - Throws: `MixerError.unknown`, which lists the known names.
  public init(named name: String) throws(MixerError) {
    guard let kind = Self.all.first(where: { $0.name == name }) else {
      throw MixerError.unknown(name: name, known: Self.names)
    }
    self = kind
  }

  /// The name of the kind.
  public var name: String { type.name }

  /// Whether the state's size depends on the length of the past.
  public var stateGrows: Bool { type.stateGrows }

  /// Whether the mixer can carry rotary positions, and then has no other sense of distance.
  public var supportsRotary: Bool { type.supportsRotary }

  /// Why a mixer of this kind cannot be made with these options, if so.
  public func problem(with options: MixerOptions) -> MixerError? { type.problem(with: options) }

  /// A mixer of this kind.
  ///
  /// - Throws: `MixerError.impossible` if an option has a value that it cannot have.
  public func make(
    _ options: MixerOptions, using generator: inout some RandomNumberGenerator
  ) throws(MixerError) -> AnyMixer {
    if let problem = problem(with: options) { throw problem }
    return AnyMixer(type.init(options, using: &generator))
  }
}
