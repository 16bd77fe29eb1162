import GodwitKernels
import GodwitTensor

/// The dense layers around an attention: one to the heads of queries, keys and values together, one back.
///
/// One product makes all three, side by side as the attention operations read them.
public struct HeadProjections: Module {
  /// [D, (H + 2 G) K]: the query heads, then the key heads, then the value heads.
  public var queryKeyValue: Linear
  /// [H K, D].
  public var output: Linear
  /// H.
  public let queryHeads: Int
  /// G.
  public let keyHeads: Int

  /// Normal weights with the options' deviations, 1/√(inputs) unless told; biases of zeros.
  ///
  /// - Precondition: the options have no `problem`.
  public init(_ options: MixerOptions, using generator: inout some RandomNumberGenerator) {
    if let problem = options.problem { fatalError("HeadProjections: \(problem)") }
    (queryHeads, keyHeads) = (options.heads, options.keyHeads)
    let width = options.width
    let headWidth = width / options.heads
    queryKeyValue = Linear(
      width, (options.heads + 2 * options.keyHeads) * headWidth, bias: options.bias,
      standardDeviation: options.standardDeviation, using: &generator)
    output = Linear(
      width, width, bias: options.bias, standardDeviation: options.outputDeviation, using: &generator)
  }

  /// D.
  public var width: Int { output.weight.shape[1] }

  /// K.
  public var headWidth: Int { output.weight.shape[0] / queryHeads }

  /// The type of the elements.
  public var dtype: DType { output.weight.dtype }

  /// x's queries [B, T, H, K], keys [B, T, G, K] and values [B, T, G, K].
  func separated(_ x: Tensor) -> (query: Tensor, key: Tensor, value: Tensor) {
    heads(of: queryKeyValue(x))
  }

  /// The parts of what `queryKeyValue` gives.
  func heads(of packed: Tensor) -> (query: Tensor, key: Tensor, value: Tensor) {
    let parts = packed.split([queryHeads * headWidth, keyHeads * headWidth, keyHeads * headWidth], along: 2)
    let shape: Shape = [packed.shape[0], packed.shape[1], keyHeads, headWidth]
    return (
      parts[0].reshaped([packed.shape[0], packed.shape[1], queryHeads, headWidth]), parts[1].reshaped(shape),
      parts[2].reshaped(shape)
    )
  }

  /// `separated`, queries and keys turned by rotary positions; without them where `base` is nil.
  ///
  /// - Parameters:
  ///   - positions: how many each sequence has had before; none if nil.
  func rotated(
    _ x: Tensor, after positions: Positions? = nil, base: Double?, _ context: inout ForwardContext
  ) -> (query: Tensor, key: Tensor, value: Tensor) {
    let (query, key, value) = separated(x)
    guard let table = rotaryTable(x, after: positions, base: base, &context) else { return (query, key, value) }
    return (rotary(query, table), rotary(key, table), value)
  }

  /// The angles of x's positions; nil without rotary positions.
  func rotaryTable(
    _ x: Tensor, after positions: Positions?, base: Double?, _ context: inout ForwardContext
  ) -> RotaryTable? {
    base.map {
      context.rotaryTable(after: positions, length: x.shape[1], width: headWidth, base: $0, dtype: dtype)
    }
  }

  /// The heads [B, T, H, K] brought together: [B, T, D].
  func merged(_ y: Tensor) -> Tensor { output(y.reshaped([y.shape[0], y.shape[1], queryHeads * headWidth])) }

  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("queryKeyValue", &queryKeyValue)
    visitor.visit("output", &output)
  }
}
