import GodwitKernels
import GodwitOptimization
import GodwitTensor
import GodwitTestSupport
import Testing

@Suite struct SGDTests {
  /// The values of θ, from 1, that steps along 2 θ give in float64.
  private func trace(_ options: SGDOptions, steps: Int, scale: Double = 1) -> [Double] {
    var theta = Tensor(1, dtype: .float64)
    var optimizer = SGD(for: theta, options)
    return (0..<steps).map { _ in
      optimizer.update(&theta, along: Tensor(2 * theta.item, dtype: .float64), gradientScale: scale)
      return theta.item
    }
  }

  private func expectEqual(_ got: [Double], _ want: [Double], sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(got.count == want.count, sourceLocation: sourceLocation)
    for (x, y) in zip(got, want) { #expect(abs(x - y) <= 1e-15, "\(x) \(y)", sourceLocation: sourceLocation) }
  }

  /// By hand: θ ← θ − 0.1 · 2 θ = 0.8 θ.
  @Test func plain() { expectEqual(trace(SGDOptions(learningRate: 0.1), steps: 3), [0.8, 0.64, 0.512]) }

  /// By hand: b = 2; 0.9 · 2 + 1.6 = 3.4; 0.9 · 3.4 + 0.92 = 3.98; 0.9 · 3.98 + 0.124 = 3.706.
  @Test func momentum() {
    expectEqual(
      trace(SGDOptions(learningRate: 0.1, momentum: 0.9), steps: 4), [0.8, 0.46, 0.062, -0.3086])
  }

  /// By hand: the decay is part of the gradient: θ ← θ − 0.1 · (2 + 0.5) θ = 0.75 θ.
  @Test func decay() {
    expectEqual(trace(SGDOptions(learningRate: 0.1, weightDecay: 0.5), steps: 2), [0.75, 0.5625])
  }

  /// By hand: d = 2.5, 1.875, 0.9375 …; b = 2.5; 1.25 + 1.875 = 3.125; θ = 0.75, 0.4375; d = 1.09375; b = 2.65625.
  @Test func decayAndMomentum() {
    expectEqual(
      trace(SGDOptions(learningRate: 0.1, momentum: 0.5, weightDecay: 0.5), steps: 3), [0.75, 0.4375, 0.171875])
  }

  /// The scale is one of the gradient, not of the decay.
  @Test func theGradientIsScaled() {
    expectEqual(trace(SGDOptions(learningRate: 0.1, weightDecay: 0.5), steps: 1, scale: 0.5), [0.85])
  }

  private struct Parts: Module {
    var weight = Tensor([2])
    var bias = Tensor([2])
    var decay = Tensor([2])
    var constant = Tensor([2])
    mutating func visit(_ visitor: inout some TensorVisitor) {
      visitor.visit("weight", &weight, .weight)
      visitor.visit("bias", &bias, .bias)
      visitor.visit("decay", &decay, .dynamics(.factor(0.5)))
      visitor.visit("constant", &constant, .constant)
    }
  }

  @Test func rolesAreKept() {
    var parts = Parts()
    var optimizer = SGD(for: parts, SGDOptions(learningRate: 0.5, momentum: 0.5, weightDecay: 1)) { _, _ in
      ParameterGroup()
    }
    let gradient = gradient(at: parts) { ($0.weight + $0.bias + $0.decay + $0.constant).sum() }
    optimizer.update(&parts, along: gradient)
    // d = 1 + λ θ = 3 for what decays, 1 for the dynamics, at half the rate.
    #expect(parts.tensors.map(\.item) == [0.5, 0.5, 1.75, 2])
    #expect(optimizer.tensors.map(\.count) == [1, 1, 1, 0])
    #expect(optimizer.stepCount == 1)
  }

  @Test func restoredItGoesOn() {
    var (a, b) = (Tensor([1, 2]), Tensor([1, 2]))
    var whole = SGD(for: a, SGDOptions(momentum: 0.9))
    var first = whole
    for _ in 0..<3 { whole.update(&a, along: a) }
    first.update(&b, along: b)
    var second = SGD(for: b, SGDOptions(momentum: 0.9)).replacingTensors(with: first.tensors)
    second.stepCount = first.stepCount
    for _ in 0..<2 { second.update(&b, along: b) }
    #expect(a.floatScalars == b.floatScalars)
  }

  #if os(Linux) || os(macOS)
    @Test func momentumOutOfRangeStopsTheProgram() async {
      await #expect(processExitsWith: .failure) {
        var theta = Tensor([1])
        var optimizer = SGD(for: theta, SGDOptions(momentum: 1))
        optimizer.update(&theta, along: theta)
      }
    }
  #endif
}
