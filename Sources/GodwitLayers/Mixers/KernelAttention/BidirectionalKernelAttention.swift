import GodwitTensor

/// Kernel attention in which every position looks at all others, future ones included.
///
///     yₜ = (Σₛ ψ(kₛ) vₛᵀ)ᵀ φ(qₜ) / (φ(qₜ) · Σₛ ψ(kₛ) + ε)       for each head
///
/// There is no recurrent form. Shapes, normalisation and rotary positions as in `KernelAttention`. Costs beside the projections:
/// 4 B T H F K operations; without a sum of weights to divide by, the cheaper `AssociationOrder` of the product.
public struct BidirectionalKernelAttention<Map: FeatureMap>: SequenceLayer {
  /// The dense layers.
  public var projections: HeadProjections
  /// φ and ψ.
  public var featureMap: Map
  /// The base of the rotary frequencies; no rotary positions if nil.
  public let rotaryBase: Double?

  /// A layer whose parameters start as those of `HeadProjections`.
  ///
  /// - Precondition: `KernelAttention<Map>.problem(with: options)` is nil.
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    if let problem = KernelAttention<Map>.problem(with: options) { fatalError("\(Self.self): \(problem)") }
    projections = HeadProjections(options, using: &generator)
    featureMap = Map(options, using: &generator)
    rotaryBase = options.rotaryBase
  }

  public func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor {
    let width = projections.headWidth
    let order = AssociationOrder.cheaper(
      length: x.shape[1], keyWidth: featureMap.width(ofHead: width), valueWidth: width)
    let isNormalized = Map.normalization == .weightSum
    if rotaryBase == nil, let map = featureMap.elementwise, isNormalized || order == .stateFirst {
      let (output, _) = linearAttention(
        packed: projections.queryKeyValue(x), heads: projections.queryHeads, featureMap: map, normalized: isNormalized,
        causal: false, epsilon: Map.epsilon)
      if isNormalized || output.isFinite { return projections.merged(featureMap.normalized(output)) }
    }
    let heads = projections.separated(x)
    let table = projections.rotaryTable(x, after: nil, base: rotaryBase, &context)
    let features = featureMap.features(of: heads, table: table)
    if !isNormalized {
      let product = { order.product($0, features.key, heads.value) }
      let output = resultsOfSmallerQueries(features.query, results: product(features.query), product)
      return projections.merged(featureMap.normalized(output))
    }
    guard let turned = features.turned else {
      let (output, _) = linearAttention(
        features.query, features.key, heads.value, featureMap: .identity, causal: false, epsilon: Map.epsilon)
      return projections.merged(output)
    }
    let sum = features.key.sum(along: 1, keepingAxis: true)
    var query = turned.query
    var weights = (features.query * sum).sum(along: 3, keepingAxis: true)
    if let factors = weightFactors(features.query, weights: weights) {
      query = query * factors
      weights = (features.query * factors * sum).sum(along: 3, keepingAxis: true)
    }
    let output = AssociationOrder.stateFirst.product(query, turned.key, heads.value)
    return projections.merged(output / divisor(ofWeights: weights + Map.epsilon))
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    projections.visit(&visitor)
    visitor.visit("featureMap", &featureMap)
  }
}
