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

    /// Commands that read 38 MB of parameters under limits from what a command itself needs up to enough: each does its work, or
    /// says what it could not have.
    @Test func aRunThatDoesNotFitIsAnError() throws {
      let folder = try TemporaryFolder()
      try folder.write("text.txt", String(repeating: "a long flight over the water. ", count: 100))
      try folder.write("short.txt", "a long flight over the water")
      for (name, size) in [("run", "--width 512 --depth 3 --heads 8"), ("small", "--width 8 --depth 1 --heads 1")] {
        let options = "--evaluation-bytes 16 \(size) --context 16 --batch 1 --steps 1 --sample-every 0"
        let made = try CommandRun(
          shell: "exec \"$godwit\" train text.txt --out \(name) --quiet \(options)", in: folder.url)
        try #require(made.exitCode == 0, "\(made.error)")
      }
      func limited(_ command: String, of run: String, kibibytes: Int) throws -> CommandRun {
        let command = command.replacing("RUN", with: run)
        return try CommandRun(shell: "ulimit -v \(kibibytes); exec \"$godwit\" \(command)", in: folder.url)
      }
      let commands = [
        "info RUN", "generate RUN --bytes 3", "evaluate RUN --text short.txt", "export RUN --out RUN.weights",
      ]
      // Where the program itself has room, which a small run shows, a large one that does not fit is told.
      let least = try #require(
        try stride(from: 60_000, through: 600_000, by: 20_000).first { kibibytes in
          try commands.allSatisfy { try limited($0, of: "small", kibibytes: kibibytes).exitCode == 0 }
        })
      var (done, refused) = (0, 0)
      for kibibytes in stride(from: least, through: least + 200_000, by: 25_000) {
        for command in commands {
          let run = try limited(command, of: "run", kibibytes: kibibytes)
          #expect(!run.wasKilled, "\(command) in \(kibibytes) KiB: \(run.error.prefix(500))")
          #expect(run.exitCode == 0 || run.exitCode == 1 && run.error.contains("godwit: "), "\(run.error.prefix(500))")
          if run.exitCode == 0 { done += 1 } else { refused += 1 }
        }
      }
      #expect(done > 0 && refused > 0)
    }
  }
#endif
