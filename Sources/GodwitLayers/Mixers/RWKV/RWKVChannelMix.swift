import GodwitTensor

/// RWKV's channel mix: two dense layers with a squared ReLU between them and a gate, of a mixture of each position with the one before.
///
/// Peng et al. 2023, "RWKV: Reinventing RNNs for the Transformer era", equations 18 to 20.
///
///     y[t] = σ(x_r W_r) ⊙ (relu(x_k W_k)² W_v)   with x_a = m_a ⊙ x[t] + (1 − m_a) ⊙ x[t − 1]
///
/// Costs 2 D (2 F + D) operations for each position; state B D scalars.
public struct RWKVChannelMix: SequenceMixer {
  /// W_r, [D, D].
  public var receptance: Linear
  /// W_k, [D, F].
  public var key: Linear
  /// W_v, [F, D].
  public var value: Linear
  /// m_r, [D].
  public var receptanceShare: Tensor
  /// m_k, [D].
  public var keyShare: Tensor

  /// A layer with random matrices, its shares by the depth of its block as in the paper.
  ///
  /// - Parameters:
  ///   - hidden: F; 4 D if nil.
  public init(_ options: MixerOptions, hidden: Int? = nil, using generator: inout some RandomNumberGenerator) {
    let (width, hidden) = (options.width, hidden ?? 4 * options.width)
    receptance = Linear(
      width, width, bias: false, standardDeviation: options.standardDeviation, using: &generator)
    key = Linear(width, hidden, bias: false, standardDeviation: options.standardDeviation, using: &generator)
    value = Linear(hidden, width, bias: false, standardDeviation: options.outputDeviation, using: &generator)
    let rest = 1 - Double(options.block) / Double(max(options.depth, 1))
    receptanceShare = options.tokenShares(power: rest)
    keyShare = receptanceShare
  }

  public static var stateGrows: Bool { false }

  /// The last position, [B, D].
  public struct State: SequenceState {
    public var last: Tensor
    public mutating func visit(_ visitor: inout some TensorVisitor) { visitor.visit("last", &last, .weight) }
  }

  public func initialState(batch: Int) -> State {
    State(last: Tensor(zeros: [batch, keyShare.shape[0]], dtype: keyShare.dtype))
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("receptance", &receptance)
    visitor.visit("key", &key)
    visitor.visit("value", &value)
    visitor.visit("receptanceShare", &receptanceShare, .dynamics())
    visitor.visit("keyShare", &keyShare, .dynamics())
  }

  public func callAsFunction(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    let shift = TokenShift(x, last: &state.last)
    let hidden = reluSquared(key(shift.mixed(keyShare)))
    return sigmoid(receptance(shift.mixed(receptanceShare))) * value(hidden)
  }

  public func chunk(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    self(x, state: &state, context: &context)
  }

  public func step(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    self(x.reshaped([x.shape[0], 1, x.shape[1]]), state: &state, context: &context).reshaped(x.shape)
  }
}
