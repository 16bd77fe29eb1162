import Foundation
import Testing

@testable import GodwitModels

@Suite struct ByteSamplerTests {
  /// Logits of a distribution over the first bytes; all others are as good as impossible.
  private func logits(_ probabilities: [Double]) -> [Float] {
    var logits = [Float](repeating: -1e9, count: 256)
    for (byte, p) in probabilities.enumerated() { logits[byte] = Float(log(p)) }
    return logits
  }

  private func counts(_ probabilities: [Double], _ options: SamplingOptions, draws: Int = 20_000) -> [Int] {
    var sampler = ByteSampler(options, seed: 5)
    var counts = [Int](repeating: 0, count: 256)
    let logits = logits(probabilities)
    for _ in 0..<draws { counts[Int(sampler.draw(from: logits))] += 1 }
    return counts
  }

  /// Whether a count is what a probability gives, within the band that one count in ten million leaves.
  private func agrees(_ count: Int, _ p: Double, draws: Int = 20_000) -> Bool {
    let n = Double(draws)
    return abs(Double(count) - n * p) <= 5.4 * (n * p * (1 - p)).squareRoot() + 1e-9
  }

  @Test func drawsFollowTheProbabilities() {
    let p = [0.5, 0.3, 0.15, 0.05]
    let counts = counts(p, SamplingOptions())
    for byte in 0..<4 { #expect(agrees(counts[byte], p[byte])) }
    #expect(!agrees(counts[0], 0.47))
  }

  @Test func temperatureSharpens() throws {
    let p = [0.5, 0.3, 0.2]
    let squares = p.map { $0 * $0 }
    let counts = try counts(p, SamplingOptions(temperature: 0.5))
    for byte in 0..<3 { #expect(agrees(counts[byte], squares[byte] / squares.reduce(0, +))) }
  }

  @Test func zeroTemperatureTakesTheLikeliest() throws {
    #expect(try counts([0.2, 0.4, 0.4], SamplingOptions(temperature: 0))[1] == 20_000)
  }

  @Test func topKKeepsTheLikeliest() throws {
    let counts = try counts([0.1, 0.5, 0.1, 0.3], SamplingOptions(topK: 2))
    #expect(agrees(counts[1], 0.625))
    #expect(counts[1] + counts[3] == 20_000)
  }

  @Test func topPKeepsTheFewestThatSuffice() throws {
    let counts = try counts([0.1, 0.5, 0.1, 0.3], SamplingOptions(topP: 0.75))
    #expect(agrees(counts[1], 0.625))
    #expect(counts[1] + counts[3] == 20_000)
    #expect(try self.counts([0.1, 0.5, 0.4], SamplingOptions(topP: 1e-9))[1] == 20_000)
  }

  @Test func bothRestrictionsHold() throws {
    let counts = try counts([0.4, 0.3, 0.2, 0.1], SamplingOptions(topK: 3, topP: 0.6))
    #expect(counts[0] + counts[1] == 20_000)
    #expect(agrees(counts[0], 4 / 7.0))
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity]) func anyLogitsGiveSomeByte(value: Float) throws {
    for options in try [
      SamplingOptions(), SamplingOptions(topK: 3), SamplingOptions(topP: 0.5), SamplingOptions(temperature: 0),
    ] {
      var sampler = ByteSampler(options, seed: 1)
      _ = sampler.draw(from: [Float](repeating: value, count: 256))
      var mixed = logits([0.5, 0.5])
      mixed[7] = value
      _ = sampler.draw(from: mixed)
    }
  }

  @Test func theSeedDecides() {
    let logits = (0..<256).map { Float($0 % 7) }
    func bytes(_ seed: UInt64) -> [UInt8] {
      var sampler = ByteSampler(SamplingOptions(), seed: seed)
      return (0..<50).map { _ in sampler.draw(from: logits) }
    }
    #expect(bytes(1) == bytes(1))
    #expect(bytes(1) != bytes(2))
  }

  @Test func impossibleOptionsAreErrors() {
    for temperature in [-1, -Double.infinity, .infinity, .nan] {
      let error = #expect(throws: SamplingError.self) { try SamplingOptions(temperature: temperature) }
      #expect(error?.description.contains("\(temperature)") == true)
    }
    for topK in [0, -5] { #expect(throws: SamplingError.topK(topK)) { try SamplingOptions(topK: topK) } }
    for topP in [0, -0.1, 1.1] { #expect(throws: SamplingError.topP(topP)) { try SamplingOptions(topP: topP) } }
    #expect(throws: SamplingError.self) { try SamplingOptions(topP: .nan) }
  }
}
