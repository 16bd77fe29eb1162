import Foundation

extension RecallProblem {
  /// Pairs of a key (0 ..< V / 2) and a value, then each key once more, after which its value is due, among other tokens.
  ///
  /// The keys return at even distances from the pairs, distance 2 g with a probability proportional to g^(a − 1), a = 0.01:
  /// mostly soon, as words of a text do. Arora et al. 2023, "Zoology: Measuring and improving recall in efficient language
  /// models", section 4.1 and appendix E: multi-query associative recall, MQAR. The other tokens are none of the example's
  /// keys, so that each answer is the only one.
  func associativeRecall(using generator: inout some RandomNumberGenerator) -> RecallExample {
    let keys = differentKeys(using: &generator)
    let values = keys.map { _ in Int32(vocabulary / 2 + generator.number(below: vocabulary - vocabulary / 2)) }
    let isKey = Set(keys)
    let others = (0..<Int32(vocabulary)).filter { !isKey.contains($0) }
    var tokens = (0..<length).map { _ in others[generator.number(below: others.count)] }
    var answers: [(position: Int, token: Int32)] = []
    for (item, gap) in gaps(using: &generator).enumerated() {
      let place = 2 * items + 2 * gap
      (tokens[2 * item], tokens[2 * item + 1], tokens[place]) = (keys[item], values[item], keys[item])
      answers.append((place, values[item]))
    }
    return RecallExample(tokens: tokens, answers: answers.sorted { $0.position < $1.position })
  }

  /// As many keys as items, any of them with the same probability.
  private func differentKeys(using generator: inout some RandomNumberGenerator) -> [Int32] {
    var keys = (0..<Int32(vocabulary / 2)).map { $0 }
    for item in 0..<items { keys.swapAt(item, item + generator.number(below: keys.count - item)) }
    return Array(keys.prefix(items))
  }

  /// A place among the pairs of tokens after the pairs of keys and values for each item, no two the same.
  ///
  /// The weights are whole numbers, so that rounding changes no test set.
  private func gaps(using generator: inout some RandomNumberGenerator) -> [Int] {
    var weights = (1...((length - 2 * items) / 2)).map { max(Int(1e9 * pow(Double($0), -0.99)), 1) }
    var total = weights.reduce(0, +)
    return (0..<items).map { _ in
      var left = generator.number(below: total)
      var gap = 0
      while left >= weights[gap] {
        left -= weights[gap]
        gap += 1
      }
      total -= weights[gap]
      weights[gap] = 0
      return gap
    }
  }
}
