extension [Double] {
  /// The middle value, or the mean of the two.
  ///
  /// - Precondition: there is one.
  var median: Double {
    let sorted = sorted()
    let middle = count / 2
    return count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
