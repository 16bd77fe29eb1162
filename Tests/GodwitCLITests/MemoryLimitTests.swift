import CGodwitKernels
import GodwitTestSupport
import Testing

#if os(Linux)
  /// Commands under a limit of the memory that they may address.
  @Suite(.enabled(if: !gw_sanitized())) struct MemoryLimitTests {
    /// More than the limit by an estimate beforehand, and more only once it has begun.
    @Test(arguments: [
      (2_000_000, "--width 512 --depth 8 --context 1024 --batch 16", "GiB of memory"),
      (700_000, "--width 256 --depth 4 --context 512 --batch 16 --steps 3", "MiB of memory left"),
    ])
    func whatDoesNotFitIsAnErrorWithItsSize(kibibytes: Int, options: String, words: String) throws {
      let folder = try TemporaryFolder()
      try folder.write("text.txt", String(repeating: "a long flight over the water. ", count: 2000))
      let run = try CommandRun(
        shell: "ulimit -v \(kibibytes); exec \"$godwit\" train text.txt --out run --threads 2 \(options)",
        in: folder.url)
      #expect(run.exitCode == 1 && !run.wasKilled, "\(run.exitCode) \(run.error)")
      #expect(run.error.contains("godwit: ") && run.error.contains(words), "\(run.error)")
    }
  }
#endif
