import GodwitKernels
import GodwitTensor

/// A diagonal state space model whose step sizes, inputs and outputs depend on what is read, between a short convolution and a gate: the
/// block of Mamba, in the place of an attention and a feed-forward layer both.
///
/// Gu and Dao 2023, "Mamba: Linear-time sequence modeling with selective state spaces", algorithm 2 and figure 3.
///
///     u, z = x W_in;  u = silu(conv(u));  Δ = softplus(u W_Δ₁ W_Δ₂ + b_Δ);  b, c = u W_B, u W_C
///     h[t] = exp(Δ[t] A) ⊙ h[t − 1] + Δ[t] u[t] b[t]ᵀ,   y[t] = ((h[t] c[t] + D ⊙ u[t]) ⊙ silu(z[t])) W_out
///
/// | symbol | shape | meaning |
/// |---|---|---|
/// | u, z | [B, T, E] | inputs and gates, E = 2 D unless told |
/// | Δ | [B, T, E] | step sizes, through a rank of D / 16 |
/// | b, c | [B, T, N] | what is written into the states and read from them, N = 16 unless told |
/// | A | [E, N] | −exp of what is stored, −1 … −N at first |
///
/// Costs beside the projections: parallel and chunked B T E N exponentials and 6 B T E N operations, memory O(B T E N / 32) for the
/// gradient; a step 7 B E N; state B E (N + 3) scalars, however long the past.
public struct Mamba: ConfigurableMixer {
  /// W_in, [D, 2 E].
  public var input: Linear
  /// The short convolution of u.
  public var convolution: ShortConvolution
  /// W_Δ₁, W_B and W_C side by side, [E, R + 2 N].
  public var selection: Linear
  /// W_Δ₂, [R, E].
  public var stepWeight: Tensor
  /// b_Δ, [E].
  public var stepBias: Tensor
  /// log −A, [E, N].
  public var logDecay: Tensor
  /// D, [E].
  public var skip: Tensor
  /// W_out, [E, D].
  public var output: Linear

  private static let stateSize = MixerSetting("state", "N, states of each channel", standard: 16, range: 1...4096)
  private static let expansion = MixerSetting("expansion", "E / D, inner channels", standard: 2, range: 1...16)
  private static let taps = MixerSetting(
    "convolution", "positions that the convolution reads", standard: 4, range: 1...64)
  private static let rank = MixerSetting(
    "rank", "of the step sizes; 0: a sixteenth of the width", standard: 0, range: 0...65_536)

  /// A layer with random parameters, its dense layers and its dynamics as in the authors' code, whatever deviations are asked for.
  ///
  /// - Precondition: `Self.problem(with: options)` is nil.
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    if let problem = Self.problem(with: options) { fatalError("Mamba: \(problem)") }
    let (width, states) = (options.width, options[whole: Self.stateSize])
    let inner = options[whole: Self.expansion] * width
    let chosen = options[whole: Self.rank]
    let rank = chosen == 0 ? (width + 15) / 16 : chosen
    input = Linear(uniform: width, 2 * inner, using: &generator)
    convolution = ShortConvolution(inner, taps: options[whole: Self.taps], using: &generator)
    selection = Linear(uniform: inner, rank + 2 * states, using: &generator)
    let bound = 1 / Double(rank).squareRoot()
    stepWeight = Tensor(uniform: -bound..<bound, shape: [rank, inner], using: &generator)
    stepBias = StepSizes.bias(inner, using: &generator)
    let row = log(Tensor((1...states).map(Double.init)))
    logDecay = Tensor(zeros: [inner, states]) + row
    skip = Tensor(ones: [inner])
    output = Linear(uniform: inner, width, scale: 1 / Double(options.depth).squareRoot(), using: &generator)
  }

  public static var name: String { "mamba" }
  public static var summary: String {
    "selective state spaces: forgets what it chooses to; does the feed-forward layer's work too"
  }
  public static var settings: [MixerSetting] { [stateSize, expansion, taps, rank] }
  public static var supportsRotary: Bool { false }
  public static var replacesFeedForward: Bool { true }
  public static var stateGrows: Bool { false }
  public static func problem(with options: MixerOptions) -> MixerError? { options.widthProblem }

  /// The convolution has E channels, the memory is h [B, E, N].
  public func initialState(batch: Int) -> ConvolvedState {
    ConvolvedState(
      recent: convolution.initialState(batch: batch),
      memory: Tensor(zeros: [batch, logDecay.shape[0], logDecay.shape[1]], dtype: logDecay.dtype))
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("input", &input)
    visitor.visit("convolution", &convolution)
    visitor.visit("selection", &selection)
    visitor.visit("stepWeight", &stepWeight, .weight)
    visitor.visit("stepBias", &stepBias, .dynamics())
    visitor.visit("logDecay", &logDecay, .dynamics())
    visitor.visit("skip", &skip, .scale)
    visitor.visit("output", &output)
  }

  // MARK: Parallel  the scan over all positions, its states read where they are made

  public func callAsFunction(_ x: Tensor, state: inout ConvolvedState, context: inout ForwardContext) -> Tensor {
    let (inner, states, rank) = (logDecay.shape[0], logDecay.shape[1], stepWeight.shape[0])
    let parts = input(x).split([inner, inner], along: 2)
    let u = convolution(parts[0], recent: &state.recent)
    let selected = selection(u).split([rank, states, states], along: 2)
    let (y, memory) = selectiveScan(
      u, delta: softplus(affineMap(selected[0], weight: stepWeight, bias: stepBias)), a: -exp(logDecay),
      b: selected[1], c: selected[2], skip: skip, initial: state.memory)
    state.memory = memory
    return output(y * silu(parts[1]))
  }

  // MARK: Chunked  the same from the state so far

  public func chunk(_ x: Tensor, state: inout ConvolvedState, context: inout ForwardContext) -> Tensor {
    self(x, state: &state, context: &context)
  }

  // MARK: Recurrent  h ← exp(Δ A) ⊙ h + Δ u bᵀ

  public func step(_ x: Tensor, state: inout ConvolvedState, context: inout ForwardContext) -> Tensor {
    self(x.reshaped([x.shape[0], 1, x.shape[1]]), state: &state, context: &context).reshaped(x.shape)
  }
}
