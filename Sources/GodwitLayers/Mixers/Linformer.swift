import GodwitKernels
import GodwitTensor

/// Linformer: softmax attention to a fixed number of mixtures of the keys and values, in place of one of each for every position.
///
/// Wang, Li, Khabsa, Fang and Ma 2020, "Linformer: Self-attention with linear complexity", equation 7, with E and F shared by
/// all heads of the layer (section 4, headwise sharing).
///
///     Y = softmax(Q (E K)ᵀ / √K) (F V)       for each head
///
/// | symbol | shape | meaning |
/// |---|---|---|
/// | Q | [T, K] | a head's queries, K = D / H |
/// | K, V | [T, K] | keys and values; each of the G heads serves H / G query heads |
/// | E, F | [M, N] | the mixtures of positions for keys and for values, learned |
///
/// E and F have a column for each of N positions, which are the most that a sequence may have. A shorter sequence takes the
/// first T columns: it is what one of N positions is whose other keys and values are zeros.
///
/// It is not causal, and masking it would not make it so: every mixture contains positions of the whole sequence. There is no
/// recurrent form.
///
/// Costs beside the projections: 8 B T M D operations, O(T + M) memory.
public struct Linformer: SequenceLayer {
  /// The dense layers.
  public var projections: HeadProjections
  /// E, [M, N].
  public var keyMixtures: Tensor
  /// F, [M, N].
  public var valueMixtures: Tensor

  /// A layer whose dense layers start as those of `HeadProjections`, and whose mixtures are normal with the deviation 1/√N,
  /// which keeps the variance of what they mix at the full length.
  ///
  /// - Parameters:
  ///   - context: N, the most positions that a sequence may have.
  ///   - mixtures: M, how many keys and values are left.
  /// - Precondition: the options have no `problem` and ask for no rotary positions, as a mixture has no position to turn by;
  ///   `context` and `mixtures` are positive.
  public init(
    _ options: MixerOptions, context: Int, mixtures: Int, using generator: inout some RandomNumberGenerator
  ) {
    require(!options.rotary, "Linformer: rotary positions are asked for; it can carry none")
    require(
      context > 0 && mixtures > 0, "Linformer: \(mixtures) mixtures of \(context) positions; both must be positive")
    projections = HeadProjections(options, using: &generator)
    let deviation = 1 / Double(context).squareRoot()
    keyMixtures = Tensor(normal: 0, standardDeviation: deviation, shape: [mixtures, context], using: &generator)
    valueMixtures = Tensor(normal: 0, standardDeviation: deviation, shape: [mixtures, context], using: &generator)
  }

  /// N.
  public var context: Int { keyMixtures.shape[1] }

  /// All positions at once, [B, T, D] to [B, T, D].
  ///
  /// - Precondition: there are at most N positions.
  public func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor {
    let length = x.shape[1]
    require(
      length <= self.context, "Linformer: a sequence of \(length) positions; the mixtures have \(self.context)")
    let (query, key, value) = projections.separated(x)
    let (keys, values) = (mixed(key, by: keyMixtures), mixed(value, by: valueMixtures))
    return projections.merged(softmaxAttention(query, keys, values, causal: false))
  }

  /// [B, T, G, K] to [B, M, G, K].
  private func mixed(_ x: Tensor, by mixtures: Tensor) -> Tensor {
    let rows = x.reshaped([x.shape[0], x.shape[1], x.shape[2] * x.shape[3]])
    return matmul(mixtures.slice(0..<x.shape[1], along: 1), rows)
      .reshaped(x.shape.replacing(axis: 1, with: mixtures.shape[0]))
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    projections.visit(&visitor)
    visitor.visit("keyMixtures", &keyMixtures, .weight)
    visitor.visit("valueMixtures", &valueMixtures, .weight)
  }
}
