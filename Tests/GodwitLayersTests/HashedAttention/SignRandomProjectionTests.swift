import Foundation
import GodwitLayers
import GodwitRandom
import GodwitTensor
import Testing

struct SignRandomProjectionTests {
  /// In how many of the rounds two vectors fall into one bucket.
  private func collisions(_ hash: SignRandomProjection, _ a: [Double], _ b: [Double]) -> Int {
    let buckets = hash(Tensor(rows: [a, b])).values
    return zip(buckets.prefix(hash.rounds), buckets.suffix(hash.rounds)).count { $0 == $1 }
  }

  /// How many standard errors a rate of collisions is off (1 − θ / π)ᴹ; the lengths of the vectors do not matter.
  private func deviation(angle: Double, bits: Int, expected: Double) -> Double {
    var generator = Philox(seed: 11)
    let hash = SignRandomProjection(width: 5, bits: bits, rounds: 40_000, using: &generator)
    let count = collisions(hash, [3, 0, 0, 0, 0], [0.1 * cos(angle), 0, 0.1 * sin(angle), 0, 0])
    let rounds = Double(hash.rounds)
    return (Double(count) - rounds * expected) / (rounds * expected * (1 - expected)).squareRoot()
  }

  @Test(arguments: [0.05, 0.3, 1, Double.pi / 2, 2, 3.1])
  func collisionsAreAsLikelyAsTheAngleSays(angle: Double) {
    for bits in [1, 2, 4] {
      let expected = pow(1 - angle / .pi, Double(bits))
      #expect(abs(deviation(angle: angle, bits: bits, expected: expected)) < 4.5, "\(bits) bits")
    }
  }

  /// A probability that is off by a fiftieth is seen.
  @Test func theBandIsNarrow() {
    #expect(abs(deviation(angle: 1, bits: 1, expected: 1 - 1 / .pi - 0.02)) > 4.5)
  }

  @Test func theBucketsAreThoseOfTheDefinition() {
    var generator = Philox(seed: 12)
    let x = Tensor(normal: 0, shape: [3, 50, 6], using: &generator)
    let signs = SignRandomProjection(width: 6, bits: 5, rounds: 3, using: &generator)
    let rotations = RandomRotationHash(width: 6, buckets: 8, rounds: 3, using: &generator)
    let vectors = (0..<150).map { x.reshaped([150, 6])[$0].scalars }
    #expect(signs(x).shape == [3, 50, 3])
    #expect(signs(x).values.map(Int.init) == vectors.flatMap(signs.byDefinition))
    #expect(rotations(x).values.map(Int.init) == vectors.flatMap(rotations.byDefinition))
    // Every bucket occurs.
    #expect(Set(signs(x).values) == Set(0..<32))
    #expect(Set(rotations(x).values) == Set(0..<8))
  }
}
