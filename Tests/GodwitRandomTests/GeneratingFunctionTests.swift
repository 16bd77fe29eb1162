import Foundation
import Testing

@testable import GodwitRandom

@Suite struct GeneratingFunctionTests {
  private func values(_ count: Int, seed: UInt64) -> [Double] {
    var generator = Philox(seed: seed)
    return (0..<count).map { _ in Double.random(in: -1...1, using: &generator) }
  }

  @Test(arguments: [1, 2, 8, 64]) func transformIsTheSum(count: Int) {
    let (x, y) = (values(count, seed: 1), values(count, seed: 2))
    var transformed = ComplexValues(real: x, imaginary: y)
    transformed.fourierTransform()
    for k in 0..<count {
      var (real, imaginary) = (0.0, 0.0)
      for j in 0..<count {
        let angle = -2 * Double.pi * Double(j * k % count) / Double(count)
        real += x[j] * cos(angle) - y[j] * sin(angle)
        imaginary += x[j] * sin(angle) + y[j] * cos(angle)
      }
      #expect(abs(transformed.real[k] - real) < 1e-13 && abs(transformed.imaginary[k] - imaginary) < 1e-13)
    }
  }

  @Test(arguments: [(1, 1), (3, 200), (65, 65), (100, 1000), (511, 514)]) func productsAgree(sizes: (Int, Int)) {
    let a = values(sizes.0, seed: 3)
    let b = values(sizes.1, seed: 4).map { 1e200 * $0 }
    let naive = schoolbookProduct(a, b, limit: .max)
    let fast = transformedProduct(a, b, limit: .max)
    #expect(naive.count == sizes.0 + sizes.1 - 1 && fast.count == naive.count)
    for (x, y) in zip(naive, fast) { #expect(abs(x - y) < 1e-13 * 1e200 * Double(sizes.0)) }
    #expect(transformedProduct(a, b, limit: 2) == Array(fast.prefix(2)))
  }

  @Test func polynomials() {
    let p = Polynomial([1, -2, 3])
    #expect(p + p == 2 * p && (p - p).degree == -1 && p.degree == 2)
    #expect(p * Polynomial([0, 1]) == Polynomial([0, 1, -2, 3]) && p * Polynomial([]) == Polynomial([0, 0]))
    #expect(p(2) == 9 && p.derivative == Polynomial([-2, 6]) && Polynomial([])(3) == 0)
    #expect(Polynomial([1, 1]).power(5) == Polynomial([1, 5, 10, 10, 5, 1]))
    #expect(p.power(0) == Polynomial([1]) && p.power(3) == p * p * p)
  }

  @Test func powerSeries() {
    // 1 / (1 − x − x²) generates the Fibonacci numbers.
    let fibonacci = PowerSeries([1, -1, -1, 0, 0, 0, 0]).power(-1)
    for (got, want) in zip(fibonacci.coefficients, [1, 1, 2, 3, 5, 8, 13.0]) { #expect(abs(got - want) < 1e-13) }
    // First returns by 1 − √(1 − x²), returns by its renewal 1 / √(1 − x²).
    let base = PowerSeries(Polynomial([1, 0, -1]), terms: 12)
    let one = PowerSeries(Polynomial([1]), terms: 12)
    let first = one - base.power(0.5)
    let returns = base.power(-0.5)
    for (m, want) in [1.0 / 2, 1.0 / 8, 1.0 / 16, 5.0 / 128, 7.0 / 256].enumerated() {
      #expect(abs(first.coefficients[2 * m + 2] - want) < 1e-16)
    }
    for (got, want) in zip(returns.coefficients, (one - first).power(-1).coefficients) {
      #expect(abs(got - want) < 1e-15)
    }
    let product = PowerSeries([1, 2, 3]) * PowerSeries([1, 1, 1, 1])
    #expect(product.coefficients == [1, 3, 6])
    #expect(product.derivative.coefficients == [3, 12] && product(2) == 31)
  }

  @Test func probabilities() throws {
    let die = try ProbabilityGeneratingFunction([0] + [Double](repeating: 1.0 / 6, count: 6))
    #expect(abs(die.mean - 3.5) < 1e-15 && abs(die.variance - 35.0 / 12) < 1e-14)
    #expect(abs(die.factorialMoment(2) + die.mean - die.mean * die.mean - die.variance) < 1e-13)
    #expect(abs(die.convolved(with: die).probability(of: 7) - 1.0 / 6) < 1e-16)
    let many = die.convolved(times: 100)
    #expect(abs(many.mean - 350) < 1e-11 && abs(many.variance - 3500.0 / 12) < 1e-10)
    #expect(abs(many(1) - 1) < 1e-14)
    for bad in [[0.5, 0.6], [1.5, -0.5], [.nan], []] {
      #expect(throws: ParameterError.self) { try ProbabilityGeneratingFunction(bad) }
    }
  }
}
