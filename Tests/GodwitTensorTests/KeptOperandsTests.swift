import GodwitKernels
import GodwitTensor
import Testing

/// What a tape keeps, by the bytes in use while it lives; in a process of its own, as the count is that of the process.
@Suite struct KeptOperandsTests {
  /// An operation on x, which lives on, and on fresh tensors, of which the tape is to keep so many; another fresh one is on
  /// the tape too.
  private struct Case: Sendable {
    let name: String
    let kept: Int
    let function: @Sendable (_ x: Tensor, _ fresh: () -> Tensor) -> Tensor

    init(_ name: String, kept: Int, _ function: @escaping @Sendable (_ x: Tensor, _ fresh: () -> Tensor) -> Tensor) {
      (self.name, self.kept, self.function) = (name, kept, function)
    }
  }

  /// As many elements as a size class of the memory cache holds, so that bytes are counted exactly.
  private static let side = 64

  private static let cases: [Case] = [
    Case("sum", kept: 0) { x, fresh in x + fresh() },
    // The moved copy of x is no longer needed, as it multiplies a constant.
    Case("product with a constant", kept: 1) { x, fresh in (x + 1) * fresh() },
    Case("constant times", kept: 1) { x, fresh in fresh() * (x + 1) },
    Case("product of two", kept: 2) { x, fresh in (x + 1) * (x + 2) },
    Case("quotient by a constant", kept: 1) { x, fresh in (x + 1) / fresh() },
    Case("choice", kept: 0) { x, fresh in select(less(Tensor(1), Tensor(2)), x + 1, fresh()) },
    Case("matmul with a constant", kept: 1) { x, fresh in matmul(x + 1, fresh()) },
    Case("constant matmul", kept: 1) { x, fresh in matmul(fresh(), x + 1) },
    // The value alone.
    Case("softmax", kept: 1) { x, _ in softmax(x + 1) },
    // The operand alone.
    Case("logSumExp", kept: 1) { x, _ in logSumExp(x + 1) },
    Case("concatenate", kept: 0) { x, fresh in concatenate([x + 1, fresh(), x + 2]) },
    Case("split", kept: 0) { x, _ in (x + 1).split([side / 4, side / 4 * 3], along: 1)[0].sum() },
    Case("unstacked", kept: 0) { x, _ in (x + 1).unstacked(along: 1)[0].sum() },
    Case("checkpointed", kept: 1) { x, _ in checkpointed(x + 1) { tanh($0) * $0 } },
  ]

  @Test func aTapeKeepsWhatADerivativeReads() async {
    await #expect(processExitsWith: .success) {
      let (side, unit) = (Self.side, 4 * Self.side * Self.side)
      let x = Tensor(ones: [side, side])
      for `case` in Self.cases {
        let before = MemoryCache.usedByteCount
        // The value is a scalar, of which the tape keeps nothing: what is in use now is what the operation left there.
        var pullback: ((Tensor) -> Tensor)? = valueWithPullback(at: x) { x in
          `case`.function(x) { Tensor(ones: [side, side]) * 2 }.sum()
        }.pullback
        let kept = MemoryCache.usedByteCount - before
        #expect(
          kept >= unit * `case`.kept && kept < unit * `case`.kept + unit / 2, "\(`case`.name): \(kept) of \(unit)")
        let dx = pullback!(Tensor(1))
        #expect(dx.scalars.allSatisfy { $0.isFinite }, "\(`case`.name)")
        pullback = nil
        withExtendedLifetime(dx) {}
      }
    }
  }
}
