import Foundation
import GodwitTestSupport
import Testing

/// `godwit poisson --test` of files as programs write them; what is right was computed with mpmath and exact sums.
@Suite struct EventFileCommandTests {
  private let folder = BuiltProducts.packageRoot.appending(path: "Tests/GodwitEventsTests/Cases")

  private func run(_ arguments: [String]) throws -> CommandRun {
    try CommandRun(arguments: ["poisson", "--test"] + arguments, in: folder)
  }

  private func result(_ run: CommandRun, _ test: String) -> (statistic: Double, pValue: Double)? {
    run.objects().first { $0["test"] as? String == test }.flatMap { object in
      (object["statistic"] as? Double).flatMap { statistic in (object["pValue"] as? Double).map { (statistic, $0) } }
    }
  }

  @Test(
    arguments: [
      (["usgs-newest-first.csv", "--column", "time"], 120, "per h", 2.524, 2.091, 2.997, 0.07172, 0.554),
      (["usgs-newest-first.csv"], 120, "per h", 2.524, 2.091, 2.997, 0.07172, 0.554),
      (["nginx-access.log"], 60, "per h", 30.27, 23.05, 38.47, 0.0713, 0.909),
      (["excel-german.csv"], 10, "", 0.5902, 0.2699, 1.034, 0.1742, 0.936),
      (["excel-unicode-text-utf16.txt"], 10, "", 0.5902, 0.2699, 1.034, 0.1742, 0.936),
    ] as [([String], Int, String, Double, Double, Double, Double, Double)])
  func answersAreRight(
    arguments: [String], events: Int, unit: String, rate: Double, lower: Double, upper: Double, distance: Double,
    pValue: Double
  ) throws {
    let run = try run(arguments + ["--json"])
    let summary = try #require(run.objects().first, "\(run.error)")
    #expect(summary["events"] as? Int == events && summary["kind"] as? String == "times")
    let (name, scale) = unit.isEmpty ? ("rate", 1.0) : ("ratePerSecond", 3600)
    for (suffix, value) in [("", rate), ("Lower", lower), ("Upper", upper)] {
      let found = try #require(summary[name + suffix] as? Double) * scale
      // The right values are known to four digits.
      #expect(abs(found / value - 1) < 5e-4, "\(name + suffix) \(found)")
    }
    let gaps = try #require(result(run, "gaps"))
    #expect(abs(gaps.statistic / distance - 1) < 1e-3 && abs(gaps.pValue - pValue) < 1e-3, "\(gaps)")
  }

  @Test func newestFirstIsAsConstantAsOldestFirst() throws {
    let constancy = try #require(result(try run(["usgs-newest-first.csv", "--json"]), "constancy"))
    #expect(abs(constancy.statistic - 0.06881) < 1e-5 && abs(constancy.pValue - 0.607) < 1e-3, "\(constancy)")
  }

  /// Eight backups a day apart are as far from Poisson as can be, whatever the seed.
  @Test func aClockIsNoPoissonProcess() throws {
    for seed in 0..<25 {
      let run = try run(["daily-backup-8.txt", "--seed", "\(seed)", "--json"])
      let gaps = try #require(result(run, "gaps"))
      #expect(abs(gaps.pValue / 8e-25 - 1) < 0.2, "\(gaps)")
      #expect(run.objects().first?["spreadWithinSeconds"] == nil)
    }
    #expect(try run(["daily-backup-8.txt"]).output.contains("not a Poisson process of a constant rate"))
  }

  @Test(arguments: [
    ("nginx-local-no-zone.log", "nginx-local-no-zone.log:49: '2023-10-29 02:01:22' is before '2023-10-29 02:58:06'"),
    ("hex-and-friends.txt", "hex-and-friends.txt:1: '0x10': expected a number"),
    ("counts-na-first.txt", "counts-na-first.txt:1: 'NA': expected a number"),
  ]) func linesAreNamed(file: String, message: String) throws {
    let run = try run([file])
    #expect(run.exitCode == 1 && run.output.isEmpty && run.error.contains(message), "\(run.error)")
  }

