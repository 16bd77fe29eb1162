import GodwitKernels
import GodwitTensor

/// Softmax attention between positions whose queries fall into the same bucket of a random hash, in time T log T.
///
/// Kitaev, Kaiser and Levskaya 2020, "Reformer: The efficient transformer", section 2: keys are the queries at unit length;
/// positions are sorted by bucket and cut into chunks of m, which see themselves and the one before.
///
///     Pᵢ = ∪ᵣ { j ≠ i : hᵣ(qⱼ) = hᵣ(qᵢ), ⌊sᵣ(i) / m⌋ − 1 ≤ ⌊sᵣ(j) / m⌋ ≤ ⌊sᵣ(i) / m⌋ }, or { i } where that is empty
///     yᵢ = Σ_{j ∈ Pᵢ} exp(qᵢ · kⱼ / √K) vⱼ / Σ_{j ∈ Pᵢ} exp(qᵢ · kⱼ / √K), kⱼ = qⱼ / |qⱼ|       for each head
///
/// | symbol | shape | meaning |
/// |---|---|---|
/// | q, v | [B, T, H, K] | queries and values, K = D / H |
/// | hᵣ(q), sᵣ(i) | [B, H, T] | in each of R rounds a query's bucket, and a position's place in the order of (bucket, position) |
///
/// Each round's means are weighed by the sums of its weights (appendix A). A pair that several rounds bring together counts in
/// the first of them; the paper counts it in each and divides by their number, which is the same.
///
/// The choice of pairs has no derivative: gradients flow to what was chosen.
///
/// It sees the future, and a mask would not make it causal: the query of a later position moves the borders of the chunks, and
/// with them which earlier positions are seen. There is no recurrent form.
///
/// Costs beside the projections and the hash: 8 B T R m D operations and B H R sorts of T numbers, O(B H T R m) memory.
public struct LSHAttention<Hash: LocalitySensitiveHash>: SequenceLayer {
  /// [D, 2 D]: the query heads, then the value heads.
  public var queryValue: Linear
  /// [D, D].
  public var output: Linear
  /// The functions that give queries their buckets, the same for all heads.
  public var hash: Hash
  /// H.
  public let heads: Int
  /// m, the positions in a chunk.
  public let chunk: Int
  /// The base of the rotary frequencies; no rotary positions if nil.
  public let rotaryBase: Double?

  /// A layer whose dense layers start as those of `HeadProjections`.
  ///
  /// - Precondition: the options have no `problem` and ask for as many heads of keys as of queries; the hash is for vectors of
  ///   K dimensions; `chunk` is positive.
  public init(_ options: MixerOptions, hash: Hash, chunk: Int, using generator: inout some RandomNumberGenerator) {
    if let problem = options.problem { fatalError("LSHAttention: \(problem)") }
    require(
      options.keyHeads == options.heads,
      "LSHAttention: \(options.keyHeads) key heads for \(options.heads) heads, whose keys are their own queries")
    let width = options.width
    require(
      hash.width == width / options.heads,
      "LSHAttention: a hash of \(hash.width) dimensions for heads of \(width / options.heads)")
    require(chunk > 0, "LSHAttention: chunks of \(chunk) positions")
    queryValue = Linear(
      width, 2 * width, bias: options.bias, standardDeviation: options.standardDeviation, using: &generator)
    output = Linear(width, width, bias: options.bias, standardDeviation: options.outputDeviation, using: &generator)
    self.hash = hash
    (heads, self.chunk, rotaryBase) = (options.heads, chunk, options.rotaryBase)
  }

  public func callAsFunction(_ x: Tensor, context: inout ForwardContext) -> Tensor {
    let (batch, length, width) = (x.shape[0], x.shape[1], x.shape[2])
    let parts = queryValue(x).split([width, width], along: 2).map {
      $0.reshaped([batch, length, heads, width / heads])
    }
    let table = rotaryBase.map {
      context.rotaryTable(after: nil, length: length, width: width / heads, base: $0, dtype: x.dtype)
    }
    let query = table.map { rotary(parts[0], $0) } ?? parts[0]
    let sequences = [query, parts[1]].map { $0.swappingAxes(1, 2).reshaped([batch * heads, length, width / heads]) }
    let y = attend(sequences[0], sequences[1])
    return output(y.reshaped([batch, heads, length, width / heads]).swappingAxes(1, 2).reshaped(x.shape))
  }

  /// Queries and values of N sequences, [N, T, K] both, to their means [N, T, K].
  private func attend(_ query: Tensor, _ value: Tensor) -> Tensor {
    let width = query.shape[2]
    let chunks = BucketChunks(hash(query), chunk: chunk)
    func sorted(_ x: Tensor) -> Tensor { x.reshaped([-1, width]).gather(chunks.rows) }

    // x / √(mean(x²) + ε / K) is √K times the unit vector, and the scores have the factor 1 / √K.
    let scale = Tensor(filled: 1 / Double(width), shape: [width], dtype: query.dtype)
    let key = rmsNorm(query, scale: scale, epsilon: 1e-12 / Double(width))
    let scores = matmul(sorted(query), withTheChunkBefore(sorted(key)), transposeB: true)
    let seen = scores + chunks.mask.converted(to: scores.dtype)
    let means = matmul(softmax(seen), withTheChunkBefore(sorted(value)))

    // [N, T, R, K] and [N, T, R].
    let rounds = means.reshaped([-1, width]).gather(chunks.slots)
    let logSums = logSumExp(seen).reshaped([-1]).gather(chunks.slots)
    return (rounds * softmax(logSums).reshaped(Array(logSums.shape) + [1])).sum(along: 2)
  }

  /// [N, R, C, m, K] to [N, R, C, 2 m, K], zeros before the first chunk; as it is if there is but one.
  private func withTheChunkBefore(_ x: Tensor) -> Tensor {
    let count = x.shape[2]
    if count <= 1 { return x }
    return concatenate([x.slice(0..<count - 1, along: 2).padded(along: 2, before: 1, after: 0), x], along: 3)
  }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("queryValue", &queryValue)
    visitor.visit("output", &output)
    visitor.visit("hash", &hash)
  }
}
