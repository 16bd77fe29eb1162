import Foundation
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

@testable import GodwitModels

@Suite struct RecallProblemTests {
  private static let problems =
    RecallProblem.Kind.allCases.map { RecallProblem($0) } + [
      RecallProblem(.copying, length: 2, items: 1, vocabulary: 3),
      RecallProblem(.copying, length: 33, items: 7, vocabulary: 256),
      RecallProblem(.selectiveCopying, length: 14, items: 7, vocabulary: 5),
      RecallProblem(.selectiveCopying, length: 1_001, items: 3, vocabulary: 17),
      RecallProblem(.inductionHeads, length: 3, vocabulary: 2),
      RecallProblem(.inductionHeads, length: 77, vocabulary: 256),
      RecallProblem(.associativeRecall, length: 4, items: 1, vocabulary: 4),
      RecallProblem(.associativeRecall, length: 101, items: 25, vocabulary: 51),
      RecallProblem(.associativeRecall, length: 512, items: 128, vocabulary: 256),
    ]

  /// What must come next after the tokens read so far, found as a person would; nil where nothing is due.
  private func solution(_ kind: RecallProblem.Kind, _ vocabulary: Int, _ read: ArraySlice<Int32>, _ items: Int)
    -> Int32?
  {
    let (last, before) = (read.last!, read.dropLast())
    switch kind {
    case .copying, .selectiveCopying:
      guard last == vocabulary - 1 else { return nil }
      return before.filter { $0 != 0 && $0 != vocabulary - 1 }[before.count { $0 == vocabulary - 1 }]
    case .inductionHeads:
      guard last == vocabulary - 1, let place = before.firstIndex(of: last) else { return nil }
      return read[place + 1]
    case .associativeRecall:
      guard read.count > 2 * items, let place = read.prefix(2 * items).firstIndex(of: last), place % 2 == 0 else {
        return nil
      }
      return read[place + 1]
    }
  }

  @Test(arguments: problems) func theAnswersAreThoseOfTheSequence(problem: RecallProblem) throws {
    try problem.validate()
    var generator = Philox(seed: 7)
    let examples = problem.examples(20, using: &generator)
    let each = problem.items
    #expect(examples.tokens.shape == [20, problem.length] && examples.answers.shape == [20, each])
    #expect(examples.positions.shape == [20, each])
    #expect(examples.tokens.values.allSatisfy { (0..<Int32(problem.vocabulary)).contains($0) })
    for row in 0..<20 {
      let tokens = Array(examples.tokens.values[(row * problem.length)..<((row + 1) * problem.length)])
      let positions = examples.positions.values[(row * each)..<((row + 1) * each)].map(Int.init)
      let answers = Array(examples.answers.values[(row * each)..<((row + 1) * each)])
      var found: [(Int, Int32)] = []
      for position in tokens.indices {
        if let token = solution(problem.kind, problem.vocabulary, tokens[0...position], problem.items) {
          found.append((position, token))
        }
      }
      #expect(found.map(\.0) == positions)
      #expect(found.map(\.1) == answers)
    }
    #expect(
      examples.rows.values == examples.positions.values.enumerated().map { Int32($0 / each * problem.length) + $1 })
  }

  /// The sets that models are tested on: results are comparable only as long as these are what they are.
  @Test(
    arguments: zip(
      RecallProblem.Kind.allCases, ["196d4ed9469cd299", "da1fdf13a0a2ef2d", "638be3ffc6038003", "8000243c13fee2ab"]))
  func theTestSetsStay(kind: RecallProblem.Kind, checksum: String) {
    var hash = ContentHash()
    for examples in [RecallEvaluator.Examples.validation, .test] {
      var generator = RecallEvaluator.generator(of: examples)
      let drawn = RecallProblem(kind).examples(100, using: &generator)
      for value in drawn.tokens.values + drawn.answers.values { hash.add(Int(value)) }
    }
    #expect(hash.digits == checksum)
  }

  @Test func placesAreDrawnEvenly() {
    let problem = RecallProblem(.selectiveCopying, length: 13, items: 3)
    var generator = Philox(seed: 1)
    var counts = [Int](repeating: 0, count: 10)
    let draws = 30_000
    for _ in 0..<draws {
      let places = problem.scatteredPlaces(using: &generator)
      #expect(places.count == 3 && places == places.sorted())
      for place in places { counts[place] += 1 }
    }
    // Each place in 3 of 10 draws; five standard deviations.
    for count in counts { #expect(abs(Double(count) - 9_000) < 5 * (Double(draws) * 0.3 * 0.7).squareRoot()) }
  }

  /// The first of the pairs comes back at gap g with a probability proportional to g^(−0.99).
  @Test func keysReturnSoon() {
    let problem = RecallProblem(.associativeRecall, length: 28, items: 2)
    var generator = Philox(seed: 2)
    let draws = 20_000
    var counts = [Int](repeating: 0, count: 12)
    let examples = problem.examples(draws, using: &generator)
    for row in 0..<draws {
      let tokens = examples.tokens.values[(row * 28)..<((row + 1) * 28)].map { $0 }
      counts[(tokens[4...].firstIndex(of: tokens[0])! - 4) / 2] += 1
    }
    let weights = (1...12).map { 1 / (Double($0) * pow(Double($0), -0.01)) }
    let total = weights.reduce(0, +)
    for (count, weight) in zip(counts, weights) {
      let expected = Double(draws) * weight / total
      #expect(abs(Double(count) - expected) < 5 * expected.squareRoot(), "\(counts)")
    }
  }

  @Test(arguments: [
    (RecallProblem(.copying, length: 31, items: 16), "length is 31"),
    (RecallProblem(.copying, vocabulary: 2), "vocabulary is 2"), (RecallProblem(.copying, items: 0), "items is 0"),
    (RecallProblem(.copying, items: .max), "items is"), (RecallProblem(.selectiveCopying, length: -1), "length is -1"),
    (RecallProblem(.selectiveCopying, length: .max), "length is"),
    (RecallProblem(.inductionHeads, length: 2), "length is 2"),
    (RecallProblem(.inductionHeads, items: 2), "items is 2"),
    (RecallProblem(.inductionHeads, vocabulary: 257), "vocabulary is 257"),
    (RecallProblem(.associativeRecall, length: 63), "length is 63"),
    (RecallProblem(.associativeRecall, vocabulary: 31), "items is 16"),
  ])
  func problemsWithoutExamplesAreRefused(problem: RecallProblem, message: String) {
    let error = #expect(throws: TrainingOptionError.self) { try problem.validate() }
    #expect("\(error!)".contains(message), "\(error!)")
  }

  @Test func guessingIsRightAsOftenAsItSays() {
    for kind in [RecallProblem.Kind.copying, .selectiveCopying, .inductionHeads] {
      let problem = RecallProblem(kind)
      var generator = Philox(seed: 3)
      let answers = problem.examples(4_000, using: &generator).answers.values
      var counts: [Int32: Int] = [:]
      for answer in answers { counts[answer, default: 0] += 1 }
      for count in counts.values {
        #expect(abs(Double(count) / Double(answers.count) - problem.baselineAccuracy) < 0.03, "\(kind)")
      }
      #expect(counts.count == Int((1 / problem.baselineAccuracy).rounded()))
    }
    #expect(RecallProblem(.associativeRecall).baselineAccuracy == 0.0625)
  }
}
