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
/// the kernels know the map, else O(B T H F); with a state half as many more; a step 7 B H F K; state 2 B H F (K + 1) scalars,
/// however long the past.
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
    fileprivate var matrix: LongSum
    /// It stays 0 where no sum of weights is divided by.
    fileprivate var sum: LongSum
    /// How many positions of each sequence are in them.
    public fileprivate(set) var positions: Positions

    fileprivate init(batch: Int, heads: Int, keyWidth: Int, valueWidth: Int, dtype: DType) {
      matrix = LongSum(zeros: [batch, heads, keyWidth, valueWidth], dtype: dtype)
      sum = LongSum(zeros: [batch, heads, keyWidth], dtype: dtype)
      positions = Positions(batch: batch)
    }

    /// S and z, rounded.
    public var sums: LinearAttentionState { LinearAttentionState(matrix: matrix.value, sum: sum.value) }

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
    finished(attend(operands(of: x, after: nil, &context), after: nil, returnsAdded: false).output)
  }

  public func callAsFunction(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    let operands = operands(of: x, after: state.positions, &context)
    let length = x.shape[1]
    defer { state.positions.advance(by: length) }
    if state.positions.most + length <= LongSum.short {
      let (output, sums) = attend(operands, after: state.sums, returnsAdded: false)
      state.matrix.replace(by: sums.matrix)
      if Self.isNormalized { state.sum.replace(by: sums.sum) }
      return finished(output)
    }
    var outputs: [Tensor] = []
    for start in stride(from: 0, to: max(length, 1), by: LongSum.most) {
      let piece = operands.slice(start..<min(start + LongSum.most, length), of: length)
      let (output, added) = attend(piece, after: state.sums, returnsAdded: true)
      outputs.append(output)
      state.matrix.add(added.matrix)
      if Self.isNormalized { state.sum.add(added.sum) }
    }
    return finished(outputs.count == 1 ? outputs[0] : concatenate(outputs, along: 1))
  }

  /// What the heads give [B, T, H, K], brought together.
  private func finished(_ output: Tensor) -> Tensor { projections.merged(featureMap.normalized(output)) }

  /// What attends and is attended to.
  private enum Operands {
    /// Queries, keys and values side by side, of which the kernels make the features.
    case packed(Tensor, ElementwiseFeatureMap)
    case features(Map.Features, value: Tensor)

    /// Some of `length` positions.
    func slice(_ range: Range<Int>, of length: Int) -> Operands {
      if range.count == length { return self }
      func part(_ x: Tensor) -> Tensor { x.slice(range, along: 1) }
      switch self {
      case .packed(let x, let map): return .packed(part(x), map)
      case .features(let features, let value):
        let turned = features.turned.map { (part($0.query), part($0.key)) }
        return .features((part(features.query), part(features.key), turned), value: part(value))
      }
    }
  }

  private func operands(of x: Tensor, after positions: Positions?, _ context: inout ForwardContext) -> Operands {
    if rotaryBase == nil, let map = featureMap.elementwise { return .packed(projections.queryKeyValue(x), map) }
    let heads = projections.separated(x)
    return .features(features(of: heads, after: positions, &context), value: heads.value)
  }

  private func features(
    of heads: (query: Tensor, key: Tensor, value: Tensor), after positions: Positions?,
    _ context: inout ForwardContext
  ) -> Map.Features {
    let table = projections.rotaryTable(heads.query, after: positions, base: rotaryBase, &context)
    return featureMap.features(of: heads, table: table)
  }

  /// - Returns: what the heads give, and the sums after the positions or what these have added to them.
  private func attend(
    _ operands: Operands, after past: LinearAttentionState?, returnsAdded: Bool
  ) -> (output: Tensor, sums: LinearAttentionState) {
    switch operands {
    case .features(let features, let value):
      return attend(features, value, after: past, returnsAdded: returnsAdded)
    case .packed(let packed, let map):
      let (output, sums) = linearAttention(
        packed: packed, heads: projections.queryHeads, state: past, featureMap: map, normalized: Self.isNormalized,
        epsilon: Map.epsilon, returnsAdded: returnsAdded)
      if Self.isNormalized || output.isFinite { return (output, sums) }
      let heads = projections.heads(of: packed)
      let features = featureMap.features(of: heads, table: nil)
      return attend(features, heads.value, after: past, returnsAdded: returnsAdded)
    }
  }

  /// Turned features meet the values, the others the sum of weights.
  private func attend(
    _ features: Map.Features, _ value: Tensor, after past: LinearAttentionState?, returnsAdded: Bool
  ) -> (output: Tensor, sums: LinearAttentionState) {
    guard let turned = features.turned else {
      func read(_ query: Tensor) -> (output: Tensor, sums: LinearAttentionState) {
        linearAttention(
          query, features.key, value, state: past, featureMap: .identity, normalized: Self.isNormalized,
          epsilon: Map.epsilon, returnsAdded: returnsAdded)
      }
      let (output, sums) = read(features.query)
      if Self.isNormalized { return (output, sums) }
      return (resultsOfSmallerQueries(features.query, results: output) { read($0).output }, sums)
    }
    // The sum of weights is the same attention to values of 1, whose sums are not written out for each position.
    let ones = Tensor(ones: value.shape.replacing(axis: 3, with: 1), dtype: value.dtype)
    let before = past.map { past in
      LinearAttentionState(matrix: past.sum.reshaped(Array(past.sum.shape) + [1]), sum: past.sum.detached)
    }
    func weigh(_ query: Tensor) -> (output: Tensor, sums: LinearAttentionState) {
      linearAttention(
        query, features.key, ones, state: before, featureMap: .identity, normalized: false, epsilon: 0,
        returnsAdded: returnsAdded)
    }
    var (query, (weights, sums)) = (turned.query, weigh(features.query))
    if let factors = weightFactors(features.query, weights: weights) {
      query = query * factors
      (weights, sums) = weigh(features.query * factors)
    }
    var (output, matrix) = outerProductRecurrence(query, turned.key, value, initial: past?.matrix)
    if returnsAdded {
      matrix = matmul(turned.key.swappingAxes(1, 2), value.swappingAxes(1, 2), transposeA: true)
    }
    output = output / divisor(ofWeights: weights + Map.epsilon)
    let sum = sums.matrix.reshaped(Array(sums.matrix.shape.dropLast()))
    return (output, LinearAttentionState(matrix: matrix, sum: sum))
  }

  // MARK: Chunked  the parallel form from the sums so far, which it is made of

  public func chunk(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    self(x, state: &state, context: &context)
  }

  // MARK: Recurrent  S ← S + ψ(k) vᵀ, z ← z + ψ(k), y = Sᵀ φ(q) / (φ(q) · z + ε)

  public func step(_ x: Tensor, state: inout State, context: inout ForwardContext) -> Tensor {
    let heads = projections.separated(x.reshaped([x.shape[0], 1, x.shape[1]]))
    let features = features(of: heads, after: state.positions, &context)
    let (query, key) = features.turned ?? (features.query, features.key)
    var output = state.matrix.step(query: query, key: key, value: heads.value)
    if Self.isNormalized {
      state.sum.add(features.key.element(0, along: 1))
      let sum = state.sum.value
      func weigh(_ query: Tensor) -> Tensor { (query.element(0, along: 1) * sum).sum(along: 2) }
      func perHead(_ x: Tensor) -> Tensor { x.reshaped([x.shape[0], 1, x.shape[1], 1]) }
      var weights = perHead(weigh(features.query))
      if let factors = weightFactors(features.query, weights: weights) {
        weights = perHead(weigh(features.query * factors)) + factors * Map.epsilon
        output = state.matrix.product(query: query * factors)
      } else if Map.epsilon != 0 {
        weights = weights + Map.epsilon
      }
      output = output / divisor(ofWeights: weights)
    } else {
      output = resultsOfSmallerQueries(query, results: output) { state.matrix.product(query: $0) }
    }
    state.positions.advance(by: 1)
    return finished(output).reshaped(x.shape)
  }
}
