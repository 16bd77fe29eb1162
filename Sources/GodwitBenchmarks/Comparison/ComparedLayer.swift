import GodwitKernels
import GodwitLayers
import GodwitModels
import GodwitRandom
import GodwitTensor

/// What a comparison of mixers measures: a mixer alone, or residual blocks around it.
public struct ComparedLayer: Module {
  /// The name of the mixer, with its settings.
  public let name: String
  /// D.
  public let width: Int
  /// Whether the mixer does the work of a feed-forward layer too.
  public let replacesFeedForward: Bool
  private var mixer: AnyMixer?
  private var blocks: [ResidualBlock] = []

  /// A layer with random parameters; positions are rotary where the mixer can carry them, as in a model.
  ///
  /// - Parameters:
  ///   - blocks: whether to measure residual blocks of about equal parameters: the mixer and a feed-forward layer, or two
  ///     blocks of a mixer that does the work of both.
  /// - Throws: if there is no such mixer or model, or no memory for it.
  public init(_ kind: MixerKind, width: Int, heads: Int, blocks: Bool, using generator: inout Philox) throws {
    (name, self.width, replacesFeedForward) = (kind.name, width, kind.replacesFeedForward)
    let depth = kind.replacesFeedForward ? 2 : 1
    let configuration = LanguageModelConfiguration(mixer: kind.name, width: width, depth: depth, heads: heads)
    // Also where the mixer is measured alone: the configuration is checked as a model's is.
    try configuration.validate()
    let taken = Double(MemoryCache.usedByteCount) + Self.approximateByteCount(kind, width: width, blocks: blocks)
    guard taken <= Double(MachineMemory.byteCount) / 4 * 3 else { throw ComparisonError.tooManyParameters(taken) }
    if blocks {
      self.blocks = try LanguageModel(configuration, using: &generator).blocks
    } else {
      let options = MixerOptions(width: width, heads: heads, rotary: kind.supportsRotary)
      mixer = try kind.make(options, using: &generator)
    }
  }

  /// A mixer of one's own.
  init(_ name: String, mixer: AnyMixer, width: Int) {
    (self.name, self.width, replacesFeedForward, self.mixer) = (name, width, false, mixer)
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    if mixer != nil { visitor.visit("mixer", &mixer!) }
    visitor.visit("blocks", &blocks)
  }

  /// Whether residual blocks are measured, not a mixer alone.
  public var isBlocks: Bool { mixer == nil }

  /// Whether what is kept of the past grows with its length.
  public var stateGrows: Bool { mixer?.stateGrows ?? blocks.contains(where: \.stateGrows) }

  /// About how many bytes the parameters take: four matrices of D × D for a mixer, six where it is gated, twelve in blocks.
  static func approximateByteCount(_ kind: MixerKind, width: Int, blocks: Bool) -> Double {
    let matrices = blocks ? 12.0 : kind.replacesFeedForward ? 6 : 4
    return 4 * matrices * Double(width) * Double(width)
  }

  /// The greatest difference of the forms that rounding explains.
  public static let greatestDifference = 1e-4

  private var mixers: [AnyMixer] { mixer.map { [$0] } ?? blocks.map { AnyMixer($0) } }

  func initialState(batch: Int) -> [AnyMixerState] { mixers.map { $0.initialState(batch: batch) } }

  /// All positions at once, without a state.
  func callAsFunction(_ x: Tensor) -> Tensor { mixed(x) { mixer, x, _ in mixer(x) } }

  func chunk(_ x: Tensor, state: inout [AnyMixerState]) -> Tensor {
    mixed(x) { mixer, x, index in mixer.chunk(x, state: &state[index]) }
  }

  func step(_ x: Tensor, state: inout [AnyMixerState]) -> Tensor {
    mixed(x) { mixer, x, index in mixer.step(x, state: &state[index]) }
  }

  private func mixed(_ x: Tensor, _ mix: (AnyMixer, Tensor, Int) -> Tensor) -> Tensor {
    mixers.enumerated().reduce(x) { mix($1.element, $0, $1.offset) }
  }

  /// How far the chunked and the recurrent form are from the parallel one on a short input: ‖difference‖ / ‖output‖, the
  /// greater of the two.
  ///
  /// The input is longer than the standard chunks and windows, so that what happens at their ends counts.
  ///
  /// - Throws: if that is more than `greatestDifference`, or not a number.
  public func checkForms(length: Int = 600, using generator: inout Philox) throws(FormsDiffer) -> Double {
    let x = Tensor(normal: 0, shape: [1, length, width], using: &generator)
    let want = self(x)
    var state = initialState(batch: 1)
    let pieces = stride(from: 0, to: length, by: 37).map {
      chunk(x.slice($0..<min($0 + 37, length), along: 1), state: &state)
    }
    state = initialState(batch: 1)
    let steps = (0..<length).map { step(x.element($0, along: 1), state: &state) }
    let size = square(want).sum().item.squareRoot()
    let differences = [concatenate(pieces, along: 1), stack(steps, along: 1)]
      .map { square($0 - want).sum().item.squareRoot() / max(size, 1e-30) }
    // Asked for what is wanted, as a NaN is neither more nor less than anything.
    if let fault = differences.first(where: { !($0 <= Self.greatestDifference) }) {
      throw FormsDiffer(mixer: name, difference: fault)
    }
    return differences.max() ?? 0
  }
}
