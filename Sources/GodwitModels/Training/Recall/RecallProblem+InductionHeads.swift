extension RecallProblem {
  /// Any tokens 0 ... V − 2, and one special token (V − 1) at any place among them and again at the end, after which the
  /// token is due that followed it before.
  ///
  /// Gu and Dao 2023, "Mamba", section 4.1.2, after Olsson et al. 2022, "In-context learning and induction heads".
  func inductionHeads(using generator: inout some RandomNumberGenerator) -> RecallExample {
    var tokens = (0..<length).map { _ in Int32(generator.number(below: vocabulary - 1)) }
    let place = generator.number(below: length - 2)
    tokens[place] = Int32(vocabulary - 1)
    tokens[length - 1] = Int32(vocabulary - 1)
    return RecallExample(tokens: tokens, answers: [(length - 1, tokens[place + 1])])
  }
}
