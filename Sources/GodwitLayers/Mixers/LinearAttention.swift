import GodwitTensor

/// Causal linear attention: attention without the softmax, so that the past fits into sums of a constant size.
///
/// Katharopoulos, Vyas, Pappas and Fleuret 2020, "Transformers are RNNs: Fast autoregressive Transformers with linear
/// attention", equations 7 and 16 to 20; rotary positions as in Su et al. 2021, "RoFormer", equation 19.
///
///     Sₜ = Sₜ₋₁ + φ(kₜ) vₜᵀ,   zₜ = zₜ₋₁ + φ(kₜ)
///     yₜ = Sₜᵀ φ(qₜ) / (φ(qₜ) · zₜ + ε)                         φ(x) = elu(x) + 1, for each head
///
/// | symbol | shape | meaning |
/// |---|---|---|
/// | q, k, v | [B, T, H, K] | queries, keys and values, K = D / H |
/// | S | [B, H, K, K] | the sum of outer products |
/// | z | [B, H, K] | the sum of keys, which normalises |
///
/// With rotary positions the queries and keys of S, not those of z, turn by R^t after φ: the weight of a past position then
/// depends on its distance too, which without them the layer cannot tell.
///
/// Costs beside the projections: parallel and chunked 4 B T D K operations, memory O(D K) beyond inputs and outputs; a step
/// 4 B D K; state B D (K + 1) scalars, however long the past.
public struct LinearAttention: ConfigurableMixer {
  /// The dense layers.
  public var projections: HeadProjections
  /// The base of the rotary frequencies; no rotary positions if nil.
  public let rotaryBase: Double?
  /// ε, which keeps the divisor from 0.
  static let epsilon = 1e-6

  /// A layer whose parameters start as those of `HeadProjections`.
  ///
  /// - Precondition: `Self.problem(with: options)` is nil.
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    if let problem = Self.problem(with: options) { fatalError("LinearAttention: \(problem)") }
    projections = HeadProjections(options, using: &generator)
    rotaryBase = options.rotaryBase
  }

  public static var name: String { "linear" }
  public static var summary: String { "linear attention with the features elu(x) + 1" }
  public static var supportsRotary: Bool { true }
  public static var stateGrows: Bool { false }

  public static func problem(with options: MixerOptions) -> MixerError? {
    if options.keyHeads != options.heads {
      return .impossible(
        "keyHeads", found: options.keyHeads,
        expected: "\(options.heads), as each head of the mixer \(name) has keys and values of its own")
    }
    return options.problem
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) { projections.visit(&visitor) }

  /// The sums over the past.
  public struct State: Module {
    /// S and z.
    public var sums: LinearAttentionState
    /// The number of positions in them.
    public var position: Int

    public mutating func visit(_ visitor: inout some TensorVisitor) { sums.visit(&visitor) }
  }

  public func initialState(batch: Int) -> State {
    let width = projections.headWidth
    let sums = LinearAttentionState(
      batch: batch, heads: projections.queryHeads, keyWidth: width, valueWidth: width, dtype: projections.dtype)
    return State(sums: sums, position: 0)
  }

  // MARK: Parallel  Y = (tril(φ(Q) φ(K)ᵀ) V) / (tril(φ(Q) φ(K)ᵀ) 1 + ε), block by block

  public func callAsFunction(_ x: Tensor, state: inout State) -> Tensor {
    defer { state.position += x.shape[1] }
    if let rotaryBase { return rotated(x, rotaryBase, &state) }
    let result = linearAttention(
      packed: projections.queryKeyValue(x), heads: projections.queryHeads, state: state.sums, epsilon: Self.epsilon)
    state.sums = result.state
    return projections.merged(result.output)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    if rotaryBase == nil {
      let packed = projections.queryKeyValue(x)
      return projections.merged(
        linearAttention(packed: packed, heads: projections.queryHeads, epsilon: Self.epsilon).output)
    }
    var state = initialState(batch: x.shape[0])
    return self(x, state: &state)
  }

  private func rotated(_ x: Tensor, _ base: Double, _ state: inout State) -> Tensor {
    let heads = projections.separated(x)
    let (query, key) = (eluPlusOne(heads.query), eluPlusOne(heads.key))
    let (output, matrix) = outerProductRecurrence(
      rotary(query, offset: state.position, base: base), rotary(key, offset: state.position, base: base), heads.value,
      initial: state.sums.matrix)
    let shape = state.sums.sum.shape
    let sums = key.cumulativeSum(along: 1) + state.sums.sum.reshaped([shape[0], 1, shape[1], shape[2]])
    state.sums = LinearAttentionState(matrix: matrix, sum: state.sums.sum + key.sum(along: 1))
    return projections.merged(output / ((query * sums).sum(along: 3, keepingAxis: true) + Self.epsilon))
  }

  // MARK: Chunked  the parallel form from the sums so far, which it is made of

  public func chunk(_ x: Tensor, state: inout State) -> Tensor { self(x, state: &state) }

  // MARK: Recurrent  S ← S + φ(k) vᵀ, z ← z + φ(k), y = Sᵀ φ(q) / (φ(q) · z + ε)

  public func step(_ x: Tensor, state: inout State) -> Tensor {
    let heads = projections.separated(x.reshaped([x.shape[0], 1, x.shape[1]]))
    let (query, key) = (eluPlusOne(heads.query), eluPlusOne(heads.key))
    let sum = state.sums.sum + key.element(0, along: 1)
    let divisor = (query.element(0, along: 1) * sum).sum(along: 2) + Self.epsilon
    let turned = rotaryBase.map { base in
      (rotary(query, offset: state.position, base: base), rotary(key, offset: state.position, base: base))
    }
    let (output, matrix) = outerProductRecurrence(
      turned?.0 ?? query, turned?.1 ?? key, heads.value, initial: state.sums.matrix)
    state.sums = LinearAttentionState(matrix: matrix, sum: sum)
    state.position += 1
    return projections.merged(output / divisor.reshaped([x.shape[0], 1, heads.query.shape[2], 1])).reshaped(x.shape)
  }
}
