import ArgumentParser
import GodwitLayers
import GodwitModels

extension ChannelMixer.Kind: ExpressibleByArgument {}
extension Normalization.Kind: ExpressibleByArgument {}
extension NormPlacement: ExpressibleByArgument {}
extension LanguageModelPreset: ExpressibleByArgument {}
extension PositionEncoding: ExpressibleByArgument {}

/// The options that describe a language model; what is not given stays as it is where they are applied.
struct ModelArguments: ParsableArguments {
  /// What two cores teach best in three minutes: many steps of a small model beat few of a larger one.
  static let standard = LanguageModelConfiguration(mixer: "linear", width: 128, depth: 4, heads: 4)

  @Option(
    help:
      "A known architecture, on which the other options build. \(LanguageModelPreset.allCases.map { "\($0.rawValue): \($0.summary)" }.joined(separator: "; "))."
  )
  var preset: LanguageModelPreset?

  @Option(
    help:
      "How the model looks at the past: \(MixerKind.names.joined(separator: ", ")); with settings as in flash:chunk=64, which 'godwit compare --help' lists; several, as in linear,linear,softmax, repeat over the blocks. (default: \(Self.standard.mixer))"
  )
  var mixer: String?

  @Option(parsing: .unconditional, help: "The width of the model. (default: \(Self.standard.width))")
  var width: Int?

  @Option(parsing: .unconditional, help: "The number of blocks. (default: \(Self.standard.depth))")
  var depth: Int?

  @Option(
    parsing: .unconditional,
    help: "The number of heads of each mixer, a divisor of the width. (default: \(Self.standard.heads))")
  var heads: Int?

  @Option(
    parsing: .unconditional,
    help: "The heads of keys and values; fewer, a divisor of the heads, only with softmax. (default: as many)")
  var keyHeads: Int?

  @Option(
    parsing: .unconditional, help: "The length of a training sequence, in bytes. (default: \(Self.standard.context))")
  var context: Int?

  @Option(help: "The layer after each mixer. (default: gelu, or none where the mixer does its work too)")
  var feedForward: ChannelMixer.Kind?

  @Option(parsing: .unconditional, help: "The width inside that layer. (default: 4 widths, for swiglu 8/3)")
  var hidden: Int?

  @Option(help: "The normalisation. (default: \(Self.standard.norm.rawValue))")
  var norm: Normalization.Kind?

  @Option(help: "Where the normalisations stand: before each layer, or after it has been added. (default: pre)")
  var normPlacement: NormPlacement?

  @Option(
    help:
      "How the model knows where a byte stands; with learned positions it sees no further than its context. (default: rotary where the mixer can)"
  )
  var positions: PositionEncoding?

  @Flag(inversion: .prefixedNo, help: "Use the table of the bytes' vectors as the head. (default: --no-tied-head)")
  var tiedHead: Bool?

  @Flag(inversion: .prefixedNo, help: "Dense layers have an offset. (default: --bias)")
  var bias: Bool?

  @Option(
    parsing: .unconditional,
    help:
      "The probability with which training drops an element of what a layer adds. (default: \(Self.standard.dropout))")
  var dropout: Probability?

  /// `run`, or else the standard configuration, with what was given.
  ///
  /// - Throws: if an option that was given would change nothing.
  func applied(to run: LanguageModelConfiguration?) throws(CommandFailure) -> LanguageModelConfiguration {
    let base = run ?? Self.standard
    var result = base
    if let preset {
      result = LanguageModelConfiguration(
        preset, width: base.width, depth: base.depth, heads: base.heads, context: context ?? base.context)
      // The blocks that a run has already are as many as they should be.
      if let run { result.depth = run.depth }
    }
    if let mixer, mixer != result.mixer {
      result.mixer = mixer
      let suited = LanguageModelConfiguration(mixer: mixer)
      (result.positions, result.feedForward) = (suited.positions, suited.feedForward)
    }
    if let width { result.width = width }
    if let depth { result.depth = depth }
    if let heads { result.heads = heads }
    if let keyHeads { result.keyHeads = keyHeads }
    if let context { result.context = context }
    if let feedForward { result.feedForward = feedForward }
    if let hidden { result.hidden = hidden }
    if let norm { result.norm = norm }
    if let normPlacement { result.normPlacement = normPlacement }
    if let positions { result.positions = positions }
    if let tiedHead { result.tiedHead = tiedHead }
    if let bias { result.bias = bias }
    if let dropout { result.dropout = dropout.value }
    if let hidden, result.feedForward == .absent {
      throw CommandFailure(
        "--hidden \(hidden): the model has no layer after a mixer that could be so wide; leave it out, or give a "
          + "--feed-forward", exitCode: .validationFailure)
    }
    return result
  }
}
