import GodwitTensor

/// Causal attention whose weights are inner products of features, so that the past fits into sums of a constant size.
///
/// Katharopoulos, Vyas, Pappas and Fleuret 2020, "Transformers are RNNs: Fast autoregressive Transformers with linear
/// attention", equations 7 and 16 to 20; rotary positions as in Su et al. 2021, "RoFormer", equation 19, where the map says so.
///
///     Sₜ = Sₜ₋₁ + ψ(kₜ) vₜᵀ,   zₜ = zₜ₋₁ + ψ(kₜ)
///     yₜ = Sₜᵀ φ(qₜ) / (φ(qₜ) · zₜ + ε)                         for each head
///
/// | symbol | shape | meaning |
/// |---|---|---|
/// | q, k, v | [B, T, H, K] | queries, keys and values, K = D / H |
/// | φ, ψ | [B, T, H, F] | the features of queries and keys, by the `FeatureMap` |
/// | S | [B, H, F, K] | the sum of outer products |
/// | z | [B, H, F] | the sum of keys, which normalises; where nothing has a weight, y is 0 |
/// | ε | | `FeatureMap.epsilon`: 0, but 10⁻³² for random features, whose weights may be negative |
///
/// Quadratic, as a sum over pairs of positions, this is yₜ = Σ_{s ≤ t} sim(qₜ, kₛ) vₛ / (Σ_{s ≤ t} sim(qₜ, kₛ) + ε) with
/// sim(q, k) = φ(q) · ψ(k). Where weights may be negative there is no z: Sᵀ φ(q) is divided by its root mean square.
///
/// With rotary positions either the queries and keys turn by R^t before the map, or the features of S turn and not those of z:
/// the weight of a past position then depends on its distance too, which without them the layer cannot tell.
///
/// Costs beside the projections: parallel and chunked 4 B T H F K operations, memory O(H F K) beyond inputs and outputs where
/// the kernels know the map, else O(B T H F); a step 4 B H F K; state B H F (K + 1) scalars, however long the past.
public struct KernelAttention<Map: FeatureMap>: ConfigurableMixer {
  /// The dense layers.
  public var projections: HeadProjections
  /// φ and ψ.
  public var featureMap: Map
  /// The base of the rotary frequencies; no rotary positions if nil.
  public let rotaryBase: Double?

