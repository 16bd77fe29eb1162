import ArgumentParser
import GodwitKernels

/// `--threads`.
struct ThreadsOption: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "Threads to compute with. The results do not depend on it. (default: GODWIT_THREADS, else all processors)")
  var threads: Int?

  func validate() throws {
    guard let threads, !(1...256).contains(threads) else { return }
    throw ValidationError("--threads \(threads): give a number from 1 to 256")
  }

  /// Makes the choice effective.
  func apply() {
    if let threads { Threads.count = threads }
  }
}
