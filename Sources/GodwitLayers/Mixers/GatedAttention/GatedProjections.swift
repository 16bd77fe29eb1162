import GodwitKernels
import GodwitTensor

/// The dense layers of a gated attention unit (Hua et al. 2022, "Transformer quality in linear time", equations 2 to 6).
///
///     U, V = silu(x Wᵤ), silu(x Wᵥ),   Z = silu(x W_z),   queries and keys = γ ⊙ Z + β,   y = (U ⊙ attended V) Wₒ
public struct GatedProjections: Module {
  /// Wᵤ and Wᵥ side by side, [D, 2 E].
  public var gateValue: Linear
  /// W_z, [D, K].
  public var shared: Linear
  /// γ and β, for M kinds of queries and keys.
  public var heads: AffineHeads
  /// Wₒ, [E, D].
  public var output: Linear
  /// The base of the rotary frequencies; no rotary positions if nil.
  public let rotaryBase: Double?

  /// E as a multiple of D.
  static let expansion = MixerSetting(
    "expansion", "width of gates and values, in widths of the model", standard: 2, range: 1...16)
  /// K.
  static let keyWidth = MixerSetting("keyWidth", "width of queries and keys", standard: 128, range: 1...4096)

  /// Layers with normal weights of deviation 1/√(inputs), whatever the model's own: gates and values are multiplied with each
  /// other, and weights with the squares of scores, so that all would begin near nothing if each were small. Wₒ has the
  /// model's.
  init(_ options: MixerOptions, mixedChunks: Bool, using generator: inout some RandomNumberGenerator) {
    let (width, keyWidth) = (options.width, options[whole: Self.keyWidth])
    let expanded = width * options[whole: Self.expansion]
    gateValue = Linear(width, 2 * expanded, bias: options.bias, using: &generator)
    shared = Linear(width, keyWidth, bias: options.bias, using: &generator)
    heads =
      mixedChunks
      ? AffineHeads(mixedChunksOf: keyWidth, using: &generator) : AffineHeads(2, width: keyWidth, using: &generator)
    output = Linear(
      expanded, width, bias: options.bias, standardDeviation: options.outputDeviation, using: &generator)
    rotaryBase = options.rotaryBase
  }

  /// What is wrong with the options, if anything; heads do not matter, as there is one.
  static func problem(with options: MixerOptions, mixer: String) -> MixerError? {
    if options.width <= 0 { return .impossible("width", found: options.width, expected: "a positive number") }
    if options.rotary && options[whole: keyWidth] % 2 != 0 {
      return .impossibleSetting(
        keyWidth.name, mixer: mixer, found: "\(options[whole: keyWidth])",
        expected: "an even number for rotary positions")
    }
    return nil
  }

  /// K.
  var keyWidth: Int { shared.weight.shape[1] }
  /// E.
  var valueWidth: Int { output.weight.shape[0] }
  /// The type of the elements.
  var dtype: DType { output.weight.dtype }

  /// The queries and keys [B, T, M, K] of x [B, T, D], turned by their positions.
  ///
  /// - Parameters:
  ///   - positions: how many each sequence has had before; none if nil.
  func queriesAndKeys(_ x: Tensor, after positions: Positions?, _ context: inout ForwardContext) -> Tensor {
    let rows = heads(silu(shared(x)))
    guard let rotaryBase else { return rows }
    let table = context.rotaryTable(
      after: positions, length: x.shape[1], width: keyWidth, base: rotaryBase, dtype: dtype)
    return rotary(rows, table)
  }

  /// The gates, then the values of x [B, T, D]: [B, T, 2, 1, E].
  func gatesAndValues(_ x: Tensor) -> Tensor {
    silu(gateValue(x)).reshaped([x.shape[0], x.shape[1], 2, 1, valueWidth])
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("gateValue", &gateValue)
    visitor.visit("shared", &shared)
    visitor.visit("heads", &heads)
    visitor.visit("output", &output)
  }
}
