import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

/// What rotary positions are for (Su et al. 2021, "RoFormer", section 3.4).
struct RotaryTests {
  private let turned: (query: Tensor, key: Tensor)
  private let query: Tensor

  init() {
    var generator = Philox(seed: 1)
    // The same query and the same key at each of 12 positions.
    query = Tensor(normal: 0, shape: [1, 1, 1, 8], dtype: .float64, using: &generator)
    let key = Tensor(normal: 0, shape: [1, 1, 1, 8], dtype: .float64, using: &generator)
    let shape: Shape = [1, 12, 1, 8]
    turned = (rotary(query.broadcast(to: shape), offset: 5), rotary(key.broadcast(to: shape), offset: 5))
  }

  @Test func scoresDependOnTheDistanceAlone() {
    let scores = matmul(turned.query.reshaped([12, 8]), turned.key.reshaped([12, 8]), transposeB: true)
    for distance in -11...11 {
      let same = (max(0, distance)..<min(12, 12 + distance)).map { scores[$0][$0 - distance].item }
      for score in same { expectClose(score, same[0], tolerance: 1e-13, "distance \(distance)") }
    }
    #expect(abs(scores[0][0].item - scores[0][1].item) > 1e-3)
  }

  @Test func lengthsStayTheSame() {
    let lengths = square(turned.query).sum(along: 3)
    expectClose(lengths, square(query).sum(along: 3).broadcast(to: lengths.shape))
  }
}
