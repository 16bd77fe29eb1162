import CGodwitKernels

/// A factor of a matrix product; element i of step p is at `pointer` + i `stride` + p `stepStride` (in elements).
struct MatrixOperand {
  /// The first element.
  let pointer: UnsafeRawPointer
  /// From one row of a to the next; from one column of b to the next.
  let stride: Int
  /// From one step of the sum to the next.
  let stepStride: Int
}

/// One product c = (accumulate ? c : 0) + a b + bias, and the choice of the way to compute it.
///
/// Each element of c is summed in the order of K, in blocks that depend on the extents alone. However rows and columns
/// are dealt to tiles and threads, the bits are therefore the same.
struct MatrixProblem {
  let table: UnsafePointer<gw_matrix>
  let dtype: DType
  let m, n, k: Int
  let a, b: MatrixOperand
  let c: UnsafeMutableRawPointer
  let ldc: Int
  let bias: UnsafeRawPointer?
  let accumulate: Bool

  var elementSize: Int { dtype.byteCount }

  /// Multiply-adds of a task too short to be worth another thread.
  static let serialWork = 100_000

  static func table(_ dtype: DType, _ isa: InstructionSet) -> UnsafePointer<gw_matrix> {
    gw_matrix_table(isa.rawValue, dtype.doublePrecision)!
  }

  /// Computes the product on at most `threads` threads.
  func run(threads: Int = Threads.count) {
    guard m > 0, n > 0 else { return }
    guard k > 0 else { return fillWithoutTerms() }
    let threads = m * n * k < 2 * Self.serialWork ? 1 : threads
    if m > Self.fewRows {
      BlockedMatrixProduct(self, threads: threads).run()
    } else if b.stride == 1 {
      runFewRows(threads: threads)
    } else {
      runInnerProducts(threads: threads)
    }
  }

  /// c of a sum over no terms: zeros, or the bias.
  private func fillWithoutTerms() {
    for row in 0..<m {
      let target = c + row * ldc * elementSize
      if accumulate {
        guard let bias else { continue }
        switch dtype {
        case .float32: addRow(bias, to: target, as: Float.self)
        case .float64: addRow(bias, to: target, as: Double.self)
        }
      } else if let bias {
        target.copyMemory(from: bias, byteCount: n * elementSize)
      } else {
        target.initializeMemory(as: UInt8.self, repeating: 0, count: n * elementSize)
      }
    }
  }

  private func addRow<Scalar: BinaryFloatingPoint>(
    _ row: UnsafeRawPointer, to target: UnsafeMutableRawPointer, as type: Scalar.Type
  ) {
    let source = row.assumingMemoryBound(to: type)
    let target = target.assumingMemoryBound(to: type)
    for column in 0..<n { target[column] += source[column] }
  }
}

extension InstructionSet {
  /// The set whose matrix tile is the fastest: the forced one, else the widest that no core splits in two.
  package static let currentForProducts: InstructionSet =
    forced ?? (current == .avx512 && gw_isa_splits_512() ? .avx2 : current)
}
