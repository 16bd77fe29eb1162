import CGodwitKernels

/// Where the gradient of log a goes, in the layout of the decay it belongs to; sums over the axes that this lacks.
package enum OuterProductDecayGradient {
  /// For ``OuterProductDecay/none``, or where the gradient is not wanted.
  case none
  case perHead(UnsafeMutablePointer<Float>)
  case perHeadChannel(UnsafeMutablePointer<Float>)
  case perPosition(UnsafeMutablePointer<Float>)
  case perChannel(MutableAttentionRows)

  var isWanted: Bool {
    if case .none = self { return false }
    return true
  }
}

/// The gradient of ``outerProductRecurrence``: three scans of its own form.
///
/// The gradient of log a[t] is the sum over all pairs of a reader at or after t and a writer before t (a strict shape:
/// after t and before t); from t + 1 to t it changes by q * dq and k * dk, without the pair of t with itself, which no
/// decay touches and which would drown the others where these are small. Time 12 B H T K V flops (18 with decay); memory
/// beyond inputs and outputs O(K V) per thread, and where the gradient of the decay is wanted T (K + K V / chunk).
///
/// - Parameters:
///   - finalStateGradient: of S [B, H, K, V]; zero if nil.
///   - queryGradient: written, not added to, as all results.
///   - decayGradient: of log a; its case must be that of `decay`, or `.none`.
///   - initialStateGradient: [B, H, K, V], or nil if not wanted.
package func outerProductRecurrenceGradient(
  _ shape: OuterProductShape, decay: OuterProductDecay, queries: AttentionRows, keys: AttentionRows,
  values: AttentionRows, initialState: UnsafePointer<Float>? = nil, outputGradient: AttentionRows,
  finalStateGradient: UnsafePointer<Float>? = nil, queryGradient: MutableAttentionRows,
  keyGradient: MutableAttentionRows, valueGradient: MutableAttentionRows, decayGradient: OuterProductDecayGradient,
  initialStateGradient: UnsafeMutablePointer<Float>? = nil, on isa: InstructionSet = .current
) {
  let table = gw_recurrence_table(isa.rawValue)!
  let heads = shape.batch * shape.heads
  let sumWidth = decay.isScalar ? 1 : shape.keyWidth
  let sumCount = decay.isConstant && decayGradient.isWanted ? heads * sumWidth : 0
  let sums = [Double](unsafeUninitializedCapacity: sumCount) { sums, count in
    sums.initialize(repeating: 0)
    count = sumCount
    let pass = OuterProductBackward(
      table: table, shape: shape, decay: decay, queries: queries, keys: keys, values: values,
      initialState: initialState, outputGradient: outputGradient, finalStateGradient: finalStateGradient,
      queryGradient: queryGradient, keyGradient: keyGradient, valueGradient: valueGradient,
      decayGradient: decayGradient, initialStateGradient: initialStateGradient, sums: sums.baseAddress)
    // A sum over the channels of a head is made by one task, so its columns are not cut.
    let cuts = !(decay.isScalar && decayGradient.isWanted)
    HeadPart.forEach(
      batch: shape.batch, heads: shape.heads, columns: [shape.keyWidth, shape.valueWidth],
      width: cuts ? Int(table.pointee.width) : max(shape.keyWidth, shape.valueWidth, 1)
    ) { job, parts in
      if job == 0 { pass.queriesAndKeys(parts[0]) } else { pass.values(parts[0]) }
    }
  }
  let target: UnsafeMutablePointer<Float>
  switch decayGradient {
  case .perHead(let pointer), .perHeadChannel(let pointer): target = pointer
  default: return
  }
  let width = shape.heads * sumWidth
  for index in 0..<width {
    var sum = 0.0
    for batch in 0..<shape.batch { sum += sums[batch * width + index] }
    target[index] = Float(sum)
  }
}
