import GodwitTensor
import GodwitTestSupport
import Testing

/// Derivatives of the textbook, exactly (directional derivative and gradient).
@Suite struct DifferentiationTests {
  func point(_ values: Double...) -> Tensor { Tensor(values, dtype: .float64) }
  let paraboloid: @Sendable (Tensor) -> Tensor = { square($0).sum() }

  @Test func directionalDerivativesOfAParaboloid() {
    let x = point(1, 2)
    #expect(directionalDerivative(at: x, along: point(3, 4), of: paraboloid).item == 22.0 / 5)
    #expect(directionalDerivative(at: x, along: point(1, 0), of: paraboloid).item == 2)
    #expect(abs(directionalDerivative(at: x, along: point(1, 2), of: paraboloid).item - 4.472135954999579) < 1e-15)
    #expect(abs(directionalDerivative(at: x, along: point(-1, -2), of: paraboloid).item + 4.472135954999579) < 1e-15)
    #expect(directionalDerivative(at: x, along: point(-2, 1), of: paraboloid).item == 0)
    let toward = directionalDerivative(at: x, along: point(1, 3.0.squareRoot()), of: paraboloid).item
    #expect(abs(toward - (1 + 2 * 3.0.squareRoot())) < 1e-14)
    #expect(gradient(at: x, of: paraboloid).scalars == [2, 4])
    #expect(jacobianVectorProduct(at: x, along: point(3, 4), of: paraboloid).item == 22)
  }

