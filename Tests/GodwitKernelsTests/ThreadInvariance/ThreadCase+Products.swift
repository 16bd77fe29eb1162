@testable import GodwitKernels

extension ThreadCase {
  static let productKernels: [ThreadCase] = {
    var cases: [ThreadCase] = []
    for dtype in DType.allCases {
      for (m, n, k) in [(8, 400, 200), (100, 400, 300), (400, 100, 300), (600, 600, 40), (5, 300, 700), (12, 3000, 64)]
      {
        for (transposeA, transposeB) in [(false, false), (true, false), (false, true), (true, true)] {
          let detail = "\(m)x\(n)x\(k), transposed \(transposeA) \(transposeB)"
          cases.append(
            ThreadCase("matrixProduct", detail, dtype, reads: [m * k, k * n, m * n, n], writes: [m * n]) {
              $1[0].copyMemory(from: $0[2], byteCount: m * n * dtype.byteCount)
              matrixProduct(
                dtype, m: m, n: n, k: k, a: $0[0], lda: transposeA ? m : k, transposeA: transposeA, b: $0[1],
                ldb: transposeB ? k : n, transposeB: transposeB, c: $1[0], ldc: n, accumulate: true, bias: $0[3],
                on: $2)
            })
        }
      }
      // Whole entries as tasks, and parts of each; with an operand that all share.
      for (batch, m, n, k) in [(40, 30, 31, 32), (3, 150, 200, 64), (2, 4, 900, 300)] {
        for isShared in [false, true] {
          cases.append(
            ThreadCase(
              "batchedMatrixProduct", "\(batch)x\(m)x\(n)x\(k), shared \(isShared)", dtype,
              reads: [batch * m * k, batch * k * n], writes: [batch * m * n]
            ) {
              batchedMatrixProduct(
                dtype, batch: batch, m: m, n: n, k: k, a: $0[0], lda: k, strideA: m * k, b: $0[1], ldb: n,
                strideB: isShared ? 0 : k * n, c: $1[0], ldc: n, strideC: m * n, on: $2)
            })
        }
      }
    }
    return cases
  }()
}
