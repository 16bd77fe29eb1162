import GodwitBenchmarks
import Testing

@Suite struct BenchmarkRegistryTests {
  /// What the floors of the large model count.
  @Test func theLargeModelHasTheParametersThatItsFloorsCount() throws {
    #expect(Double(try LargeModelBenchmarks.model().parameterCount) == LargeModelBenchmarks.parameters)
  }

  @Test func namesAreUniqueAndWellFormed() {
    let names = BenchmarkRegistry.all.map(\.name)
    #expect(Set(names).count == names.count)
    for name in names { #expect(name.wholeMatch(of: /[a-z-]+(\/[a-zA-Z0-9+.-]+)+/) != nil, "\(name)") }
  }

  @Test func workIsCounted() {
    for benchmark in BenchmarkRegistry.all {
      #expect(benchmark.work > 0, "\(benchmark.name)")
      if let floor = benchmark.floor { #expect(floor.operations + floor.bytes > 0, "\(benchmark.name)") }
    }
  }

  @Test func patternsChoose() throws {
    #expect(try BenchmarkRegistry.matching(nil).count == BenchmarkRegistry.all.count)
    #expect(try BenchmarkRegistry.matching("no such thing").isEmpty)
    #expect(throws: (any Error).self) { try BenchmarkRegistry.matching("(") }
  }
}
