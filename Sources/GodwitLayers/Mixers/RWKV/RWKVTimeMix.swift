import GodwitTensor

/// RWKV's time mix: a mean of all values so far, weighted by the keys and by their age, with a gate: the mixer of RWKV-4.
///
/// Peng et al. 2023, "RWKV: Reinventing RNNs for the Transformer era", equations 11 to 17 and appendices D and E.
///
///     r, k, v = x_r W_r, x_k W_k, x_v W_v   with x_a = m_a ⊙ x[t] + (1 − m_a) ⊙ x[t − 1]
///     y[t] = (σ(r) ⊙ wkv(k, v; w, u)[t]) W_o,   weights e^(k[s] − (t − 1 − s) w) of the past, e^(u + k[t]) of now
///
/// | symbol | shape | meaning |
/// |---|---|---|
/// | r, k, v | [B, T, D] | gates, keys and values |
/// | w, u | [D] | decays, exp of what is stored, and the bonus of the position itself |
/// | m | [D] | the share of the position itself in what gates, keys and values are made of |
///
/// Each channel is by itself, so there are no heads. Costs beside the projections: parallel and chunked 2 B T D exponentials; a step
/// likewise; state 4 B D scalars, however long the past.
public struct RWKVTimeMix: ConfigurableMixer {
  /// W_r, [D, D].
  public var receptance: Linear
  /// W_k, [D, D].
  public var key: Linear
  /// W_v, [D, D].
  public var value: Linear
  /// W_o, [D, D].
  public var output: Linear
  /// m_r, [D].
  public var receptanceShare: Tensor
  /// m_k, [D].
  public var keyShare: Tensor
  /// m_v, [D].
  public var valueShare: Tensor
  /// log w, [D].
  public var logDecay: Tensor
  /// u, [D].
  public var bonus: Tensor

  /// A layer with random matrices, its dynamics by the depth of its block as in the paper.
  ///
  /// - Precondition: `Self.problem(with: options)` is nil.
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    if let problem = Self.problem(with: options) { fatalError("RWKVTimeMix: \(problem)") }
    let width = options.width
    func linear(_ deviation: Double?) -> Linear {
      Linear(width, width, bias: false, standardDeviation: deviation, using: &generator)
    }
    receptance = linear(options.standardDeviation)
    key = linear(options.standardDeviation)
    value = linear(options.standardDeviation)
    output = linear(options.outputDeviation)
    let (depth, rest) = (options.relativeDepth, 1 - Double(options.block) / Double(max(options.depth, 1)))
    receptanceShare = options.tokenShares(power: 0.5 * rest)
    keyShare = options.tokenShares(power: rest)
    valueShare = options.tokenShares(power: rest, more: 0.3 * depth)
    let places = Tensor((0..<width).map { Double($0) / Double(max(width - 1, 1)) })
    logDecay = pow(places, 0.7 + 1.3 * depth) * 8 - 5
    // ln 0.3, up and down by a half from channel to channel.
    bonus = Tensor((0..<width).map { -1.203_972_804_325_936 + 0.5 * Double(($0 + 1) % 3 - 1) })
  }

  public static var name: String { "rwkv4" }
  public static var summary: String { "RWKV-4: a mean of the past that fades, each channel by itself" }
  public static var feedForward: ChannelMixer.Kind { .rwkv }
  public static var supportsRotary: Bool { false }
  public static var stateGrows: Bool { false }
  public static func problem(with options: MixerOptions) -> MixerError? { options.widthProblem }

  /// What the layer keeps of the past.
  public struct State: SequenceState {
    /// The last position, [B, D].
    public var last: Tensor
    /// The sums of the weighted mean, [B, D] each.
    public var sums: WKVSums

    public mutating func visit(_ visitor: inout some TensorVisitor) {
      visitor.visit("last", &last, .weight)
      sums.visit(&visitor)
    }
  }

  public func initialState(batch: Int) -> State {
    let (width, dtype) = (bonus.shape[0], bonus.dtype)
    return State(
      last: Tensor(zeros: [batch, width], dtype: dtype), sums: WKVSums(batch: batch, width: width, dtype: dtype))
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("receptance", &receptance)
    visitor.visit("key", &key)
    visitor.visit("value", &value)
    visitor.visit("output", &output)
    visitor.visit("receptanceShare", &receptanceShare, .dynamics())
    visitor.visit("keyShare", &keyShare, .dynamics())
    visitor.visit("valueShare", &valueShare, .dynamics())
    // The rates of the authors' code.
    visitor.visit("logDecay", &logDecay, .dynamics(.factor(2)))
    visitor.visit("bonus", &bonus, .dynamics(.factor(3)))
  }

  // MARK: Parallel  all positions in one pass over the sums

  public func callAsFunction(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    let shift = TokenShift(x, last: &state.last)
    let (mean, sums) = wkv(
      key(shift.mixed(keyShare)), value(shift.mixed(valueShare)), decay: exp(logDecay), bonus: bonus,
      initial: state.sums)
    state.sums = sums
    return output(sigmoid(receptance(shift.mixed(receptanceShare))) * mean)
  }

  // MARK: Chunked  the same from the state so far

  public func chunk(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    self(x, state: &state, context: &context)
  }

  // MARK: Recurrent  a ← e^−w a + e^k v, b ← e^−w b + e^k

  public func step(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    self(x.reshaped([x.shape[0], 1, x.shape[1]]), state: &state, context: &context).reshaped(x.shape)
  }
}
