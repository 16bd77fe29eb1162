import GodwitKernels
import GodwitOptimization
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

struct AdamWTests {
  /// The values of θ, from 1, that steps along `gradient` give in float64.
  private func trace(
    _ options: AdamWOptions, steps: Int, learningRate: Double? = nil, gradient: (Double) -> Double
  ) -> [Double] {
    var theta = Tensor(1, dtype: .float64)
    var optimizer = AdamW(for: theta, options)
    var values: [Double] = []
    for _ in 0..<steps {
      optimizer.update(&theta, along: Tensor(gradient(theta.item), dtype: .float64), learningRate: learningRate)
      values.append(theta.item)
    }
    return values
  }

  private func expectEqual(_ got: [Double], _ want: [Double], sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(got.count == want.count, sourceLocation: sourceLocation)
    for (x, y) in zip(got, want) { expectClose(x, y, tolerance: 1e-15, sourceLocation: sourceLocation) }
  }

  @Test func squareWithoutDecay() {
    expectEqual(
      trace(AdamWOptions(learningRate: 0.1, weightDecay: 0), steps: 5) { 2 * $0 },
      [0.9000000005, 0.8004122286917928, 0.7015862729460303, 0.603939060573746, 0.507963659264342])
  }

  @Test func squareWithDecay() {
    expectEqual(
      trace(AdamWOptions(learningRate: 0.1, weightDecay: 0.1), steps: 5) { 2 * $0 },
      [0.8900000004999999, 0.7815718559365048, 0.6751012216400698, 0.5710475971182238, 0.46995265699220745])
  }

  /// L2 in the loss, which Adam all but hides.
  @Test func decayInTheGradient() {
    expectEqual(
      trace(AdamWOptions(learningRate: 0.1, weightDecay: 0), steps: 5) { 2 * $0 + 0.1 * $0 },
      [0.9000000004761904, 0.8004122286431954, 0.7015862728718214, 0.6039390604733478, 0.5079636591375382])
  }

  @Test func zeroGradientDecaysAlone() {
    expectEqual(
      trace(AdamWOptions(learningRate: 0.1, weightDecay: 0.1), steps: 3) { _ in 0 }, [0.99, 0.9801, 0.970299])
  }

  /// The paper's decay does not depend on the base learning rate, only on the schedule's multiplier.
  @Test func decayOfThePaper() {
    let options = AdamWOptions(learningRate: 0.1, weightDecay: 0.01, decayConvention: .paper)
    expectEqual(trace(options, steps: 3) { _ in 0 }, [0.99, 0.9801, 0.970299])
    expectEqual(trace(options, steps: 2, learningRate: 0.05) { _ in 0 }, [0.995, 0.995 * 0.995])
    var larger = options
    larger.learningRate = 1
    expectEqual(trace(larger, steps: 3) { _ in 0 }, [0.99, 0.9801, 0.970299])
  }

  @Test func constantGradientMovesByTheLearningRate() {
    let options = AdamWOptions(learningRate: 0.1, epsilon: 0, weightDecay: 0)
    for gradient in [-3, 0.02, 700] {
      let values = trace(options, steps: 20) { _ in gradient }
      for (index, value) in values.enumerated() {
        #expect(abs(value - (1 - 0.1 * Double(index + 1) * (gradient > 0 ? 1 : -1))) < 1e-13)
      }
    }
  }

  /// With ε = 0 a scale of the gradient does not matter; and `gradientScale` is a scale of the gradient.
  @Test(arguments: DType.allCases) func gradientScale(dtype: DType) {
    var generator = Philox(seed: 1)
    let start = Tensor(normal: 0, shape: [100], dtype: dtype, using: &generator)
    var results: [[Double]] = []
    for (scale, passed) in [(1.0, 1.0), (8.0, 1.0), (1.0, 4.0)] {
      var theta = start
      var optimizer = AdamW(for: theta, AdamWOptions(epsilon: 0))
      for _ in 0..<5 { optimizer.update(&theta, along: sin(theta) * scale, gradientScale: passed) }
      results.append(theta.scalars)
    }
    expectClose(Tensor(results[1], dtype: dtype), Tensor(results[0], dtype: dtype), tolerance: 1e-6, "larger gradient")
    expectClose(Tensor(results[2], dtype: dtype), Tensor(results[0], dtype: dtype), tolerance: 1e-6, "scale")
  }

  /// The corrected first moment is Σ β^(t−i) gᵢ / Σ β^(t−i).
  @Test func firstMomentIsADecayedAverage() {
    var generator = Philox(seed: 2)
    var theta = Tensor(0, dtype: .float64)
    var optimizer = AdamW(for: theta)
    var weighted = 0.0
    var weights = 0.0
    for step in 1...50 {
      let gradient = Double.random(in: -1...1, using: &generator)
      optimizer.update(&theta, along: Tensor(gradient, dtype: .float64))
      weighted = 0.9 * weighted + gradient
      weights = 0.9 * weights + 1
      var power = 1.0
      for _ in 0..<step { power *= 0.9 }
      #expect(abs(optimizer.first.item / (1 - power) - weighted / weights) < 1e-15)
    }
  }

