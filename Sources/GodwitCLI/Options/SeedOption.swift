import ArgumentParser

/// `--seed`.
struct SeedOption: ParsableArguments {
  @Option(parsing: .unconditional, help: "Where the random numbers start; the same seed gives the same result.")
  var seed: UInt64 = 0
}
