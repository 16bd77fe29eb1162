import GodwitKernels
import GodwitTensor

/// A state space model with one decay for each head, which makes it an attention without softmax whose past fades: the block of Mamba-2,
/// in the place of an attention and a feed-forward layer both.
///
/// Dao and Gu 2024, "Transformers are SSMs: Generalized models and efficient algorithms through structured state space duality",
/// section 7.1 and figure 6.
///
///     z, (u, b, c), Δ = x W_in;  (u, b, c) = silu(conv(u, b, c));  Δ = softplus(Δ + b_Δ)
///     S[t] = exp(Δ[t] A) S[t − 1] + b[t] (Δ[t] u[t])ᵀ,   y[t] = norm((S[t]ᵀ c[t] + D u[t]) ⊙ silu(z[t])) W_out
///
/// | symbol | shape | meaning |
/// |---|---|---|
/// | u, z | [B, T, H, P] | inputs and gates, H P = 2 D unless told |
/// | Δ, A, D | [B, T, H], [H], [H] | step sizes, decays, factors of the inputs |
/// | b, c | [B, T, G, N] | what is written and read, shared by the H / G heads of a group |
/// | norm | | by the root mean square of the channels of each group |
///
/// Costs beside the projections: parallel and chunked 4 B T H N P operations, and B T H C P more by chunks of C = 48 positions where
/// states are large, or 2 N P instead of C P where they are small; a step likewise; state B H N P + 3 B (H P + 2 G N) scalars, however
/// long the past.
public struct Mamba2: ConfigurableMixer {
  /// W_in, [D, 2 H P + 2 G N + H].
  public var input: Linear
  /// The short convolution of u, b and c.
  public var convolution: ShortConvolution
  /// b_Δ, [H].
  public var stepBias: Tensor
  /// log −A, [H].
  public var logDecay: Tensor
  /// D, [H].
  public var skip: Tensor
  /// The scale of the normalisation, [H P].
  public var scale: Tensor
  /// W_out, [H P, D].
  public var output: Linear
  /// P.
  public let headWidth: Int
  /// G.
  public let groups: Int
  /// N.
  public let stateSize: Int

  private static let stateSize = MixerSetting("state", "N, rows of each head's state", standard: 64, range: 1...4096)
  private static let expansion = MixerSetting("expansion", "H P / D, inner channels", standard: 2, range: 1...16)
  private static let taps = MixerSetting(
    "convolution", "positions that the convolution reads", standard: 4, range: 1...64)
  private static let headWidth = MixerSetting(
    "headWidth", "P, channels of a head; 0: 64, or less for eight heads", standard: 0, range: 0...65_536)
  private static let groups = MixerSetting("groups", "G, of heads that share b and c", standard: 1, range: 1...4096)

  /// P for a layer of so many inner channels.
  private static func headWidth(_ options: MixerOptions) -> Int {
    let inner = options.width * options[whole: expansion]
    let chosen = options[whole: headWidth]
    if chosen != 0 { return chosen }
    return (1...64).last { inner % ($0 * options[whole: groups]) == 0 && (8 * $0 <= inner || $0 == 1) } ?? 1
  }

