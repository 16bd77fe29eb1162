/// The candidate that a mistyped name most likely means, or `nil` when none is near.
///
/// - Complexity: O(length²) for each candidate (Levenshtein 1966, Damerau 1964).
package func suggestion(for name: String, among candidates: some Sequence<String>) -> String? {
  let limit = max(name.count / 3, 1)
  return candidates.map { ($0, editDistance(name.lowercased(), $0.lowercased())) }
    .filter { $0.1 <= limit }.min { $0.1 < $1.1 }?.0
}

/// Asks whether a name was meant by another, which may look the same.
func didYouMean(_ candidate: String, insteadOf name: String) -> String {
  // Equal texts may be other bytes: é as one code point or as two.
  "did you mean \(candidate)\(candidate == name ? ", which has the same letters in other bytes" : "")?"
}

/// The least number of characters to insert, delete or replace, or of neighbours to exchange, to make one text of the other.
private func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.prefix(256)), Array(b.prefix(256)))
  var row = Array(0...b.count)
  var before = row
  for i in a.indices {
    let twoBefore = before
    before = row
    row[0] = i + 1
    for j in b.indices {
      row[j + 1] = min(before[j] + (a[i] == b[j] ? 0 : 1), before[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { row[j + 1] = min(row[j + 1], twoBefore[j - 1] + 1) }
    }
  }
  return row[b.count]
}
