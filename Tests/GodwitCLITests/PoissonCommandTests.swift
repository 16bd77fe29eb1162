import Foundation
import GodwitTestSupport
import Testing

@Suite struct PoissonCommandTests {
  /// The worked examples: births at 3 an hour, a call in ten minutes, four packs of milk a day, two visits a minute.
  @Test(
    arguments: [
      (["--rate", "3/h", "--in", "2h", "--exactly", "0"], 0.0024787522),
      (["--rate", "3/h", "--at-least", "2"], 0.8008517),
      (["--rate", "3/h", "--exactly", "3"], 0.2240418), (["--rate", "3/h", "--gap-within", "15min"], 0.5276334),
      (["--rate", "3/h", "--gap-within", "15min..30min"], 0.2492364),
      (["--rate", "1/10min", "--in", "0.5h", "--exactly", "0"], 0.0497871),
      (["--rate", "4 per day", "--at-least", "6"], 0.2148696), (["--rate", "2/min", "--at-most", "0"], 0.1353353),
      (["--rate", "2e0/minute", "--in", "6e4 ms", "--exactly", "0"], 0.1353353),
      (["--rate", "2 / min", "--in", "60 s", "--at-least", "5"], 0.0526530),
      (["--rate", "3/h", "--exactly", "2..5"], 0.7169338), (["--rate", "3/h", "--exactly", "0..1"], 0.1991483),
      (["--rate", "1e6", "--exactly", "990000..999000"], 0.1587763),
      (["--rate", "3/h", "--at-least", "1e1"], 0.0011025), (["--rate", "1e4", "--at-most", "1e4"], 0.50265958),
      (["--rate", "2", "--in", "1.5", "--at-least", "0"], 1.0), (["--rate", "3", "--gap-within", "0.25"], 0.5276334),
    ] as [([String], Double)]) func answersAreExact(arguments: [String], expected: Double) throws
  {
    let run = try CommandRun(arguments: ["poisson", "--json"] + arguments)
    #expect(run.exitCode == 0, "\(run.error)")
    let answer = try #require(run.objects().first?["probability"] as? Double)
    #expect(abs(answer - expected) < 5.1e-8, "\(answer)")
    #expect(run.objects().first?["rate"] as? String == arguments[1])
    let text = try CommandRun(arguments: ["poisson"] + arguments).output
    #expect(text.hasPrefix("P(") && text.contains(String(format: "%.10g", answer)))
  }

