extension RecallProblem {
  /// Tokens 1 ... V − 2 at the given places among blanks (0), then as many marks (V − 1), after each of which the next of
  /// the tokens is due.
  ///
  /// Gu and Dao 2023, "Mamba", section 4.1.1 and figure 2; copying is that of Arjovsky, Shah and Bengio 2016, "Unitary
  /// evolution recurrent neural networks", section 4.1.
  func copying(at places: [Int], using generator: inout some RandomNumberGenerator) -> RecallExample {
    var tokens = [Int32](repeating: 0, count: length)
    var answers: [(position: Int, token: Int32)] = []
    for (item, place) in places.enumerated() {
      let (token, mark) = (Int32(1 + generator.number(below: vocabulary - 2)), length - items + item)
      tokens[place] = token
      tokens[mark] = Int32(vocabulary - 1)
      answers.append((mark, token))
    }
    return RecallExample(tokens: tokens, answers: answers)
  }

  /// As many places as items before the marks, any of them with the same probability, in rising order (Knuth, "The art of
  /// computer programming" 2, section 3.4.2, algorithm S).
  func scatteredPlaces(using generator: inout some RandomNumberGenerator) -> [Int] {
    var places: [Int] = []
    for place in 0..<(length - items) where generator.number(below: length - items - place) < items - places.count {
      places.append(place)
    }
    return places
  }
}
