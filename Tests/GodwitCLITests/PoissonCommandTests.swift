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
  @Test func theArticleIsTrue() throws { #expect(try ArticleOutput.check("EventsAtARate.md") == 2) }

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

  @Test func withoutAQuestionTheLawIsATableAndAPicture() throws {
    let scratch = try TemporaryFolder()
    let run = try CommandRun("poisson", "--rate", "3/h", "--plot", scratch.path("law.svg"))
    #expect(run.output.contains("mean 3, standard deviation 1.732050808") && run.output.contains("0.224042"))
    #expect(try String(contentsOfFile: scratch.path("law.svg"), encoding: .utf8).contains("Events in 1 h at 3/h"))
    let rows = try CommandRun("poisson", "--rate", "1e12", "--json").objects()
    #expect((10...31).contains(rows.count))
  }

  @Test(arguments: [
    (["--rate", "3/fortnight"], "--rate 3/fortnight: expected a number above 0, alone or for a time"),
    (["--rate", "-3/h"], "--rate -3/h"),
    (["--rate", "3/0h"], "--rate 3/0h"),
    (["--rate", "3/h", "--gap-within", "1h", "--plot", "a.svg"], "leave one of them out"),
    (["--rate", "3/1e308year", "--gap-within", "1e308year"], "--rate 3/1e308year: expected"),
    (["--rate", "1e14/1e-300s", "--gap-within", "1e10s..1e11s"], "give a shorter time"),
    (["--rate", "3/h", "--in", "1e400h"], "a number above 0"),
    (["--rate", "nan"], "--rate nan"), (["--rate", ""], "expected a number above 0"),
    (["--rate", "3/h/h"], "expected a number above 0"),
    (["--rate", "1e16"], "the most is 1e15"), (["--rate", "3/h", "--in", "2"], "give both a unit of time, or none"),
    (["--rate", "3", "--in", "2h"], "give both"), (["--rate", "3/h", "--in", "0h"], "a number above 0"),
    (["--rate", "3/h", "--at-least", "-1"], "0 or more"),
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
