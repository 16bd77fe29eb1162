import GodwitBenchmarks
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct PowerLawTests {
  @Test(arguments: [-1.0, 0, 0.5, 1, 2]) func exactPowersAreFound(exponent: Double) throws {
    let points = [512.0, 1024, 3000, 8192].map { (x: $0, y: 3e-6 * pow($0, exponent)) }
    let law = try #require(PowerLaw(points))
    #expect(abs(law.exponent - exponent) < 1e-12)
    #expect(try #require(law.standardError) < 1e-7)
  }

  /// The slope through log 1, 2, 4 → 0, 1, 1 (in halves of a doubling): 1/2, with a rest of 1/6 over one degree of freedom.
  @Test func theErrorIsThatOfLeastSquares() throws {
    let law = try #require(PowerLaw([(1, 1), (2, 2), (4, 2)]))
    #expect(abs(law.exponent - 0.5) < 1e-12)
    #expect(abs(try #require(law.standardError) - (1.0 / 12).squareRoot()) < 1e-12)
  }

  @Test func tooFewPointsGiveNone() {
    #expect(PowerLaw([]) == nil)
    #expect(PowerLaw([(8, 1), (8, 2)]) == nil)
    #expect(PowerLaw([(8, 1), (16, 0)]) == nil)
    #expect(PowerLaw([(8, 1), (16, 2)])?.standardError == nil)
  }
}
