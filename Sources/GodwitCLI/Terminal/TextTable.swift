/// Rows of cells in columns, the first to the left, the others to the right.
struct TextTable {
  var heading: [String]
  var rows: [[String]] = []

  /// Columns parted by two spaces.
  var plain: String {
    let all = [heading] + rows
    let widths = heading.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.map { row in
      let cells = row.enumerated().map { column, cell in
        let spaces = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + spaces : spaces + cell
      }
      return cells.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  /// A table in Markdown.
  var markdown: String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    let rule = "|---|" + String(repeating: "--:|", count: heading.count - 1)
    return ([line(heading), rule] + rows.map(line)).joined(separator: "\n")
  }
}