  /// The article shows what the commands print.
  @Test func theArticleIsTrue() throws { #expect(try ArticleOutput.check("EventsAtARate.md") == 4) }

  @Test(arguments: [["--at-least", "2"], ["--at-most", "1"], ["--exactly", "3"], ["--gap-within", "15min..30min"]])
  func simulationAgrees(question: [String]) throws {
    let arguments = ["poisson", "--rate", "3/h", "--simulate", "250000", "--seed", "4"] + question
    #expect(try CommandRun(arguments: arguments).output.contains("within the band"))
    let object = try #require(try CommandRun(arguments: arguments + ["--json"]).objects().first)
    let exact = try #require(object["probability"] as? Double)
    let error = try #require(object["standardError"] as? Double)
    let frequency = try #require(object["simulatedFrequency"] as? Double)
    #expect(object["trials"] as? Int == 250_000 && frequency != exact && abs(frequency - exact) < 4 * error)
    #expect(abs(error - (exact * (1 - exact) / 250_000).squareRoot()) < 1e-12)
    // 3.89 standard errors on each side leave one in 10,000.
    let band = try #require(object["band"] as? [Double])
    for (end, want) in zip(band, [exact - 3.89 * error, exact + 3.89 * error]) {
      #expect(abs(end - want) < 0.02 * error)
    }
  }

  /// Beside mpmath at 30 digits.
  @Test(
    arguments: [
      (["--rate", "1e-5", "--exactly", "1000"], "2.4851e-7568", -7567.6046485650750),
      (["--rate", "1e4", "--at-most", "10"], "3.1322e-4310", -4309.5041475971288),
      (["--rate", "1", "--exactly", "200..300"], "4.6879e-376", -375.329017113931),
      (["--rate", "1000", "--in", "1", "--exactly", "6000..8000"], "2.2693e-2500", -2499.6441004973637),
      (["--rate", "1000", "--gap-within", "2..3"], "2.5765e-869", -868.58896380650366),
      (["--rate", "1e15", "--exactly", "0"], "10^(-4.34294e+14)", -434294481903251.83),
    ] as [([String], String, Double)])
  func theLeastProbabilitiesAreNotZero(arguments: [String], text: String, log10: Double) throws {
    #expect(try CommandRun(arguments: ["poisson"] + arguments).lines.first?.hasSuffix(" = \(text)") == true)
    let object = try #require(try CommandRun(arguments: ["poisson", "--json"] + arguments).objects().first)
    let found = try #require(object["log10Probability"] as? Double)
    #expect(abs(found - log10) < 1e-12 * abs(log10), "\(found)")
  }

  @Test func anInterruptedSimulationSaysWhatItHas() throws {
    let folder = try TemporaryFolder()
    let run = try CommandRun(
      shell: """
        "$godwit" poisson --rate 3/h --at-least 2 --simulate 1e12 > answer & pid=$!
        until [ -s answer ]; do sleep 0.01; done
        sleep 0.2; kill -INT $pid; wait $pid
        """, in: folder.url)
    #expect(run.exitCode == 130)
    let answer = String(decoding: try folder.bytes("answer"), as: UTF8.self)
    #expect(answer.hasPrefix("P(N ≥ 2) = ") && answer.contains("within the band"))
    #expect(answer.contains(#/\ninterrupted: simulated [\d,]+ of 1,000,000,000,000 times: /#))
  }

  @Test func aSimulationThatNobodyReadsStops() throws {
    let run = try CommandRun(
      shell: #"("$godwit" poisson --rate 3/h --at-least 2 --simulate 1e12; echo "code $?" >&2) | head -1"#)
    #expect(run.output.hasPrefix("P(N ≥ 2) = ") && run.error.hasSuffix("code 141\n"))
  }

  /// Few hits are expected, of which a normal band would be wrong.
  @Test func rareEventsAreSimulatedToo() throws {
    let arguments = ["poisson", "--rate", "1e-6", "--at-least", "1", "--simulate", "1e5"]
    let run = try CommandRun(arguments: arguments)
    #expect(run.output.contains("simulated 100,000 times: 0, within the band 0 to 3e-05"))
  }

  @Test func withoutAQuestionTheLawIsATableAndAPicture() throws {
    let scratch = try TemporaryFolder()
    let run = try CommandRun("poisson", "--rate", "3/h", "--plot", scratch.path("law.svg"))
    #expect(run.output.contains("mean 3, standard deviation 1.732050808") && run.output.contains("0.224042"))
    #expect(try String(contentsOfFile: scratch.path("law.svg"), encoding: .utf8).contains("Events in 1 h at 3/h"))
    let rows = try CommandRun("poisson", "--rate", "1e12", "--json").objects()
    #expect((10...31).contains(rows.count))
    #expect(run.output.contains("\neach n; not those at either end"))
    #expect(try CommandRun("poisson", "--rate", "1000").output.contains("\nof every 8 numbers n one; not those"))
  }

  @Test func whatIsAskedIsMarked() throws {
    let scratch = try TemporaryFolder()
    func circles(_ more: String...) throws -> (count: Int, picture: String) {
      let path = scratch.path("law.svg")
      let run = try CommandRun(arguments: ["poisson", "--rate", "3/h", "--plot", path] + more)
      #expect(run.exitCode == 0)
      let picture = try String(contentsOfFile: path, encoding: .utf8)
      return (picture.components(separatedBy: "<circle").count - 1, picture)
    }
    let law = try circles()
    #expect(law.picture.contains(">0</text>"))
    for (option, value, marks, text) in [
      ("--at-most", "1", 2, "P(N ≤ 1) = 0.1991482735"), ("--exactly", "2..5", 4, "P(2 ≤ N ≤ 5) = "),
      ("--exactly", "4", 1, "P(N = 4) = "),
    ] {
      let asked = try circles(option, value)
      // One more is in the legend.
      #expect(asked.count == law.count + marks + 1 && asked.picture.contains(text), "\(option): \(asked.count)")
    }
  }

  @Test func theWaitHasAPicture() throws {
    let scratch = try TemporaryFolder()
    let arguments = ["poisson", "--rate", "3/h", "--gap-within", "15min..30min", "--plot", scratch.path("wait.svg")]
    #expect(try CommandRun(arguments: arguments).exitCode == 0)
    let picture = String(decoding: try scratch.bytes("wait.svg"), as: UTF8.self)
    #expect(picture.contains("Wait for the next event at 3/h") && picture.contains("15min..30min: 0.2492"))
    #expect(picture.contains("wait (min)"))
  }

  @Test(arguments: [
    (["3/h"], "Unexpected argument '3/h'"), (["--test", "a", "--foo"], "Unknown option '--foo'"),
    (["--rate", "3/fortnight"], "--rate 3/fortnight: expected a number above 0, alone or for a time"),
    (["--rate", "-3/h"], "--rate -3/h"),
    (["--rate", "3/0h"], "--rate 3/0h"),
    (["--rate", "3/h", "--at-least", "2.5"], "--at-least 2.5: expected a whole number, from 0 to 1e15"),
    (["--rate", "3/h", "--exactly", "5..2"], "of which the second is greater, as in 2..5"),
    (["--rate", "3/h", "--exactly", "1..2..3"], "of which the second is greater, as in 2..5"),
    (["--rate", "3/h", "--exactly", "..3"], "--exactly ..3: expected a whole number from 0"),
    (["--rate", "3/h", "--exactly", "1", "--simulate", "1.5"], "--simulate 1.5: expected a whole number, from 1"),
    (["--as", "times", "--rate", "3"], "it says how to read the file of --test"),
    (["--rate", "3/1e308year", "--gap-within", "1e308year"], "--rate 3/1e308year: expected"),
    (["--rate", "1e14/1e-200s", "--gap-within", "1e199s..1e200s"], "give a shorter time"),
    (["--rate", "3/h", "--in", "1e400h"], "a number above 0"),
    (["--rate", "nan"], "--rate nan"), (["--rate", ""], "expected a number above 0"),
    (["--rate", "3/h/h"], "expected a number above 0"),
    (["--rate", "1e16"], "the most is 1e15"), (["--rate", "3/h", "--in", "2"], "give both a unit of time, or none"),
    (["--rate", "3", "--in", "2h"], "give both"), (["--rate", "3/h", "--in", "0h"], "a number above 0"),
    (["--rate", "3/h", "--at-least", "-1"], "--at-least -1: expected a whole number"),
    (["--rate", "3/h", "--at-least", "1", "--exactly", "2"], "one question"),
    (["--rate", "3/h", "--gap-within", "30min..15min"], "not shorter"),
    (["--rate", "3/h", "--gap-within", "1h", "--in", "1h"], "leave --in out"),
    (["--rate", "3/h", "--simulate", "10"], "ask a question too"),
    (["--rate", "3/h", "--exactly", "1", "--simulate", "0"], "--simulate 0"), ([], "--rate"),
  ]) func badInputIsWrongUsage(arguments: [String], message: String) throws {
    let run = try CommandRun(arguments: ["poisson"] + arguments)
    #expect(run.exitCode == 64 && run.output.isEmpty)
    #expect(run.error.contains(message), "\(run.error)")
  }
}