  /// A layer whose parameters start as those of `HeadProjections`.
  ///
  /// - Precondition: `Self.problem(with: options)` is nil.
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    if let problem = Self.problem(with: options) { fatalError("\(Self.self): \(problem)") }
    projections = HeadProjections(options, using: &generator)
    featureMap = Map(options, using: &generator)
    rotaryBase = options.rotaryBase
  }

  public static var name: String { Map.name }
  public static var summary: String { Map.summary }
  public static var settings: [MixerSetting] { Map.settings }
  public static var supportsRotary: Bool { true }
  public static var stateGrows: Bool { false }
  private static var isNormalized: Bool { Map.normalization == .weightSum }

  public static func problem(with options: MixerOptions) -> MixerError? {
    if options.keyHeads != options.heads {
      return .impossible(
        "keyHeads", found: options.keyHeads,
        expected: "\(options.heads), as each head of the mixer \(name) has keys and values of its own")
    }
    return options.problem
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    projections.visit(&visitor)
    visitor.visit("featureMap", &featureMap)
  }

  /// The sums over the past.
  public struct State: SequenceState {
    /// S and z; z stays 0 where no sum of weights is divided by.
    public var sums: LinearAttentionState
    /// How many positions of each sequence are in them.
    public private(set) var positions: Positions

    fileprivate init(_ sums: LinearAttentionState, _ positions: Positions) {
      (self.sums, self.positions) = (sums, positions)
    }

    /// The sums are those after `count` more positions.
    fileprivate mutating func advance(by count: Int) { positions.advance(by: count) }

    public mutating func visit(_ visitor: inout some TensorVisitor) {
      sums.visit(&visitor)
      visitor.visit("position", &positions)
    }
  }

  public func initialState(batch: Int) -> State {
    let width = projections.headWidth
    let sums = LinearAttentionState(
      batch: batch, heads: projections.queryHeads, keyWidth: featureMap.width(ofHead: width), valueWidth: width,
      dtype: projections.dtype)
    return State(sums, Positions(batch: batch))
  }

  // MARK: Parallel  Y = (tril(φ(Q) ψ(K)ᵀ) V) / (tril(φ(Q) ψ(K)ᵀ) 1 + ε), block by block

  public func callAsFunction(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    let result = attend(x, after: state, &context)
    state.sums = result.sums
    state.advance(by: x.shape[1])
    return result.output
  }

  public func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor {
    attend(x, after: nil, &context).output
  }

  private func attend(
    _ x: Tensor, after state: State?, _ context: inout ForwardContext
  ) -> (output: Tensor, sums: LinearAttentionState) {
    let (output, sums): (Tensor, LinearAttentionState)
    if rotaryBase == nil, let map = featureMap.elementwise {
      (output, sums) = linearAttention(
        packed: projections.queryKeyValue(x), heads: projections.queryHeads, state: state?.sums, featureMap: map,
        normalized: Self.isNormalized, epsilon: Map.epsilon)
    } else {
      let heads = projections.separated(x)
      let table = projections.rotaryTable(x, after: state?.positions, base: rotaryBase, &context)
      let features = featureMap.features(of: heads, table: table)
      if let turned = features.turned {
        (output, sums) = attend(features.query, features.key, turned, heads.value, after: state?.sums)
      } else {
        (output, sums) = linearAttention(
          features.query, features.key, heads.value, state: state?.sums, featureMap: .identity,
          normalized: Self.isNormalized, epsilon: Map.epsilon)
      }
    }
    return (projections.merged(featureMap.normalized(output)), sums)
  }

  /// Turned features meet the values, the others the sum of weights.
  private func attend(
    _ query: Tensor, _ key: Tensor, _ turned: (query: Tensor, key: Tensor), _ value: Tensor,
    after past: LinearAttentionState?
  ) -> (output: Tensor, sums: LinearAttentionState) {
    let (output, matrix) = outerProductRecurrence(turned.query, turned.key, value, initial: past?.matrix)
    // The sum of weights is the same attention to values of 1, whose sums are not written out for each position.
    let ones = Tensor(ones: value.shape.replacing(axis: 3, with: 1), dtype: value.dtype)
    let before = past.map { past in
      LinearAttentionState(matrix: past.sum.reshaped(Array(past.sum.shape) + [1]), sum: past.sum.detached)
    }
    let (weights, sums) = linearAttention(
      query, key, ones, state: before, featureMap: .identity, normalized: false)
    let sum = sums.matrix.reshaped(Array(sums.matrix.shape.dropLast()))
    return (output / divisor(ofWeights: weights + Map.epsilon), LinearAttentionState(matrix: matrix, sum: sum))
  }

  // MARK: Chunked  the parallel form from the sums so far, which it is made of

  public func chunk(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    self(x, state: &state, context: &context)
  }

  // MARK: Recurrent  S ← S + ψ(k) vᵀ, z ← z + ψ(k), y = Sᵀ φ(q) / (φ(q) · z + ε)

  public func step(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    let row = x.reshaped([x.shape[0], 1, x.shape[1]])
    let heads = projections.separated(row)
    let table = projections.rotaryTable(row, after: state.positions, base: rotaryBase, &context)
    let features = featureMap.features(of: heads, table: table)
    let (query, key) = features.turned ?? (features.query, features.key)
    var (output, matrix) = outerProductRecurrence(query, key, heads.value, initial: state.sums.matrix)
    state.sums.matrix = matrix
    state.advance(by: 1)
    if Self.isNormalized {
      state.sums.sum = state.sums.sum + features.key.element(0, along: 1)
      let weights = (features.query.element(0, along: 1) * state.sums.sum).sum(along: 2)
      output = output / divisor(ofWeights: weights + Map.epsilon).reshaped([x.shape[0], 1, heads.query.shape[2], 1])
    }
    return projections.merged(featureMap.normalized(output)).reshaped(x.shape)
  }
}