  @Test func theFirstLineSaysWhatWasRead() throws {
    #expect(
      try run(["multi-line-field.csv"]).output.hasPrefix(
        "multi-line-field.csv: 6 events, read as times, column 1 of 3, below the heading 'when' (the only one of dates): "
          + "they are dates\n"))
    #expect(
      try run(["counts-na-first.txt", "--skip-missing"]).output.contains(
        "they are whole and do not rise from line to line; for times say --as times\n1 line without a value left out"))
    let scratch = try TemporaryFolder()
    let rows = (0..<9).map { "\(1000 + $0),open,2024-05-01 1\($0):0\($0 * $0 % 7)" }
    try scratch.write(
      "tickets.csv", (["ticket,state\u{1B}[2J,\"cre\u{1B}[31mated\nat\""] + rows).joined(separator: "\n"))
    let tickets = try CommandRun("poisson", "--test", "tickets.csv", in: scratch.url)
    #expect(
      tickets.output.hasPrefix(
        #"tickets.csv: 9 events, read as times, column 3 of 3, below the heading 'cre\x1B[31mated at' (the only one of"#
      ),
      "\(tickets.output)\(tickets.error)")
    try scratch.write("words.csv", "a\u{1B}[2J,b\n\u{1B}]0;x\u{7},y\n")
    for arguments in [[], ["--column", "\u{1B}[2J"], ["--column", "b"]] {
      let run = try CommandRun(arguments: ["poisson", "--test", "words.csv"] + arguments, in: scratch.url)
      #expect(run.exitCode == 1 && !(run.error + run.output).contains { "\u{1B}\u{7}".contains($0) }, "\(run.error)")
    }
  }

  /// Numbers that are as great as times since 1970 are times, in any order, and the answer says what they would be.
  @Test(arguments: [("seconds", 1), ("milliseconds", 1000), ("microseconds", 1_000_000)])
  func timesSince1970GetAHint(unit: String, scale: Int) throws {
    let scratch = try TemporaryFolder()
    let times = (0..<40).map { (1_714_521_600 + 90 * $0 + $0 * $0 % 71) * scale }
    for (name, times) in [
      ("newest", times.reversed()), ("oldest", times), ("mixed", times.filter { $0 % 2 == 0 } + times),
    ] {
      try scratch.write(name, times.map { "\($0)\n" }.joined())
      let run = try CommandRun("poisson", "--test", name, in: scratch.url)
      #expect(run.output.hasPrefix("\(name): \(times.count) events, read as times: "), "\(run.output)\(run.error)")
      #expect(
        run.output.contains(
          "\nhint: if these are \(unit) since 1970, they go from 2024-05-01 00:00:00 UTC to 2024-05-01"),
        "\(run.output)")
    }
  }

  @Test func standardInputIsReadUpToALimit() throws {
    let folder = folder.path
    let good = try CommandRun(shell: "cat '\(folder)/excel-german.csv' | \"$godwit\" poisson --test -")
    #expect(good.output.hasPrefix("standard input: 10 events, read as times, column 1 of 2"), "\(good.error)")
    for line in ["poisson --test /dev/zero", "poisson --test - < /dev/zero"] {
      let run = try CommandRun(shell: "ulimit -v 3000000; \"$godwit\" \(line)")
      #expect(run.exitCode == 1 && run.error.contains("it is no text"), "\(run.error)")
    }
    let endless = try CommandRun(shell: "yes 1 | \"$godwit\" poisson --test -")
    #expect(
      endless.exitCode == 1 && endless.error.contains("standard input: it has more than 256 MiB"), "\(endless.error)")
  }

  @Test func skipMissingNeedsAFile() throws {
    let run = try CommandRun("poisson", "--rate", "3", "--skip-missing")
    #expect(run.exitCode == 64 && run.error.contains("--skip-missing: it says how to read the file of --test"))
  }
}
