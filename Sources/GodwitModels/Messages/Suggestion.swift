/// The candidate that a mistyped name most likely means, or `nil` when none is near.
///
/// - Complexity: O(length²) for each candidate (Levenshtein 1966).
package func suggestion(for name: String, among candidates: some Sequence<String>) -> String? {
  let limit = max(name.count / 3, 1)
  return candidates.map { ($0, editDistance(name.lowercased(), $0.lowercased())) }
    .filter { $0.1 <= limit }.min { $0.1 < $1.1 }?.0
}

/// The least number of characters to insert, delete or replace to make one text of the other.
private func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.prefix(256)), Array(b.prefix(256)))
  var row = Array(0...b.count)
  for i in a.indices {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let replaced = diagonal + (a[i] == b[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, diagonal + 1, row[j] + 1)
    }
  }
  return row[b.count]
}