  /// The fused step in float32 against the same options in float64.
  @Test(arguments: [DecayConvention.pytorch, .paper]) func kernelAgreesWithOperations(convention: DecayConvention) {
    var generator = Philox(seed: 3)
    for count in [0, 1, 7, 64, 1001] {
      let start = Tensor(normal: 0, shape: [count], using: &generator)
      let options = AdamWOptions(learningRate: 0.03, weightDecay: 0.1, decayConvention: convention)
      var single = start
      var double = start.converted(to: .float64)
      var singleOptimizer = AdamW(for: single, options)
      var doubleOptimizer = AdamW(for: double, options)
      for step in 0..<10 {
        let gradient = Tensor(normal: 0.1, shape: [count], using: &generator)
        let rate = 0.01 * Double(step + 1)
        singleOptimizer.update(&single, along: gradient, learningRate: rate, gradientScale: 0.5)
        doubleOptimizer.update(&double, along: gradient.converted(to: .float64), learningRate: rate, gradientScale: 0.5)
      }
      expectClose(single.converted(to: .float64), double, tolerance: 1e-6, "parameters")
      expectClose(singleOptimizer.first.converted(to: .float64), doubleOptimizer.first, tolerance: 1e-6, "first")
      expectClose(singleOptimizer.second.converted(to: .float64), doubleOptimizer.second, tolerance: 1e-6, "second")
    }
  }

  @Test func updatesInPlaceAndLeavesCopiesAlone() {
    var theta = Tensor(ones: [100])
    var optimizer = AdamW(for: theta)
    let gradient = Tensor(ones: [100])
    optimizer.update(&theta, along: gradient)
    let places = [theta.pointer, optimizer.first.pointer, optimizer.second.pointer]
    optimizer.update(&theta, along: gradient)
    #expect(places == [theta.pointer, optimizer.first.pointer, optimizer.second.pointer])
    let snapshot = theta
    let values = snapshot.scalars
    optimizer.update(&theta, along: gradient)
    #expect(snapshot.scalars == values)
    #expect(theta.scalars != values)
  }

  @Test func aBetaOfOneIsRefused() async {
    await #expect(processExitsWith: .failure) {
      var theta = Tensor(1)
      var optimizer = AdamW(for: theta, AdamWOptions(beta2: 1))
      optimizer.update(&theta, along: Tensor(1))
    }
  }

  @Test func momentsOfAnotherTypeAreRefused() async {
    await #expect(processExitsWith: .failure) {
      var theta = Tensor([1, 2])
      var optimizer = AdamW(for: theta.converted(to: .float64))
      optimizer.update(&theta, along: Tensor([1, 2]))
    }
  }

  @Test func resumesFromItsTensors() {
    var theta = Tensor([1, 2, 3])
    var optimizer = AdamW(for: theta)
    for _ in 0..<3 { optimizer.update(&theta, along: sin(theta)) }
    #expect(optimizer.namedTensors.map(\.name) == ["first", "second"])
    #expect(auditViolations(optimizer) == [])
    var resumed = AdamW(for: theta).replacingTensors(with: optimizer.tensors)
    resumed.stepCount = optimizer.stepCount
    var other = theta
    optimizer.update(&theta, along: sin(theta))
    resumed.update(&other, along: sin(other))
    #expect(theta.scalars == other.scalars)
  }

  /// Gradients whose squares float32 cannot hold: the steps are those of float64, and those after them as well.
  @Test(arguments: [1e19, 1e25, 3e38]) func largeGradients(size: Double) {
    func trace(_ dtype: DType) -> [Double] {
      var theta = Tensor([1.0, 1, 1], dtype: dtype)
      var optimizer = AdamW(for: theta, AdamWOptions(learningRate: 0.1, weightDecay: 0))
      return (0..<4).flatMap { _ in
        optimizer.update(&theta, along: Tensor([size, -size, 0.5], dtype: dtype))
        return theta.scalars
      }
    }
    for (got, want) in zip(trace(.float32), trace(.float64)) { expectClose(got, want, tolerance: 3e-6) }
  }

  /// A gradient that is infinite is no large one.
  @Test func infiniteGradientsAreNotTakenForLargeOnes() {
    var theta = Tensor([1.0, 1])
    var optimizer = AdamW(for: theta)
    optimizer.update(&theta, along: Tensor([.infinity, 0]))
    #expect(theta.scalars[0].isNaN && theta.scalars[1].isFinite)
  }
}
