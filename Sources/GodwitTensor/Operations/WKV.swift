import GodwitKernels

/// The sums of RWKV's weighted mean: a numerator and a denominator, both to be multiplied by e^exponent. All [B, D].
public struct WKVSums: Sendable {
  public var numerator: Tensor
  public var denominator: Tensor
  public var exponent: Tensor

  /// Sums over nothing.
  public init(batch: Int, width: Int, dtype: DType = .float32) {
    numerator = Tensor(zeros: [batch, width], dtype: dtype)
    denominator = numerator
    // Less than any exponent, and far from where the difference of two would be no number.
    exponent = Tensor(filled: -1e38, shape: [batch, width], dtype: dtype)
  }

  fileprivate init(_ tensors: ArraySlice<Tensor>) {
    (numerator, denominator) = (tensors[tensors.startIndex], tensors[tensors.startIndex + 1])
    exponent = tensors[tensors.startIndex + 2]
  }

  var tensors: [Tensor] { [numerator, denominator, exponent] }

  /// Lets a visitor change them.
  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("numerator", &numerator)
    visitor.visit("denominator", &denominator)
    visitor.visit("exponent", &exponent)
  }
}

/// RWKV's weighted mean of the values so far: y[t] = (Σ e^(k[s] − (t − 1 − s) decay) v[s] + e^(bonus + k[t]) v[t]) / (the same without
/// v) over s < t, for each channel by itself.
///
/// The largest exponent is taken out of the sums, so that keys of any size neither overflow nor vanish. Peng et al. 2023, "RWKV:
/// Reinventing RNNs for the Transformer era", equation 16 and appendix D.
///
/// - Parameters:
///   - keys: [B, T, D].
///   - values: [B, T, D].
///   - decay: [D]: by how much the exponent of a weight falls with each position, none negative.
///   - bonus: [D]: by how much that of the position itself is raised.
///   - initial: the sums over the positions before; over none if nil.
/// - Returns: y [B, T, D], and the sums after the last position.
/// - Precondition: the shapes agree.
/// - Complexity: 2 B T D exponentials in one pass over the memory.
public func wkv(
  _ keys: Tensor, _ values: Tensor, decay: Tensor, bonus: Tensor, initial: WKVSums? = nil
) -> (output: Tensor, sums: WKVSums) {
  var rule = WKVRule(keys, values, decay, bonus)
  let before = initial ?? WKVSums(batch: rule.shape.batch, width: rule.shape.width, dtype: keys.dtype)
  let expected: Shape = [rule.shape.batch, rule.shape.width]
  require(
    before.tensors.allSatisfy { $0.shape == expected },
    "wkv: sums of shapes \(before.tensors.map(\.shape)); expected \(expected)")
  let inputs = [keys, values, decay, bonus] + before.tensors
  rule.wantsGradient = innermostTrace(inputs) != nil
  let y = fused("wkv", inputs) { [rule] in
    rule.evaluate($0)
  } reference: { [rule] in
    rule.reference($0)
  }
  return (y[0], WKVSums(y[1...]))
}

private struct WKVRule: Sendable {
  let shape: WKVShape
  /// Whether the sums before each block are kept.
  var wantsGradient = false

  private var stateShape: Shape { [shape.batch, shape.width] }

  init(_ keys: Tensor, _ values: Tensor, _ decay: Tensor, _ bonus: Tensor) {
    require(
      keys.rank == 3 && values.shape == keys.shape,
      "wkv: keys \(keys.shape), values \(values.shape); expected both [B, T, D]")
    shape = WKVShape(batch: keys.shape[0], length: keys.shape[1], width: keys.shape[2])
    require(
      decay.shape == [shape.width] && bonus.shape == [shape.width],
      "wkv: decay \(decay.shape), bonus \(bonus.shape); expected both [\(shape.width)]")
  }

  func evaluate(_ x: [Tensor]) -> FusedResult {
    let y = Tensor(x[0].shape, .float32) { _ in }
    let state = x[4...].map { before in
      Tensor(stateShape, .float32) { $0.copyMemory(from: before.pointer, byteCount: 4 * before.count) }
    }
    let checkpoints = Tensor([wantsGradient ? shape.checkpointCount : 0], .float32) { _ in }
    let operands = WKVOperands(keys: x[0].floats, values: x[1].floats, decay: x[2].floats, bonus: x[3].floats)
    GodwitKernels.wkv(
      shape, operands, state: state.map(\.freshFloats), y: y.freshFloats,
      checkpoints: wantsGradient ? checkpoints.freshFloats : nil)
    return FusedResult([y] + state) { dy, _ in
      let dOutput = dy[0] ?? Tensor(zeros: y.shape)
      let gradients = x.prefix(4).map { Tensor($0.shape, .float32) { _ in } }
      // The kernel puts the gradient of the initial state in the place of that of the final one.
      let dState = dy[1...].map { after in
        let after = after ?? Tensor(zeros: stateShape)
        return Tensor(stateShape, .float32) { $0.copyMemory(from: after.pointer, byteCount: 4 * after.count) }
      }
      let operands = WKVOperands(keys: x[0].floats, values: x[1].floats, decay: x[2].floats, bonus: x[3].floats)
      wkvGradient(
        shape, operands, checkpoints: checkpoints.freshFloats, finalState: state.map { $0.floats },
        initialState: x[4...].map { $0.floats }, dy: dOutput.floats, dState: dState.map(\.freshFloats),
        dKeys: gradients[0].freshFloats, dValues: gradients[1].freshFloats, dDecay: gradients[2].freshFloats,
        dBonus: gradients[3].freshFloats)
      return withExtendedLifetime((dy, dOutput)) { gradients + dState }
    }
  }

  /// Position by position.
  func reference(_ x: [Tensor]) -> [Tensor] {
    let (decay, bonus) = (x[2], x[3])
    var (a, b, p) = (x[4], x[5], x[6])
    var outputs: [Tensor] = []
    for t in 0..<shape.length {
      let (k, v) = (x[0].element(t, along: 1), x[1].element(t, along: 1))
      func sums(_ old: Tensor, _ new: Tensor) -> (a: Tensor, b: Tensor, p: Tensor) {
        let most = maximum(old, new)
        let (kept, own) = (exp(old - most), exp(new - most))
        return (kept * a + own * v, kept * b + own, most)
      }
      let read = sums(p, k + bonus)
      outputs.append(read.a / read.b)
      (a, b, p) = sums(p - decay, k)
    }
    return [outputs.isEmpty ? x[0] : stack(outputs, along: 1), a, b, p]
  }
}
