#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a command says where an array, or anything else but a tensor, cannot have its memory.
///
/// What is read from outside is measured before; this is for what no measure foresees. The Swift runtime then says how many bytes
/// it could not have, and aborts.
enum ArrayMemory {
  /// From now on such an end is one with a remedy and the exit code of a failure.
  static func explainFailures() {
    signal(SIGABRT) { _ in
      // A handler may do nothing but write and end.
      let words: StaticString = "godwit: stopped for the reason above; if that is memory, ask for less, or free some\n"
      _ = write(2, words.utf8Start, words.utf8CodeUnitCount)
      _exit(1)
    }
  }
}
