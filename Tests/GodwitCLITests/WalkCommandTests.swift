import Foundation
import GodwitModels
import GodwitTestSupport
import Testing

@testable import GodwitCLI

@Suite struct WalkCommandTests {
  private func run(_ line: String, _ more: String..., environment: [String: String] = [:]) throws -> CommandRun {
    let arguments = ["walk"] + line.split(separator: " ").map(String.init) + more
    return try CommandRun(arguments: arguments, environment: environment)
  }

  private func answer(_ line: String, _ more: String..., environment: [String: String] = [:]) throws -> [String: Any] {
    let run = try CommandRun(
      arguments: ["walk", "--json"] + line.split(separator: " ").map(String.init) + more, environment: environment)
    #expect(run.exitCode == 0, "\(run.error)")
    return try #require(run.objects().first)
  }

  @Test(
    arguments: [
      ("--reach -3 --p 3/5", 8.0 / 27), ("--ruin 5,10 --p 18/38", 0.371262944124138), ("--reach 1 --p=-0", 0),
      ("--reach -1 --p=-0", 1), ("--return --p -0", 0), ("--ruin 5,10 --p=-0", 0),
    ] as [(String, Double)])
  func aProbabilityMayBeAFractionOrMinusZero(line: String, expected: Double) throws {
    #expect(abs(try #require(try answer(line)["probability"] as? Double) - expected) <= 1e-14)
  }

  /// Oracles of the walk; where p ≠ ½, by stepping the law with 30 digits.
  @Test(
    arguments: [
      ("--steps 10 --at 0", 0.24609375), ("--steps 10 --at -4", 0.1171875), ("--steps 10 --at 3", 0),
      ("--steps 100 --at 0", 0.0795892373871788), ("--steps 10 --at 4 --p 0.6", 0.214990848),
      ("--steps 1e2 --at-least 10 --p 0.6", 0.868909547380252), ("--steps 100 --at-most 10 --p 0.6", 0.178901632723106),
      ("--steps 11 --first-at 1", 0.0205078125), ("--steps 8 --first-at 0", 0.0390625),
      ("--steps 100 --reach 5", 0.617299413589252), ("--steps 100 --reach -5 --p 0.6", 0.129047670020534),
      ("--reach 1 --p 0.4", 2.0 / 3), ("--reach -3 --p 0.6", 8.0 / 27), ("--reach -3 --p 0.4", 1), ("--reach 9", 1),
      ("--steps 100 --last-zero 40", 0.0128602960848445), ("--steps 100 --last-zero 40 --p 0.6", 0.0114331901182598),
      ("--steps 11 --last-zero 4", 0.1171875), ("--steps 11 --last-zero 5", 0), ("--return", 1),
      ("--return --p 0.6", 0.8), ("--return --steps 100 --p 0.6", 0.798434665598187),
      ("--return --dimensions 1 --steps 10", 0.75390625), ("--return --dimensions 2", 1),
      ("--return --dimensions 3", 0.3405373295509991), ("--return --dimensions 2 --steps 10", 0.420761108398438),
      ("--return --dimensions 3 --steps 6", 0.229681069958848), ("--ruin 5,10 --p 0.6", 243.0 / 275),
      ("--ruin 3,10", 0.3), ("--ruin 0,10", 0), ("--ruin 10,10 --p 0", 1),
    ] as [(String, Double)]) func answersAreExact(line: String, expected: Double) throws
  {
    let object = try answer(line)
    let value = try #require(object["probability"] as? Double)
    #expect(abs(value - expected) <= 1e-14, "\(value)")
    let text = try run(line).output
    let question = try #require(object["question"] as? String)
    #expect(text.hasPrefix("\(question) = "))
    #expect(text.split(separator: "\n")[0].hasSuffix("= \(String(format: "%.10g", value))"), "\(text)")
    if let p = line.split(separator: " ").last, line.contains("--p") {
      #expect(object["p"] as? Double == Double(p) && text.contains("p = \(p)"))
    }
  }

