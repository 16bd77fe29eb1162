/// The words by which programs say that there is no value: nothing at all, `NA`, `null`, `-` and their like.
enum MissingValue {
  private static let words: Set = [
    "", "na", "n/a", "n.a.", "<na>", "#n/a", "#na", "#nv", "nan", "nat", "null", "(null)", "nil", "none", "missing",
    "\\n",
    "-", "--", "–", "—", "?", ".",
  ]

  static func isOne(_ text: ArraySlice<UInt8>) -> Bool {
    text.count <= 7 && words.contains(text.text.lowercased())
  }
}
