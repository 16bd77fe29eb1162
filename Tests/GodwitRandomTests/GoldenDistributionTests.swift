import GodwitRandom
import Testing

/// Every law against mpmath at 50 digits: masses or densities, both tails, quantiles.
@Suite struct GoldenDistributionTests {
  @Test(arguments: LawErrors.laws) func agrees(law: LawErrors.Law) throws {
    let errors = try law.measure()
    #expect(errors.points >= 2000, "\(law.name)")
    for worst in errors.all { worst.expectAllowed() }
  }
}