  @Test func theArticleIsTrue() throws { #expect(try ArticleOutput.check("TheDrunkardsWalk.md") == 6) }

  @Test func whatIsWorthKnowingStandsBesideTheAnswer() throws {
    let ruin = try answer("--ruin 5,10 --p 0.6")
    #expect(abs(try #require(ruin["meanSteps"] as? Double) - 211.0 / 11) < 1e-13)
    #expect(abs(try #require(ruin["probabilityOfRuin"] as? Double) - 32.0 / 275) < 1e-15)
    #expect(ruin["formula"] as? String == "(1 − (q/p)^5) / (1 − (q/p)^10)")
    let limit = try answer("--steps 100 --at 10")
    #expect(abs(try #require(limit["gaussian"] as? Double) - 0.0483941449) < 5e-11)
    #expect(
      try run("--steps 100 --at 10").output.contains("Gaussian limit 0.0483941449, 0.165 % below the exact value"))
    // Both tails of the limit are halfway to the next place, so that they sum to 1.
    let tails = try [answer("--steps 10 --at-least 2"), answer("--steps 10 --at-most 0")]
    let sum = try tails.reduce(0) { $0 + (try #require($1["gaussian"] as? Double)) }
    #expect(abs(sum - 1) < 1e-15)
    for (line, words) in [
      ("--steps 100 --at 11", "after 100 steps only even places can be reached; try 10 or 12"),
      ("--steps 1 --at 0", "only odd places can be reached; try -1 or 1"),
      ("--steps 100 --first-at 101", "100 steps lead no further than 100 places"),
      ("--steps 100 --last-zero 41", "even numbers of steps only; try 40 or 42"),
      ("--steps 2 --last-zero 3", "the walk has 2 steps only"),
      ("--steps 1 --first-at -2", "1 step leads no further than 1 place\n"),
      ("--steps 1e6 --reach 2e6", "1,000,000 steps lead no further than 1,000,000 places"),
      ("--steps 0 --first-at 0", "the walk has not left 0 yet"),
    ] {
      let text = try run(line).output
      #expect(text.contains(words) && text.contains(" = 0\n"), "\(text)")
    }
  }

  @Test(arguments: [
    ("--steps 1 --first-at 1", ["P(first at 1 after 1 step) =", "1 step, p", "1 of 1 is not there before"]),
    ("--steps 1e6 --first-at -2e5", ["after 1,000,000 steps) =", "200,000 of 1,000,000 are not there before"]),
    ("--steps 1e4 --last-zero 4000", ["after 4,000 of 10,000 steps) =", "at 0 after 4,000 steps", "other 6,000\n"]),
    ("--steps 1e4 --first-at 0", ["after 10,000 steps) =", "one of 9,999 is not"]),
    ("--steps 1e4 --return", ["within 10,000 steps) =", "0 after 10,000 steps)"]),
  ]) func numbersAreGroupedAndCounted(line: String, words: [String]) throws {
    let text = try run(line).output
    for word in words { #expect(text.contains(word), "\(text)") }
  }

  /// A density says nothing of a probability where it is above 1, or soon may be.
  @Test func thereIsNoLimitOfAFewCertainSteps() throws {
    for line in ["--at -3", "--at-most -3", "--at-least -1"] {
      let object = try answer("--steps 3 --p 0.001 " + line)
      #expect(object["gaussian"] == nil && object["probability"] as? Double != 0)
      #expect(
        try run("--steps 3 --p 0.001 " + line).output.contains(
          "no Gaussian limit yet: the variance 0.011988 is below 1"))
    }
    #expect(try !run("--steps 3 --p 1 --at 3").output.contains("Gaussian"))
    #expect(try run("--steps 1 --at 1").output.contains("Gaussian limit 0.483941449"))
    let table = try run("--steps 3 --p 0.001").output
    #expect(table.contains("at a variance below 1 there is no Gaussian limit yet") && table.contains(" none "))
  }

  /// Expected by 40 digits.
  @Test(arguments: [
    ("--ruin 500000,1000000 --p 0.49", "log10Probability", -8687.04803471135992, "= 8.9529e-8688\n"),
    (
      "--ruin 500000,1000000 --p 0.51", "log10ProbabilityOfRuin", -8687.04803471135992,
      "(0 before 1000000) = 8.9529e-8688,"
    ),
    ("--reach 1e6 --p 0.3", "log10Probability", -367976.785294594416, "= 1.6395e-367977\n"),
    ("--reach -1e6 --p 0.7", "log10Probability", -367976.785294594416, "= 1.6395e-367977\n"),
    ("--steps 1004 --last-zero 1000 --p 0.001", "log10Probability", -1200.78629819211794, "e-1201\n"),
  ]) func logarithmsTellHowRareTheGameIs(line: String, key: String, expected: Double, text: String) throws {
    let object = try answer(line)
    let value = try #require(object[key] as? Double)
    #expect(abs(value / expected - 1) < 1e-13, "\(value)")
    let output = try run(line).output
    #expect(output.contains(text), "\(output)")
  }

  @Test func logarithmsTellWhatUnderflows() throws {
    for (line, expected) in [
      ("--steps 1e6 --at 1e6", -301_029.995663981195), ("--steps 1e6 --at-least 1e6", -301_029.995663981195),
      ("--steps 1e6 --at-most -1e6", -301_029.995663981195), ("--steps 1e6 --reach -1e6", -301_029.995663981195),
      ("--steps 1e6 --first-at 9e5", -214_818.704100142795), ("--steps 1e6 --at 9e5", -214_818.658342652234),
    ] {
      let object = try answer(line)
      let value = try #require(object["log10Probability"] as? Double)
      #expect(object["probability"] as? Double == 0 && abs(value / expected - 1) < 1e-14, "\(line): \(value)")
      let digits =
        expected < -300_000 ? "1.0100e-301030" : line.contains("first") ? "1.9765e-214819" : "2.1961e-214819"
      #expect(try run(line).output.contains(" = \(digits)\n"))
    }
    #expect(try answer("--steps 100 --at 11")["log10Probability"] == nil)
  }

  @Test(arguments: [
    "--steps 100 --at 10", "--steps 70 --at-least 2 --p 0.3", "--steps 64 --at-most -4 --p 0.4",
    "--steps 11 --first-at 1 --p 0.6", "--steps 8 --first-at 0", "--steps 100 --reach -5",
    "--steps 100 --last-zero 0 --p 0.45",
    "--steps 90 --last-zero 40", "--steps 20 --return --p 0.2", "--steps 30 --return --dimensions 3",
    "--ruin 2,7 --p 0.53",
  ]) func simulationAgrees(line: String) throws {
    let object = try answer(line, "--simulate", "1e5", "--seed", "2")
    let exact = try #require(object["probability"] as? Double)
    let frequency = try #require(object["simulatedFrequency"] as? Double)
    let band = try #require(object["band"] as? [Double])
    #expect(object["trials"] as? Int == 100_000 && frequency != exact)
    #expect(band[0] < exact && exact < band[1] && band[1] - band[0] < 8 * (exact / 1e5).squareRoot())
    #expect(band[0] <= frequency && frequency <= band[1], "\(exact): \(frequency)")
    #expect(try run(line, "--simulate", "1e5", "--seed", "2").output.contains("within the band"))
  }

  /// Pólya's 0.34053733 in all time; after n steps about 0.29 / √n are still to come back.
  @Test func whatIsTooLongToSumIsSimulatedAlone() throws {
    let line = "--return --dimensions 3 --steps 20001 --simulate 2000 --seed 3"
    let object = try answer(line)
    let (frequency, interval) = (object["simulatedFrequency"] as? Double, try #require(object["interval"] as? [Double]))
    #expect(object["probability"] is NSNull && object["trials"] as? Int == 2000 && object["band"] == nil)
    #expect(interval[0] < 0.3385 && 0.3385 < interval[1] && interval[1] - interval[0] < 0.1, "\(interval)")
    let share = try #require(frequency)
    #expect(interval[0] < share && share < interval[1])
    let text = try run(line).output
    #expect(text.hasPrefix("P(return within 20,001 steps)\n  20,001 steps, 3 dimensions"))
    #expect(text.contains("too long beyond 20,000 steps\nsimulated 2,000 times: 0.3"))
    #expect(text.hasSuffix("with a confidence of 99.99 %\n"))
    // No trial, and none or all of them: the interval still says what is known.
    for (hits, done, low, high) in [(0, 0, 0.0, 1.0), (0, 10, 0, 0.6286), (10, 10, 0.3714, 1)] {
      let known = EstimatedProbability(hits: hits, count: SimulationCount(done: done, asked: 10)).interval
      #expect(abs(known.lowerBound - low) < 1e-4 && abs(known.upperBound - high) < 1e-4, "\(known)")
    }
  }

  @Test func simulationDependsOnTheSeedOnly() throws {
    func frequency(_ seed: String, _ threads: String) throws -> Double {
      let object = try answer(
        "--ruin 5,10 --p 0.6 --simulate 5000 --seed", seed, environment: ["GODWIT_THREADS": threads])
      return try #require(object["simulatedFrequency"] as? Double)
    }
    let one = try frequency("1", "1")
    #expect(try frequency("1", "3") == one && frequency("2", "1") != one)
  }

  @Test func interruptedSimulationsTellWhatWasCounted() throws {
    let scratch = try TemporaryFolder()
    let run = try CommandRun(
      shell: """
        "$godwit" walk --steps 1e4 --at 0 --simulate 1e10 2>progress & pid=$!
        until [ -s progress ] || ! kill -0 $pid; do sleep 0.02; done; kill -INT $pid; wait $pid
        """, in: scratch.url)
    #expect(run.exitCode == 130 && run.output.contains("within the band"))
    let line = try #require(
      run.output.firstMatch(of: /interrupted: simulated (?<trials>[\d,]+) of 10,000,000,000 times/))
    let trials = try #require(Int(line.output.trials.filter { $0 != "," }))
    #expect(trials > 0 && trials < 10_000_000_000)
    let progress = try String(contentsOfFile: scratch.path("progress"), encoding: .utf8)
    #expect(progress.contains("walks/s") && progress.contains(" left"))
  }

  /// Its paths are those of the first walks, whether they were counted or not.
  @Test func thePictureOfAnInterruptedSimulationIsTrue() throws {
    let scratch = try TemporaryFolder()
    let run = try CommandRun(
      shell: """
        "$godwit" walk --steps 1e6 --simulate 1e8 --plot cut.svg 2>progress & pid=$!
        until [ -s progress ] || ! kill -0 $pid; do sleep 0.02; done; kill -INT $pid; wait $pid
        """, in: scratch.url)
    #expect(run.exitCode == 130 && run.output.contains(#/\ninterrupted: simulated [\d,]+ of 100,000,000 walks\n/#))
    let whole = try CommandRun(
      arguments: ["walk", "--steps", "1e6", "--simulate", "6", "--plot", "whole.svg"], in: scratch.url)
    #expect(whole.output.contains("simulated 6 walks") && !whole.output.contains("interrupted"))
    let pictures = try ["cut.svg", "whole.svg"].map {
      try String(contentsOfFile: scratch.path($0), encoding: .utf8).split(separator: "\n")
        .filter { !$0.hasPrefix("<metadata>") }
    }
    #expect(pictures[0] == pictures[1])
  }

  @Test func programsAreToldOfInterruptions() {
    for (asked, text) in [(9, #"{"trials":7,"interruptedOf":9}"#), (7, #"{"trials":7}"#)] {
      var line: JSONLine = [:]
      SimulationCount(done: 7, asked: asked).add(to: &line)
      #expect(line.text == text)
    }
  }

  @Test(arguments: ["head -1", "true"]) func aSimulationThatNobodyReadsStops(reader: String) throws {
    let run = try CommandRun(
      shell: #"("$godwit" walk --steps 100 --at 10 --simulate 1e12; echo "code $?" >&2) | \#(reader)"#)
    #expect(run.error.hasSuffix("code 141\n"))
    #expect(run.output.hasPrefix(reader == "true" ? "" : "P(S = 10) = "))
  }

  @Test func withoutAQuestionTheLawIsATable() throws {
    let objects = try CommandRun(arguments: ["walk", "--steps", "1000", "--json", "--simulate", "1e4"]).objects()
    let moments = try #require(objects.first)
    #expect(moments["variance"] as? Double == 1000 && moments["mean"] as? Double == 0)
    #expect(abs(try #require(moments["meanDistance"] as? Double) - 25.2250181784) < 5e-11)
    let rows = objects.dropFirst()
    #expect((15...31).contains(rows.count) && moments["trials"] as? Int == 10_000)
    let places = rows.compactMap { $0["place"] as? Int }
    #expect(places == places.map { -$0 }.reversed())
    for row in rows {
      let values = try ["probability", "simulatedFrequency", "atMost", "moreThan"].map {
        try #require(row[$0] as? Double)
      }
      // Six standard errors and a walk.
      #expect(abs(values[1] - values[0]) < 6 * (values[0] / 1e4).squareRoot() + 1e-4)
      #expect(abs(values[2] + values[3] - 1) < 1e-15)
    }
    let text = try run("--steps 100").output
    #expect(text.contains("mean 0, variance 100, mean distance E|S| = 7.958923739"))
    #expect(text.contains("the Gaussian limit errs in P(S ≤ k) by at most 0.000272593"))
    #expect(text.contains("0.0795892    0.0797885     0.539795     0.460205"))
    #expect(
      text.contains("left out: odd places, P = 0; k < -36, P = 9.15716e-05; k > 36, P = 9.15716e-05; between, all but"))
    #expect(try run("--steps 1e15").output.contains("mean distance E|S| = 25231325.22"))
    for line in ["--steps 0", "--steps 3 --p 1", "--steps 1e15 --p 1e-15"] { #expect(try run(line).exitCode == 0) }
  }

  @Test(arguments: [
    ("--steps 100 --at 10", ["The place after 100 steps, p = 0.5", "Gaussian limit", "P(S = 10) = 0.04847429663"]),
    ("--steps 300 --simulate 4 --p 0.6", ["Walks of 300 steps, p = 0.6", "n (p − q) ± √(4 n p q)", "walk 4"]),
    ("--steps 300 --simulate 1", ["± √n", "walk 1"]),
    ("--ruin 50,100 --p 0.52", ["Having 100 before 0", "start", "P(100 before 0) = 0.98"]),
    (
      "--steps 200 --last-zero 40",
      ["Last at 0, of 200 steps", ">0</text>", "P(last at 0 after 40 of 200 steps) = 0.0"]
    ), ("--steps 201 --first-at -5", ["First at -5", "P(first at -5 after 201 steps) = 0.0"]),
    ("--steps 10 --first-at 0", ["First back at 0"]),
    ("--steps 100 --reach 5", ["Having reached 5", "P(reach 5 within 100 steps) = 0.61"]),
    ("--reach -5 --p 0.6", ["Ever reaching a place", "P(reach -5) = 0.13"]),
    ("--return --steps 1e9", ["Having returned, p"]),
    ("--return --steps 100 --dimensions 2", ["Having returned in 2 dimensions", "P(return within 100 steps) = 0."]),
    ("--steps 0", ["The place after 0 steps", ">0</text>", ">1</text>"]),
    ("--steps 100 --at-least 90", ["Gaussian limit"]),
    ("--steps 100 --at-least 9", ["P(S ≥ 9) = 0.18"]), ("--steps 100 --at-most 9", ["P(S ≤ 9) = 0.81"]),
    ("--steps 1e15", ["The place after 1,000"]), ("--ruin 5e14,1e15", ["before 0"]),
  ]) func picturesShowWhatWasAsked(line: String, words: [String]) throws {
    let scratch = try TemporaryFolder()
    let run = try run(line, "--plot", scratch.path("walk.svg"))
    #expect(run.exitCode == 0, "\(run.error)")
    let svg = try String(contentsOfFile: scratch.path("walk.svg"), encoding: .utf8)
    for word in words { #expect(svg.contains(word), "\(word)") }
    #expect(
      svg.contains("<metadata>godwit walk \(line.split(separator: " ")[0])") && !svg.contains("no points to show"))
  }

  @Test(arguments: [
    ("--foo", "Unknown option '--foo'"), ("5", "Unexpected argument '5'"), ("--step 5", "Unknown option '--step'"),
    ("--p 1.2 --steps 3", "--p 1.2: expected a probability, from 0 to 1"), ("--p nan --steps 3", "--p nan: expected"),
    ("--p -0.1 --return", "--p -0.1: expected"), ("--steps -3", "--steps -3: expected a whole number, from 0 to 1e15"),
    ("--steps 1e16", "--steps 1e16: expected a whole number, from 0 to 1e15"), ("--steps 1.5", "--steps 1.5: expected"),
    ("--steps 10 --at x", "--at x: expected a whole number, from -1e15 to 1e15"),
    ("--steps 10 --at-least -9223372036854775808", "--at-least -9223372036854775808: expected"),
    ("--at 3", "--at 3: after how many steps? Give --steps too"), ("", "give --steps"),
    ("--steps 10 --at 3 --reach 2", "--at, --reach: ask one question at a time"),
    ("--steps 10 --last-zero -2", "--last-zero -2: expected a whole number, from 0"),
    ("--ruin 11,10", "--ruin 11,10: expected a start from 0 to a goal, and the goal, such as 5,10"),
    ("--ruin 5", "--ruin 5: expected"), ("--ruin 5,x", "--ruin 5,x: expected"),
    ("--ruin -1,5", "--ruin -1,5: expected"),
    ("--ruin 0,0", "--ruin 0,0: expected"), ("--ruin 1,2,3", "--ruin 1,2,3: expected"),
    ("--ruin 3,5 --steps 10", "leave --steps out"), ("--dimensions 3 --steps 10", "--dimensions goes with --return"),
    ("--dimensions 0 --return", "--dimensions 0: expected a whole number, from 1 to 1e6"),
    ("--dimensions 3 --return --p 0.4", "leave --p out"),
    ("--dimensions 3 --return --steps 1e6", "give at most 20000 steps"),
    ("--dimensions 3 --return --steps 1e6 --simulate 9 --plot a.svg", "or --simulate without --plot"),
    ("--dimensions 1e5 --return --steps 101", "give at most 100 steps"),
    ("--return --simulate 10", "give --steps, for how long each may take"),
    ("--reach 3 --p 0.4 --simulate 10", "would not end"), ("--return --plot a.svg", "give --steps too"),
    ("--return --dimensions 3 --plot a.svg", "give --steps too"),
    ("--steps 1e10 --at 0 --simulate 1e6", "more than 1e14 in all"),
    ("--ruin 5e14,1e15 --simulate 1", "walks of 2.5e+29 steps"),
    ("--steps 10 --simulate 0", "--simulate 0: expected a whole number, from 1 to 1e12"),
  ]) func badInputIsWrongUsage(line: String, message: String) throws {
    let run = try run(line)
    #expect(run.exitCode == 64 && run.output.isEmpty)
    #expect(run.error.contains(message), "\(run.error)")
  }
}