  /// A layer with random parameters, its dense layers and its dynamics as in the authors' code, whatever deviations are asked for: A
  /// uniform from −16 to −1.
  ///
  /// - Precondition: `Self.problem(with: options)` is nil.
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    if let problem = Self.problem(with: options) { fatalError("Mamba2: \(problem)") }
    (stateSize, groups) = (options[whole: Self.stateSize], options[whole: Self.groups])
    let inner = options.width * options[whole: Self.expansion]
    headWidth = Self.headWidth(options)
    let heads = inner / headWidth
    let mixed = inner + 2 * groups * stateSize
    input = Linear(uniform: options.width, inner + mixed + heads, using: &generator)
    convolution = ShortConvolution(mixed, taps: options[whole: Self.taps], using: &generator)
    stepBias = StepSizes.bias(heads, using: &generator)
    logDecay = log(Tensor(uniform: 1..<16, shape: [heads], using: &generator))
    (skip, scale) = (Tensor(ones: [heads]), Tensor(ones: [inner]))
    output = Linear(uniform: inner, options.width, scale: 1 / Double(options.depth).squareRoot(), using: &generator)
  }

  public static var name: String { "mamba2" }
  public static var summary: String {
    "linear attention whose past fades as it chooses; does the feed-forward layer's work too"
  }
  public static var settings: [MixerSetting] { [stateSize, expansion, taps, headWidth, groups] }
  public static var supportsRotary: Bool { false }
  public static var replacesFeedForward: Bool { true }
  public static var stateGrows: Bool { false }
  public static func problem(with options: MixerOptions) -> MixerError? {
    if let problem = options.widthProblem { return problem }
    let (inner, groups) = (options.width * options[whole: expansion], options[whole: Self.groups])
    let head = headWidth(options)
    if inner % head != 0 {
      return .impossible("headWidth", found: head, expected: "a divisor of the \(inner) inner channels")
    }
    if inner / head % groups != 0 {
      return .impossible("groups", found: groups, expected: "a divisor of the number of heads, \(inner / head)")
    }
    return nil
  }

  /// H P.
  private var inner: Int { scale.shape[0] }
  /// H.
  private var heads: Int { skip.shape[0] }

  /// The convolution has H P + 2 G N channels, the memory is S [B, H, N, P].
  public func initialState(batch: Int) -> ConvolvedState {
    ConvolvedState(
      recent: convolution.initialState(batch: batch),
      memory: Tensor(zeros: [batch, heads, stateSize, headWidth], dtype: scale.dtype))
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("input", &input)
    visitor.visit("convolution", &convolution)
    visitor.visit("stepBias", &stepBias, .dynamics())
    visitor.visit("logDecay", &logDecay, .dynamics())
    visitor.visit("skip", &skip, .scale)
    visitor.visit("scale", &scale, .scale)
    visitor.visit("output", &output)
  }

  // MARK: Parallel  Y = (L ⊙ C Bᵀ) (Δ U), L[t, s] = exp(A Σ Δ) over s < r ≤ t

  public func callAsFunction(_ x: Tensor, state: inout ConvolvedState, context: inout ForwardContext) -> Tensor {
    let (batch, length, shared) = (x.shape[0], x.shape[1], groups * stateSize)
    let parts = input(x).split([inner, inner + 2 * shared, heads], along: 2)
    let mixed = convolution(parts[1], recent: &state.recent).split([inner, shared, shared], along: 2)
    let delta = softplus(parts[2] + stepBias)
    let u = mixed[0].reshaped([batch, length, heads, headWidth])
    let rows: Shape = [batch, length, groups, stateSize]
    let (y, memory) = outerProductRecurrence(
      mixed[2].reshaped(rows), mixed[1].reshaped(rows), u * delta.reshaped([batch, length, heads, 1]),
      logDecay: delta * -exp(logDecay), initial: state.memory)
    state.memory = memory
    let read = (y + u * skip.reshaped([heads, 1])).reshaped([batch, length, inner])
    return output(normalized(read * silu(parts[0])))
  }

  /// Divided by the root mean square of each group, times the scale.
  private func normalized(_ y: Tensor) -> Tensor {
    if groups == 1 { return rmsNorm(y, scale: scale, epsilon: 1e-5) }
    let each = inner / groups
    let rows = y.reshaped([y.shape[0], y.shape[1], groups, each])
    return rmsNorm(rows, scale: Tensor(ones: [each], dtype: y.dtype), epsilon: 1e-5).reshaped(y.shape) * scale
  }

  // MARK: Chunked  the same from the state so far

  public func chunk(_ x: Tensor, state: inout ConvolvedState, context: inout ForwardContext) -> Tensor {
    self(x, state: &state, context: &context)
  }

  // MARK: Recurrent  S ← exp(Δ A) S + b (Δ u)ᵀ

  public func step(_ x: Tensor, state: inout ConvolvedState, context: inout ForwardContext) -> Tensor {
    self(x.reshaped([x.shape[0], 1, x.shape[1]]), state: &state, context: &context).reshaped(x.shape)
  }
}