  @Test func aDirectionWithoutALengthIsRefused() async {
    await #expect(processExitsWith: .failure) {
      _ = directionalDerivative(at: Tensor([1.0, 2.0]), along: Tensor([0.0, 0.0])) { square($0).sum() }
    }
    await #expect(processExitsWith: .failure) {
      _ = directionalDerivative(at: Tensor([1.0, 2.0]), along: Tensor([0, .infinity])) { square($0).sum() }
    }
  }

  /// x²y / (x⁴ + y²), 0 at the origin: it has every slope there, yet no gradient gives them.
  @Test func slopesWithoutAGradient() {
    func slope(_ v1: Double, _ v2: Double) -> Double {
      let length = (v1 * v1 + v2 * v2).squareRoot()
      let direction = point(v1 / length, v2 / length)
      // The limit of f(t v) / t for t → 0: t² v1² v2 / (t² (t² v1⁴ + v2²)) is differentiable in t at 0 where v2 ≠ 0.
      return directionalDerivative(at: point(0), along: point(1)) { t in
        let (a, b) = (direction[0], direction[1])
        return t * square(a) * b / (square(t) * pow(a, 4.0) + square(b))
      }.item
    }
    #expect(abs(slope(1, 1) - 0.7071067811865476) < 1e-15)
    #expect(abs(slope(1, 2) - 0.22360679774997896) < 1e-15)
    #expect(abs(slope(1, 1) + slope(1, -1)) < 1e-15)
    // Were it linear in v, the slope along (1, 2) = (1, 1) + (0, 1) would be the sum of theirs: 1 + 0, not 1/2.
    #expect(abs(slope(1, 2) * 5.0.squareRoot() - 0.5) < 1e-14)
    #expect(abs(slope(1, 1) * 2.0.squareRoot() + slope(0, 1) - 1) < 1e-14)
  }

  @Test func partialDerivativesNest() {
    // f = x³ y², ∂³f / ∂x² ∂y = 12 x y.
    let f: @Sendable (Tensor, Tensor) -> Tensor = { x, y in pow(x, 3.0) * square(y) }
    let y = Tensor(5, dtype: .float64)
    let third = gradient(at: y) { y in
      gradient(at: Tensor(2, dtype: .float64)) { x in gradient(at: x) { f($0, y) } }
    }
    #expect(third.item == 12 * 2 * 5)
    let mixed = jacobianVectorProduct(at: y, along: Tensor(1, dtype: .float64)) { y in
      gradient(at: Tensor(2, dtype: .float64)) { f($0, y) }
    }
    #expect(mixed.item == 3 * 4 * 2 * 5)
  }

  @Test func theNameOfAPerturbationDoesNotLeak() {
    // d/dx (x · d/dy (x + y)) = 1 at any x: the inner derivative must not see the outer variable's.
    let one = Tensor(1, dtype: .float64)
    let got = jacobianVectorProduct(at: one, along: one) { x in
      x * jacobianVectorProduct(at: one, along: one) { y in x + y }
    }
    #expect(got.item == 1)
  }

  @Test func jacobianAndHessian() {
    let x = point(1, 2, 3)
    let matrix = Tensor(rows: [[1, 2, 3], [4, 5, 6]], dtype: .float64)
    let linear = jacobian(at: x) { matmul(matrix, $0.reshaped([3, 1])).reshaped([2]) }
    #expect(linear.shape == [2, 3] && linear.scalars == matrix.scalars)
    let h = hessian(at: x) { ($0[0] * square($0[1]) * $0[2]) }
    #expect(h.scalars == [0, 12, 4, 12, 6, 4, 4, 4, 0])
  }

  @Test func jacobianAndHessianOfTrees() {
    // f = (a x₁, a x₂), and its Hessian with the second derivatives of a x₁² + x₂.
    let tree = Pair(Tensor(3, dtype: .float64), point(1, 2))
    let slopes = jacobian(at: tree) { $0.first * $0.second }
    #expect(slopes.first.shape == [2] && slopes.first.scalars == [1, 2])
    #expect(slopes.second.shape == [2, 2] && slopes.second.scalars == [3, 0, 0, 3])
    let h = hessian(at: tree) { $0.first * square($0.second[0]) + $0.second[1] }
    #expect(h[0].first.item == 0 && h[0].second.scalars == [2, 0])
    #expect(h[1].first.scalars == [2, 0] && h[1].second.scalars == [6, 0, 0, 0])
    #expect(jacobian(at: tree) { $0.second.slice(0..<0, along: 0) }.second.shape == [0, 2])
  }

  @Test func theGradientOfATreeIsATree() {
    struct Line: Module {
      var slope: Tensor
      var intercept: Tensor
      mutating func visit(_ visitor: inout some TensorVisitor) {
        visitor.visit("slope", &slope)
        visitor.visit("intercept", &intercept)
      }
    }
    let line = Line(slope: Tensor(2), intercept: Tensor(1))
    let (value, slopes) = valueWithGradient(at: line) { square($0.slope * 3 + $0.intercept) }
    #expect(value.item == 49 && slopes.slope.item == 42 && slopes.intercept.item == 14)
  }

  @Test func aLongChainIsReleasedWithoutRecursion() {
    let slope = gradient(at: Tensor(1)) { x in
      var y = x
      for _ in 0..<100_000 { y = y + 1e-6 }
      return y
    }
    #expect(slope.item == 1)
  }

  @Test func sumsKeepNoOperands() {
    weak var operand: Storage?
    let (_, pullback) = valueWithPullback(at: Tensor([1.0, 2])) { x in
      let doubled = x * 2
      operand = doubled.storage
      return (doubled + x) - doubled
    }
    #expect(operand == nil)
    #expect(pullback(Tensor([1.0, 1])).scalars == [1, 1])
  }

  @Test func gradientsRunInParallel() async {
    let slopes = await withTaskGroup(of: Double.self) { group in
      for index in 0..<16 {
        group.addTask { gradient(at: Tensor(Double(index))) { square(square($0)) }.item }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    let cubes: [Double] = (0..<16).map { 4 * Double($0) * Double($0) * Double($0) }
    #expect(slopes.sorted() == cubes)
  }

  @Test func checkpointedHasTheSameDerivatives() {
    let x = point(0.3, -0.2, 0.5)
    let f: @Sendable (Tensor) -> Tensor = { tanh($0 * $0 + sin($0)) * exp($0) }
    let plain = gradient(at: x) { f(f($0)).sum() }
    let saved = gradient(at: x) { checkpointed(checkpointed($0, body: f), body: f).sum() }
    expectClose(saved, plain, "gradient")
    let v = point(1, 2, -1)
    expectClose(
      hessianVectorProduct(at: x, along: v) { checkpointed($0, body: f).sum() },
      hessianVectorProduct(at: x, along: v) { f($0).sum() }, "Hessian-vector product")
    expectClose(
      jacobianVectorProduct(at: x, along: v) { checkpointed($0, body: f) },
      jacobianVectorProduct(at: x, along: v, of: f), "forward mode")
  }

  @Test func aPullbackMayBeCalledAgain() {
    let (_, pullback) = valueWithPullback(at: point(1, 2)) { square($0) }
    #expect(pullback(point(1, 0)).scalars == [2, 0])
    #expect(pullback(point(0, 1)).scalars == [0, 4])
  }

  /// A kernel would read beyond a cotangent that is too small, and take the bits of another type for its own.
  @Test func cotangentsAndDirectionsMustFit() async {
    await #expect(processExitsWith: .failure) {
      _ = valueWithPullback(at: Tensor(ones: [4, 3])) { softmax($0) }.pullback(Tensor(ones: [3]))
    }
    await #expect(processExitsWith: .failure) {
      _ = valueWithPullback(at: Tensor(ones: [4])) { tanh($0) }.pullback(Tensor(ones: [4], dtype: .float64))
    }
    await #expect(processExitsWith: .failure) {
      _ = jacobianVectorProduct(at: Tensor(ones: [4]), along: Tensor(ones: [4], dtype: .float64)) { tanh($0) }
    }
  }

  @Test func fusedKernelsRefuseMixedTypes() async {
    await #expect(processExitsWith: .failure) {
      _ = affineMap(Tensor(ones: [2, 3]), weight: Tensor(ones: [3, 4], dtype: .float64), bias: Tensor(ones: [4]))
    }
    await #expect(processExitsWith: .failure) {
      _ = rmsNorm(Tensor(ones: [2, 3]), scale: Tensor(ones: [3], dtype: .float64))
    }
    await #expect(processExitsWith: .failure) {
      let x = Tensor(ones: [1, 2, 1, 4])
      _ = softmaxAttention(x, buffers: x.converted(to: .float64), x, count: 2, offset: 0)
    }
  }

  /// Squares of the divisor are beyond float32, the derivatives within.
  @Test func quotientsOfLargeAndSmallNumbersHaveDerivatives() {
    for size in [1e-25, 1e25] {
      let slopes = gradient(at: [Tensor(2 * size), Tensor(size)]) { $0[0] / $0[1] }
      expectClose(slopes[0], Tensor(1 / size), "by the dividend")
      expectClose(slopes[1], Tensor(-2 / size), "by the divisor")
      expectClose(gradient(at: Tensor(size)) { size / $0 }, Tensor(-1 / size), "of a constant")
    }
  }

  @Test func aPowerOfZeroIsOneEverywhere() {
    let x = Tensor([0, .infinity, .nan, -2], dtype: .float64)
    #expect(pow(x, 0.0).scalars == [1, 1, 1, 1])
    #expect(gradient(at: x) { pow($0, 0.0).sum() }.scalars == [0, 0, 0, 0])
    let base = Tensor([0, .infinity, -2], dtype: .float64)
    let exponent = Tensor(zeros: [3], dtype: .float64)
    #expect(pow(base, exponent).scalars == [1, 1, 1])
    #expect(gradient(at: base) { pow($0, exponent).sum() }.scalars == [0, 0, 0])
  }

  @Test func anUnusedInputHasGradientZero() {
    let slopes = gradient(at: [point(1), point(2, 3)]) { square($0[0]).sum() }
    #expect(slopes[1].scalars == [0, 0])
  }
}
