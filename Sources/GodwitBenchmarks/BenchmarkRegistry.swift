/// All benchmarks of this package, by area.
public enum BenchmarkRegistry {
  /// Every benchmark, in the order in which they are run.
  public static let all: [Benchmark] =
    MatrixBenchmarks.all + AttentionBenchmarks.all + GatedAttentionBenchmarks.all + SparseAttentionBenchmarks.all
    + GatedRecurrenceBenchmarks.all + MixerBenchmarks.all
    + OperationBenchmarks.all + RowBenchmarks.all
    + OptimizerBenchmarks.all + TrainingBenchmarks.all + GenerationBenchmarks.all + LargeModelBenchmarks.all
    + SessionBenchmarks.all
    + RandomBenchmarks.all + WalkBenchmarks.all

  /// The benchmarks in whose name `pattern` matches somewhere; all if nil.
  ///
  /// - Throws: what the regular expression's syntax has wrong.
  public static func matching(_ pattern: String?) throws -> [Benchmark] {
    guard let pattern else { return all }
    let expression = try Regex(pattern)
    return all.filter { $0.name.contains(expression) }
  }
}
