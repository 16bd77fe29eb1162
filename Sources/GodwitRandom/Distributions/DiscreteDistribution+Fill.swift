extension DiscreteDistribution {
  /// Through an alias table, one word to a value, where the values that can occur are few: at most 4096, and a quarter of those that
  /// are asked for, so that the table pays. It leaves out what is less likely than 2⁻⁶⁴ in all. Else by `sample(using:)`.
  public func fill(_ target: UnsafeMutableBufferPointer<Int>, using generator: inout some RandomNumberGenerator) {
    if let values = values(atMost: min(target.count / 4, 4096)) {
      let masses = values.map(probability(of:))
      let total = compensatedSum(masses)
      AliasTable(masses.map { $0 / total }).fill(target, first: values.lowerBound, using: &generator)
      return
    }
    forEachRange(of: target.count, grain: 256, using: &generator) { range, words in
      for index in range { target.initializeElement(at: index, to: sample(using: &words)) }
    }
  }

  /// The values outside of which there is less than 2⁻⁶⁴, or nil if they are more than `limit`.
  private func values(atMost limit: Int) -> ClosedRange<Int>? {
    // Sixteen standard deviations or more lie between the tails of every law that is at all wide.
    if !(16 * standardDeviation <= Double(limit) + 64) { return nil }
    let lowest = quantile(0x1p-66)
    var highest = quantile(1 - 0x1p-53)
    let step = max(1, (highest - lowest) / 16)
    while highest - lowest < limit && highest < support.upperBound && survival(Double(highest)) > 0x1p-66 {
      highest += min(step, support.upperBound - highest)
    }
    return highest - lowest < limit ? lowest...highest : nil
  }
}
