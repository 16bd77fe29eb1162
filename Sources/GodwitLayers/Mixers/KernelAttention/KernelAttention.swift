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
/// Queries and keys may be of any size: the weights of a query are multiplied by a power of two, which cancels, where they would
/// be beyond the greatest number or nearly 0; of the maps that the kernels know, features of keys beyond 2⁸⁰ count as 2⁸⁰.
///
/// With rotary positions either the queries and keys turn by R^t before the map, or the features of S turn and not those of z:
/// the weight of a past position then depends on its distance too, which without them the layer cannot tell.
///
/// Costs beside the projections: parallel and chunked 4 B T H F K operations, memory O(H F K) beyond inputs and outputs where
/// the kernels know the map, else O(B T H F); a step 4 B H F K, after 128 positions 6 B H F K; state B H F (K + 1) scalars of the
/// layer's type and as many of float64, however long the past.
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
    /// S.
    fileprivate var matrix: LongSum
    /// z; it stays 0 where no sum of weights is divided by.
    fileprivate var sum: LongSum
    /// How many positions of each sequence are in them.
    public private(set) var positions: Positions

    fileprivate init(batch: Int, heads: Int, keyWidth: Int, valueWidth: Int, dtype: DType) {
      matrix = LongSum(zeros: [batch, heads, keyWidth, valueWidth], dtype: dtype)
      sum = LongSum(zeros: [batch, heads, keyWidth], dtype: dtype)
      positions = Positions(batch: batch)
    }

    /// Whether nothing is older than what is recent.
    fileprivate var isYoung: Bool { positions.most < LongSum.block }

    /// What is recent are the sums after `count` more positions, of which none but the last may end a block.
    fileprivate mutating func advance(by count: Int) {
      if count == 0 { return }
      positions.advance(by: count)
      let ended = positions.values.map { $0 % LongSum.block == 0 }
      guard ended.contains(true) else { return }
      let mask = ended.contains(false) ? Tensor(ended.map { $0 ? 1 : 0 }, dtype: matrix.recent.dtype) : nil
      matrix.fold(mask)
      sum.fold(mask)
    }

    public mutating func visit(_ visitor: inout some TensorVisitor) {
      matrix.visit("matrix", &visitor)
      sum.visit("sum", &visitor)
      visitor.visit("position", &positions)
    }
  }

  public func initialState(batch: Int) -> State {
    let width = projections.headWidth
    return State(
      batch: batch, heads: projections.queryHeads, keyWidth: featureMap.width(ofHead: width), valueWidth: width,
      dtype: projections.dtype)
  }

  // MARK: Parallel  Y = (tril(φ(Q) ψ(K)ᵀ) V) / (tril(φ(Q) ψ(K)ᵀ) 1 + ε), block by block

  public func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor {
    attend(x, after: nil, at: nil, &context).output
  }

  public func callAsFunction(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    state.forEachPosition(state.positions, [x]) { state, operands, position in
      // Up to the end of each block of the sums.
      let x = operands[0]
      var outputs: [Tensor] = []
      var (start, length) = (0, x.shape[1])
      repeat {
        let end = min(length, start + LongSum.block - (position + start) % LongSum.block)
        outputs.append(attend(x.slice(start..<end, along: 1), state: &state, &context))
        start = end
      } while start < length
      return outputs.count == 1 ? outputs[0] : concatenate(outputs, along: 1)
    }
  }

  /// The next positions, no further than to the end of a block of the sums.
  private func attend(_ x: Tensor, state: inout State, _ context: inout ForwardContext) -> Tensor {
    let output: Tensor
    if state.isYoung {
      let past = LinearAttentionState(matrix: state.matrix.recent, sum: state.sum.recent)
      let result = attend(x, after: past, at: state.positions, &context)
      output = result.output
      (state.matrix.recent, state.sum.recent) = (result.sums.matrix, result.sums.sum)
    } else {
      let heads = projections.separated(x)
      let features = features(of: heads, after: state.positions, &context)
      let past = LinearAttentionState(matrix: state.matrix.total(), sum: state.sum.total())
      output = projections.merged(featureMap.normalized(attend(features, heads.value, after: past).output))
      // Not by what the whole past grew, which may be too large to show it.
      let key = (features.turned?.key ?? features.key).swappingAxes(1, 2)
      state.matrix.recent = state.matrix.recent + matmul(key, heads.value.swappingAxes(1, 2), transposeA: true)
      if Self.isNormalized { state.sum.recent = state.sum.recent + features.key.sum(along: 1) }
    }
    state.advance(by: x.shape[1])
    return output
  }

  private func attend(
    _ x: Tensor, after past: LinearAttentionState?, at positions: Positions?, _ context: inout ForwardContext
  ) -> (output: Tensor, sums: LinearAttentionState) {
    let (output, sums): (Tensor, LinearAttentionState)
    if rotaryBase == nil, let map = featureMap.elementwise {
      var result = linearAttention(
        packed: projections.queryKeyValue(x), heads: projections.queryHeads, state: past, featureMap: map,
        normalized: Self.isNormalized, epsilon: Map.epsilon)
      if !Self.isNormalized, !result.output.isFinite {
        let heads = projections.separated(x)
        result.output = attend(features(of: heads, after: positions, &context), heads.value, after: past).output
      }
      (output, sums) = (result.output, result.state)
    } else {
      let heads = projections.separated(x)
      (output, sums) = attend(features(of: heads, after: positions, &context), heads.value, after: past)
    }
    return (projections.merged(featureMap.normalized(output)), sums)
  }

  private func features(
    of heads: (query: Tensor, key: Tensor, value: Tensor), after positions: Positions?,
    _ context: inout ForwardContext
  ) -> Map.Features {
    let table = projections.rotaryTable(heads.query, after: positions, base: rotaryBase, &context)
    return featureMap.features(of: heads, table: table)
  }

  /// Turned features meet the values, the others the sum of weights.
  private func attend(
    _ features: Map.Features, _ value: Tensor, after past: LinearAttentionState?
  ) -> (output: Tensor, sums: LinearAttentionState) {
    guard let turned = features.turned else {
      let result = linearAttention(
        features.query, features.key, value, state: past, featureMap: .identity, normalized: Self.isNormalized,
        epsilon: Map.epsilon)
      if Self.isNormalized { return (result.output, result.state) }
      let output = resultsOfSmallerQueries(features.query, results: result.output) {
        linearAttention($0, features.key, value, state: past, featureMap: .identity, normalized: false).output
      }
      return (output, result.state)
    }
    // The sum of weights is the same attention to values of 1, whose sums are not written out for each position.
    let ones = Tensor(ones: value.shape.replacing(axis: 3, with: 1), dtype: value.dtype)
    let before = past.map { past in
      LinearAttentionState(matrix: past.sum.reshaped(Array(past.sum.shape) + [1]), sum: past.sum.detached)
    }
    func weigh(_ query: Tensor) -> (output: Tensor, state: LinearAttentionState) {
      linearAttention(query, features.key, ones, state: before, featureMap: .identity, normalized: false)
    }
    var (query, (weights, sums)) = (turned.query, weigh(features.query))
    if let factors = weightFactors(features.query, weights: weights) {
      query = query * factors
      (weights, sums) = weigh(features.query * factors)
    }
    let (output, matrix) = outerProductRecurrence(query, turned.key, value, initial: past?.matrix)
    let sum = sums.matrix.reshaped(Array(sums.matrix.shape.dropLast()))
    return (output / divisor(ofWeights: weights + Map.epsilon), LinearAttentionState(matrix: matrix, sum: sum))
  }

  // MARK: Chunked  the parallel form from the sums so far, which it is made of

  public func chunk(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    self(x, state: &state, context: &context)
  }

  // MARK: Recurrent  S ← S + ψ(k) vᵀ, z ← z + ψ(k), y = Sᵀ φ(q) / (φ(q) · z + ε)

  public func step(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    let heads = projections.separated(x.reshaped([x.shape[0], 1, x.shape[1]]))
    let features = features(of: heads, after: state.positions, &context)
    var (query, key) = features.turned ?? (features.query, features.key)
    var divisor: Tensor?
    if Self.isNormalized {
      state.sum.recent = state.sum.recent + features.key.element(0, along: 1)
      let sum = state.isYoung ? state.sum.recent : state.sum.total()
      let weigh = { (query: Tensor) in (query * sum).sum(along: 2) }
      let unscaled = features.query.element(0, along: 1)
      var weights = weigh(unscaled)
      if let factors = weightFactors(unscaled, weights: weights) {
        weights = weigh(unscaled * factors) + (factors * Map.epsilon).reshaped(weights.shape)
        query = query * factors.reshaped([x.shape[0], 1, heads.query.shape[2], 1])
      } else {
        weights = weights + Map.epsilon
      }
      divisor = GodwitTensor.divisor(ofWeights: weights).reshaped([x.shape[0], 1, heads.query.shape[2], 1])
    }
    let (before, older) = (state.matrix.recent, state.isYoung ? nil : state.matrix.roundedOlder())
    func read(_ query: Tensor) -> (output: Tensor, matrix: Tensor) {
      let (output, matrix) = outerProductRecurrence(query, key, heads.value, initial: before)
      guard let older else { return (output, matrix) }
      let rows = query.reshaped(Shape([query.shape[0], query.shape[2], 1, query.shape[3]]))
      return (output + matmul(rows, older).reshaped(output.shape), matrix)
    }
    var output: Tensor
    (output, state.matrix.recent) = read(query)
    output = divisor.map { output / $0 } ?? resultsOfSmallerQueries(query, results: output) { read($0).output }
    state.advance(by: 1)
    return projections.merged(featureMap.normalized(output)).reshaped(x.shape)
  }
}
