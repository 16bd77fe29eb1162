import GodwitKernels
import GodwitTensor

/// Multi-scale retention: attention without softmax whose past fades at a rate of its own for each head, with rotary positions, each
/// head normalised, and a gate: the mixer of RetNet.
///
/// Sun et al. 2023, "Retentive network: A successor to transformer for large language models", equations 5 to 8.
///
///     S[t] = γ S[t − 1] + k[t] v[t]ᵀ,   γ = 1 − 2^(−5 − h) for head h
///     y[t] = (silu(x[t] W_G) ⊙ norm(S[t]ᵀ q[t])) W_O,   q, k turned by rotary positions, k divided by √K
///
/// | symbol | shape | meaning |
/// |---|---|---|
/// | q, k | [B, T, H, K] | queries and keys, H K = D |
/// | v | [B, T, H, V] | values, V = 2 K unless told |
/// | γ | [H] | by how much a head's past fades with each position; not trained |
/// | S | [B, H, K, V] | the sum of outer products |
/// | norm | | of each head by itself, mean 0 and variance 1 (group normalisation without scale) |
///
/// Quadratic this is (q kᵀ ⊙ D) v with D[t, s] = γ^(t − s) for s ≤ t. The normalisation makes the size of S indifferent, so nothing
/// is divided by. Costs beside the projections: parallel and chunked 6 B T H K V operations; a step likewise; state B H K V
/// scalars, however long the past.
public struct Retention: ConfigurableMixer {
  /// W_Q, W_K, W_V and, if there are gates, W_G side by side, [D, 2 D + 2 H V].
  public var input: Linear
  /// W_O, [H V, D].
  public var output: Linear
  /// H.
  public let heads: Int
  private let rotaryBase: Double?

  private static let expansion = MixerSetting("expansion", "V / K, channels of a value", standard: 2, range: 1...16)
  private static let gate = MixerSetting(
    "gate", "what the heads' outputs are multiplied by", standard: "swish", choices: ["swish", "none"])

  /// A layer with random parameters.
  ///
  /// - Precondition: `Self.problem(with: options)` is nil.
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    if let problem = Self.problem(with: options) { fatalError("Retention: \(problem)") }
    let (width, values) = (options.width, options.width * options[whole: Self.expansion])
    (heads, rotaryBase) = (options.heads, options.rotaryBase)
    let gates = options[choice: Self.gate] == "none" ? 0 : values
    input = Linear(
      width, 2 * width + values + gates, bias: options.bias, standardDeviation: options.standardDeviation,
      using: &generator)
    output = Linear(
      values, width, bias: options.bias, standardDeviation: options.outputDeviation, using: &generator)
  }

  public static var name: String { "retnet" }
  public static var summary: String { "retention: linear attention whose heads forget at fixed rates" }
  public static var settings: [MixerSetting] { [expansion, gate] }
  public static var supportsRotary: Bool { true }
  public static var stateGrows: Bool { false }

  /// log γ, [H].
  private var logDecay: Tensor {
    let parts = (0..<heads).map { -Double(sign: .plus, exponent: -5 - $0, significand: 1) }
    return log1p(Tensor(parts, dtype: output.weight.dtype))
  }

  /// What the layer keeps of the past.
  public struct State: SequenceState {
    /// S, [B, H, K, V].
    public var memory: Tensor
    /// How many positions of each sequence are in it.
    public fileprivate(set) var positions: Positions

    public mutating func visit(_ visitor: inout some TensorVisitor) {
      visitor.visit("memory", &memory, .weight)
      visitor.visit("position", &positions)
    }
  }

  public func initialState(batch: Int) -> State {
    let (width, values) = (output.weight.shape[1], output.weight.shape[0])
    return State(
      memory: Tensor(zeros: [batch, heads, width / heads, values / heads], dtype: output.weight.dtype),
      positions: Positions(batch: batch))
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("input", &input)
    visitor.visit("output", &output)
  }

  // MARK: Parallel  Y = (Q Kᵀ ⊙ D) V, D[t, s] = γ^(t − s)

  public func callAsFunction(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    let (width, values) = (output.weight.shape[1], output.weight.shape[0])
    let gates = input.weight.shape[1] - 2 * width - values
    let parts = input(x).split([width, width, values, gates], along: 2)
    func separated(_ x: Tensor) -> Tensor { x.reshaped([x.shape[0], x.shape[1], heads, x.shape[2] / heads]) }
    var (query, key) = (separated(parts[0]), separated(parts[1]) * (1 / Double(width / heads).squareRoot()))
    if let rotaryBase {
      let table = context.rotaryTable(
        after: state.positions, length: x.shape[1], width: width / heads, base: rotaryBase, dtype: x.dtype)
      (query, key) = (rotary(query, table), rotary(key, table))
    }
    let (y, memory) = outerProductRecurrence(
      query, key, separated(parts[2]), logDecay: logDecay, initial: state.memory)
    state.memory = memory
    state.positions.advance(by: x.shape[1])
    let read = normalized(y).reshaped(parts[2].shape)
    return output(gates == 0 ? read : read * silu(parts[3]))
  }

  /// Each head with mean 0 and variance 1.
  private func normalized(_ y: Tensor) -> Tensor {
    let width = y.shape[3]
    return layerNorm(
      y, scale: Tensor(ones: [width], dtype: y.dtype), shift: Tensor(zeros: [width], dtype: y.dtype), epsilon: 1e-6)
  }

  // MARK: Chunked  the same from the state so far

  public func chunk(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    self(x, state: &state, context: &context)
  }

  // MARK: Recurrent  S ← γ S + k vᵀ

  public func step(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    self(x.reshaped([x.shape[0], 1, x.shape[1]]), state: &state, context: &context).reshaped(x.shape)
  }
}
