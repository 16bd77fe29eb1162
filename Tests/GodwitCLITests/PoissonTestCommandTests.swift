import Foundation
import GodwitRandom
import GodwitTestSupport
import Testing

/// `godwit poisson --test`.
@Suite struct PoissonTestCommandTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    var generator = Philox(seed: 31)
    let times = try PoissonProcess(rate: 3).times(in: 0..<80, using: &generator)
    try write("times.txt", times.map { String(format: "%.5f", $0) })
    try write("units.csv", ["hour;ward"] + times.map { String(format: "%.5f h;3", $0) })
    try write("dates.txt", ["# births", ""] + times.map(Self.date))
    try write("seconds.txt", times.map { String(Int(1.7e9 + 3600 * $0)) })
    try write("counts.txt", try Poisson(rate: 4).samples(200, using: &generator).map(String.init))
    try write("clusters.txt", times.flatMap { [$0, $0 + 1e-3] }.sorted().map { String($0) })
    try write("even.txt", (0..<300).map { String(Double($0) + 0.3 * generator.unit()) })
  }

  private func write(_ name: String, _ lines: [String]) throws {
    try folder.write(name, lines.joined(separator: "\n") + "\n")
  }

  private static func date(_ hours: Double) -> String {
    let seconds = Int((hours * 3600).rounded())
    return String(
      format: "2024-02-%02dT%02d:%02d:%02d+01:00", 27 + seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60,
      seconds % 60
    ).replacing("02-30", with: "03-01")
  }

  private func run(_ arguments: String...) throws -> CommandRun {
    try CommandRun(arguments: ["poisson", "--test"] + arguments, in: folder.url)
  }

  /// The least and the greatest probability of any test, by its name.
  private func probabilities(_ run: CommandRun) -> [String: Double] {
    Dictionary(
      run.objects().compactMap { object in
        (object["test"] as? String).flatMap { name in (object["pValue"] as? Double).map { (name, $0) } }
      }, uniquingKeysWith: { $1 })
  }

  // MARK: What is read

  @Test(
    arguments: [
      ("times.txt", "times", "not whole", 3.0, nil), ("units.csv", "times", "have units", 3 / 3600.0, 3600.0),
      ("dates.txt", "times", "are dates", 3 / 3600.0, 3600.0),
      ("seconds.txt", "times", "rise from line", 3 / 3600.0, nil),
      ("counts.txt", "counts", "do not rise", 4, nil),
    ] as [(String, String, String, Double, Double?)])
  func everyFormIsRead(file: String, kind: String, reason: String, rate: Double, unit: Double?) throws {
    let run = try run(file, "--json")
    #expect(run.exitCode == 0, "\(run.error)")
    let summary = try #require(run.objects().first)
    #expect(summary["kind"] as? String == kind)
    #expect((summary["reason"] as? String)?.contains(reason) == true)
    let name = unit == nil ? "rate" : "ratePerSecond"
    let (lower, upper) = (summary[name + "Lower"] as? Double ?? .nan, summary[name + "Upper"] as? Double ?? .nan)
    #expect(lower < rate && rate < upper && upper < 1.4 * lower)
    let probabilities = probabilities(run)
    #expect(probabilities.count == (kind == "times" ? 5 : 3) && probabilities.values.allSatisfy { $0 > 0.01 })
    let text = try self.run(file).output
    #expect(text.contains("nothing speaks against a Poisson process") && text.contains(reason))
  }

  @Test func theSameTimesInOtherWordsGiveTheSame() throws {
    let texts = try ["times.txt", "units.csv", "dates.txt", "seconds.txt"].map { file in
      try run(file).output.components(separatedBy: "\n")
    }
    #expect(texts[1][1].hasPrefix("rate ") && texts[1][1].contains(" per h, with 95 % confidence from "))
    #expect(texts[0][1].replacing("unit of time", with: "h") == texts[1][1])
    #expect(texts[1][1] == texts[2][1])
    #expect(texts[1].dropFirst(3) == texts[0].dropFirst(3))
    #expect(
      texts[1][0].hasSuffix(
        " events, read as times, column 1 of 2, below the heading 'hour' (the only one with units): they have units"))
  }

  @Test func exactIntervalsOfTheRate() throws {
    try write("few.txt", ["3", "1", "4", "1", "5", "9", "2", "6", "5", "3", "5", "8"])
    let summary = try #require(try run("few.txt", "--in", "10min", "--json").objects().first)
    // Garwood: half of χ² quantiles of 104 and 106 degrees of freedom, by SciPy.
    for (key, events) in [
      ("ratePerSecond", 52.0), ("ratePerSecondLower", 38.83608720046124), ("ratePerSecondUpper", 68.19108174087286),
    ] {
      let rate = try #require(summary[key] as? Double)
      #expect(abs(rate * 7200 - events) < 1e-9, "\(key) \(rate * 7200)")
    }
    #expect(
      try run("few.txt", "--in", "10min").output.contains("\nrate 26 per h, with 95 % confidence from 19.42 to 34.1\n"))
    #expect(try run("few.txt").output.contains("frequencies  not tested: of 12 intervals five are expected in 2 of"))
  }

  @Test func theUserSaysWhatTheNumbersAre() throws {
    try write("rising.txt", ["1", "2", "4", "7", "9", "20"])
    #expect(try run("rising.txt").output.contains("6 events, read as times: they rise"))
    #expect(
      try run("rising.txt", "--as", "counts").output.contains("43 events in 6 intervals, read as counts: as --as says"))
    try write("level.txt", ["1", "1", "2", "7", "9", "8"])
    #expect(try run("level.txt").output.contains("28 events in 6 intervals, read as counts: they are whole"))
    try write("level.txt", ["1", "1", "2", "7", "9", "20"])
    #expect(try run("level.txt", "--as", "times").output.contains("6 events, read as times: as --as says"))
  }

  @Test func roundedTimesAreSpread() throws {
    var generator = Philox(seed: 32)
    let times = try PoissonProcess(rate: 2).times(in: 0..<1000, using: &generator)
    try write("log.txt", times.map { String(Int(1_714_521_600 + $0)) })
    try write("log.csv", ["id,start"] + times.map { "7," + Self.date($0.rounded(.down) / 3600) })
    for (arguments, unit) in [(["log.txt"], "1"), (["log.csv", "--column", "start"], "1 s")] {
      let run = try CommandRun(arguments: ["poisson", "--test"] + arguments, in: folder.url)
      #expect(run.output.contains("read as times"), "\(run.error)")
      #expect(run.output.contains("the times are rounded to \(unit): for the tests each was put at random within that"))
      #expect(run.output.contains("nothing speaks against a Poisson process of a constant rate"), "\(run.output)")
    }
    let summary = try #require(try run("log.csv", "--column", "2", "--json").objects().first)
    #expect(summary["spreadWithinSeconds"] as? Double == 1 && summary["events"] as? Int == times.count)
    #expect(try run("log.txt").output != run("log.txt", "--seed", "1").output)
    #expect(try run("times.txt", "--json").objects().first?["spreadWithin"] == nil)
  }

  /// Whole numbers that never fall, some of them equal.
  @Test func sortedNumbersAreToldApart() throws {
    var generator = Philox(seed: 33)
    let times = try PoissonProcess(rate: 2).times(in: 0..<500, using: &generator)
    let kicks = zip([109, 65, 22, 3, 1], 0...).flatMap { [Int](repeating: $1, count: $0) }
    let many = try Poisson(rate: 1000).samples(5000, using: &generator).sorted()
    let cases: [([Int], String)] = [
      ([1_714_521_600, 1_714_521_600, 1_714_521_601, 1_714_521_603], "times"), (times.map { Int($0) }, "times"),
      (times.map { Int($0) / 5 }, "times"), ([0, 0, 1, 2, 4, 9, 11, 12], "times"), (kicks, "counts"), (many, "counts"),
    ]
    for (numbers, kind) in cases {
      try write("sorted.txt", numbers.map(String.init))
      let run = try run("sorted.txt")
      #expect(run.output.contains("read as \(kind): "), "\(run.output)\(run.error)")
    }
  }

  @Test func columnsAndMillisecondsAreRead() throws {
    let stamps: [String] = (0..<40).map { index in
      let milliseconds: Int = 100 + index * index % 17
      return "2024-05-01 00:00:\(index + 10),\(milliseconds)"
    }
    try write("log4j.txt", stamps)
    try write("quoted.csv", ["place,\"when, roughly\""] + stamps.map { "\"a, b\",\"\($0)\"" })
    try write("points.txt", stamps.map { $0.replacing(",", with: ".") })
    let want = try run("points.txt", "--json").objects()
    #expect(want.count == 6)
    for arguments in [["log4j.txt"], ["quoted.csv", "--column", "2"], ["quoted.csv", "--column", "when, roughly"]] {
      let run = try CommandRun(arguments: ["poisson", "--test"] + arguments + ["--json"], in: folder.url)
      #expect(run.exitCode == 0, "\(run.error)")
      #expect(
        run.objects().dropFirst().map { $0["statistic"] as? Double }
          == want.dropFirst().map { $0["statistic"] as? Double })
    }
  }

  // MARK: What is found

  @Test func nothingIsSaidOfThinCountsAndNoProbabilityIsZero() throws {
    #expect(try run("times.txt", "--in", "0.0005").output.contains("dispersion   not tested: of "))
    let bursts: [Double] = (0..<2000).map { index in
      let (burst, event) = index.quotientAndRemainder(dividingBy: 1000)
      return 1000 * Double(burst) + 1e-3 * Double(event)
    }
    try write("bursts.txt", bursts.map { String($0) })
    let output = try run("bursts.txt").output
    #expect(output.contains("all in all   p < 1e-300 (") && !output.contains("p = 0:"), "\(output)")
  }

  @Test func clustersAndRegularityAreFound() throws {
    for (file, words) in [("clusters.txt", "spread more"), ("even.txt", "spread less: ")] {
      let run = try run(file)
      #expect(run.exitCode == 0)
      #expect(run.output.contains("not a Poisson process of a constant rate"), "\(run.output)")
      #expect(run.output.contains("the gaps are not exponential"))
      #expect(run.output.contains(words.replacing("less: ", with: "less than Poisson ones: events are regular")))
    }
  }

  @Test func countsAreMadeInTheIntervalAskedFor() throws {
    let summary = try #require(try run("dates.txt", "--in", "2h", "--json").objects().first)
    #expect(summary["intervalSeconds"] as? Double == 7200 && summary["intervals"] as? Int == 39)
    #expect(try run("dates.txt", "--in", "2h").output.contains("counted in 39 intervals of 2h from the first event on"))
  }

  @Test(arguments: [
    ("dates.txt", "gap (h)", "exponential of mean"), ("counts.txt", "number of events", "Poisson of mean"),
  ])
  func thereIsAPicture(file: String, axis: String, law: String) throws {
    #expect(try run(file, "--plot", "\(file).svg").exitCode == 0)
    let picture = String(decoding: try folder.bytes("\(file).svg"), as: UTF8.self)
    #expect(picture.hasPrefix("<svg") && picture.contains(axis) && picture.contains(law) && picture.contains(file))
  }

  /// A count that is expected and was not found has its place.
  @Test func thePictureHasAllCountsThatAreExpected() throws {
    try write("gap.txt", (0..<400).map { $0 % 2 == 0 ? "3" : "5" })
    #expect(try run("gap.txt", "--plot", "gap.svg").exitCode == 0)
    let picture = String(decoding: try folder.bytes("gap.svg"), as: UTF8.self)
    for count in [0, 2, 8, 10] { #expect(picture.contains(">\(count)</text>"), "\(count)") }
  }

  // MARK: Bad data

  @Test(
    arguments: [
      ([], "no events in it; expected on each line a number"), (["# nothing", "time"], "no events in it"),
      (["1.5", "2x.5"], "bad:2: '2x.5': expected a number (12.5), a number with a unit"),
      (["1.5", "", "word"], "bad:3: 'word': expected a number"), (["nan", "1"], "bad:1: 'nan': expected a number"),
      (["3", "-2", "1"], "bad:2: '-2': expected a whole number of events"),
      (["1.5", "2.5", "2"], "bad:3: '2' is before '2.5' on line 2: expected times that go forward"),
      (["1.5", "2 h", "3"], "bad:2: '2 h': expected a number without a unit, as on line 1"),
      (["1 s", "2024-01-01"], "bad:2: '2024-01-01': expected a number with a unit, such as 90 s, as on line 1"),
      (["2024-02-30"], "bad:1: '2024-02-30': there is no such day"),
      (["2024-02-30 12:00"], "bad:1: '2024-02-30 12:00': there is no such day"),
      (["time;status", "1,048;200"], "bad:2: '1,048': expected a number with a point before its decimals"),
      (["0,048", "0,100"], "bad:1: '0,048': the comma may be before decimals or between columns: write decimals"),
      (["\"1,000\"", "\"2,000\""], "bad:1: '1,000': expected a number with a point before its decimals"),
      (
        ["2024-05-01 00:00:12,345 INFO main"],
        "a time and more stand here; cut the times out (2024-05-01 00:00:12,345), or put"
      ),
      (
        ["2024-05-01 00:00Z", "2024-05-01 00:01"],
        "bad:2: '2024-05-01 00:01': expected a time with a zone, as on line 1"
      ),
      (["2024-05-01", "2024-05-02Z", "2024-05-01 01:01Z"], "bad:2: '2024-05-02Z': expected a number"),
      (["0", "0", "1", "1", "2", "2", "3"], "bad: these whole numbers never fall, and may be times"),
      (["2024-01-01 25:00"], "'2024-01-01 25:00': expected a number"),
      (["2024-01-01 12:00 CET"], "'2024-01-01 12:00 CET': expected a number"),
      (["1.5"], "bad: there is 1 event, needed are 3 or more"),
      (["1.5", "2.5"], "bad: there are 2 events, needed are 3 or more"),
      (["5"], "bad: there is 1 count, needed are 2"),
      (["0", "0", "0"], "bad: there are 0 events, needed are 1 or more"),
      (["1.5", "1.5", "1.5"], "bad: all events are at the same time"),
      (["1e17", "2", "1"], "bad:1: '1e17': expected a whole number of events, from 0 to 1e15"),
      (["\u{1B}[31m1"], #"\x1B[31m1"#),
    ] as [([String], String)]) func badLinesAreNamed(lines: [String], message: String) throws
  {
    try write("bad", lines)
    let run = try run("bad")
    #expect(run.exitCode == 1 && run.output.isEmpty)
    #expect(run.error.contains(message) && !run.error.contains("\u{1B}"), "\(run.error)")
  }

  @Test(
    arguments: [
      (["none.txt"], 1, "none.txt"), (["times.txt", "--in", "1h"], 1, "the times in times.txt have no units"),
      (["dates.txt", "--in", "1"], 1, "the times in dates.txt have units; give it one too"),
      (["dates.txt", "--as", "counts"], 1, "dates.txt:3: '2024-02-27T"),
      (["counts.txt", "--in", "1e-320"], 64, "--in 1e-320: expected a number above 0, from 1e-200"),
      (["counts.txt", "--in", "1e201"], 64, "--in 1e201: expected a number above 0, from 1e-200"),
      (["counts.txt", "--in", "5e-324ms"], 64, "--in 5e-324ms: expected a number above 0"),
      (["dates.txt", "--in", "1e-9s"], 1, "intervals are too many, more than 10 million; count in a longer time"),
      (["dates.txt", "--in", "100year"], 1, "--in: the events span less than one interval; count in a shorter time"),
      ([""], 64, "--test '': give a path"), (["times.txt", "--rate", "3"], 64, "leave --rate out"),
      (["times.txt", "--simulate", "3"], 64, "leave --simulate out"),
      (["times.txt", "--in", "x"], 64, "--in x: expected"),
      (["times.txt", "--as", "words"], 64, "words"),
      (["units.csv", "--column", "3"], 1, "units.csv:1: there are 2 columns, expected 3 or more"),
      (
        ["units.csv", "--column", "day"], 1,
        "units.csv:1: --column day: expected a number from 1 on, or one of 'hour', 'ward'"
      ),
    ] as [([String], Int32, String)]) func badRequestsAreRefused(arguments: [String], code: Int32, message: String)
    throws
  {
    let run = try CommandRun(arguments: ["poisson", "--test"] + arguments, in: folder.url)
    #expect(run.exitCode == code && run.output.isEmpty)
    #expect(run.error.contains(message), "\(run.error)")
  }
}

extension Philox {
  fileprivate mutating func unit() -> Double { Double.random(in: 0..<1, using: &self) }
}
