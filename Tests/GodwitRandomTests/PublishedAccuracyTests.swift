import Foundation
import Testing

/// The table of the article on the accuracy of distributions is what is measured.
///
/// Figures are rounded up to one digit, and libraries of elementary functions differ in last bits: a published figure is true if
/// it is within a factor of 3 of the measured one. The numbers of points, and where all quantiles are exact, are the same everywhere.
@Suite struct PublishedAccuracyTests {
  @Test func articleIsTrue() throws {
    let article = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Sources/Godwit/Godwit.docc/AccuracyOfDistributions.md")
    let text = try String(contentsOf: article, encoding: .utf8)
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") }.map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    var measured: [String] = []
    for law in LawErrors.laws {
      for (name, worst) in try law.measure().published {
        measured.append("| \(law.name) | \(name) | \(worst.count) | \(published(worst.scaled)) | … | \(place(worst)) |")
        let row = try #require(rows.first { $0.starts(with: [law.name, name]) }, "\(law.name), \(name)")
        #expect(row[2] == "\(worst.count)", "\(law.name), \(name)")
        #expect(isTrue(row[3], worst.scaled), "\(law.name), \(name): \(row[3]) is published, \(worst.scaled) measured")
      }
    }
    print(measured.joined(separator: "\n"))
  }

  /// Rounded up to a digit.
  private func published(_ error: Double) -> String {
    if error == 0 { return "exact" }
    var exponent = Int(log10(error).rounded(.down))
    var digit = (error / pow(10, Double(exponent))).rounded(.up)
    if digit == 10 { (digit, exponent) = (1, exponent + 1) }
    return "\(Int(digit))e\(exponent)"
  }

  private func isTrue(_ figure: String, _ measured: Double) -> Bool {
    if figure == "exact" || measured == 0 { return figure == published(measured) }
    guard let figure = Double(figure) else { return false }
    return measured <= 3 * figure && figure <= 3 * measured
  }

  private func place(_ worst: WorstError) -> String {
    String(worst.place.split(separator: ":").first ?? "")
  }

  @Test func figuresAreRoundedUpAndCompared() {
    #expect(published(0) == "exact" && published(2.01e-15) == "3e-15" && published(9.2e-14) == "1e-13")
    #expect(isTrue("3e-15", 2.01e-15) && isTrue("exact", 0))
    #expect(!isTrue("3e-15", 2e-14) && !isTrue("3e-13", 2e-14) && !isTrue("exact", 1e-16) && !isTrue("1e-16", 0))
    #expect(!isTrue("none", 1e-16))
  }
}
