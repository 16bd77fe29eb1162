import GodwitRandom
import GodwitTensor
import Testing

@Suite struct RandomTensorTests {
  /// A tensor's elements are those that the law itself gives, in order.
  @Test(arguments: [[], [0, 3], [7], [3, 5, 101]] as [Shape]) func samplesAreThoseOfTheLaw(shape: Shape) throws {
    let (gamma, exponential) = (try Gamma(shape: 2.5, rate: 3), try Exponential(rate: 2))
    try expectSamples(gamma, shape)
    try expectSamples(exponential, shape)
  }

  private func expectSamples(_ law: some ContinuousDistribution, _ shape: Shape) throws {
    let count = shape.elementCount
    var generators = [Philox](repeating: Philox(seed: 4), count: 4)
    let double = Tensor(samplesOf: law, shape: shape, dtype: .float64, using: &generators[0])
    let single = Tensor(samplesOf: law, shape: shape, using: &generators[1])
    let floats = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      law.fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]), using: &generators[3])
      initialized = count
    }
    #expect(double.shape == shape && double.dtype == .float64 && single.shape == shape && single.dtype == .float32)
    #expect(double.scalars == law.samples(count, using: &generators[2]))
    #expect(single.scalars == floats.map(Double.init))
    #expect(generators[0] == generators[2] && generators[1] == generators[3])
  }
}
