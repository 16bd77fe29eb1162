import Foundation
import Testing

/// A table in `Golden`: rows of float64, computed by mpmath at 50 digits and more.
struct GoldenTable {
  let rows: [[Double]]

  init(_ name: String, columns: Int) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")
    let bytes = try Data(contentsOf: folder.appendingPathComponent("\(name).f64"))
    let words = bytes.count / 8
    let scalars = (0..<words).map { index in
      Double(bitPattern: (0..<8).reduce(0) { $0 | UInt64(bytes[bytes.startIndex + 8 * index + $1]) << (8 * $1) })
    }
    #expect(words > 0 && words % columns == 0 && bytes.count % 8 == 0, "\(name).f64 does not have \(columns) columns")
    rows = stride(from: 0, to: words, by: columns).map { Array(scalars[$0..<$0 + columns]) }
  }
}

/// The worst of many comparisons, and where it was.
struct WorstError: CustomStringConvertible {
  /// What every distribution and special function is held to: a relative error of 10⁻¹³, where p is far from 1 one that
  /// grows as the logarithm.
  static func allowed(logProbability: Double) -> Double { 1e-13 * max(1, abs(logProbability) / 100) }

  let name: String
  private(set) var count = 0
  private(set) var error = 0.0
  /// The greatest error over what is allowed.
  private(set) var excess = 0.0
  private(set) var place = ""
  /// The greatest error in the unit of the bound: relative where the bound is 10⁻¹³.
  var scaled: Double { excess * 1e-13 }

  init(_ name: String) { self.name = name }

  var description: String {
    "\(name): \(count) values, worst relative error \(error), \(excess) of the allowed, at \(place)"
  }

  /// - Parameters:
  ///   - scale: what the error is relative to; `want` if nil.
  mutating func compare(
    _ got: Double, _ want: Double, logProbability: Double = 0, scale: Double? = nil, at place: @autoclosure () -> String
  ) {
    // What is subnormal has fewer digits.
    let scale = max(scale ?? abs(want), .leastNormalMagnitude)
    compare(got, want, allowed: scale * Self.allowed(logProbability: logProbability), at: place())
  }

  /// - Parameters:
  ///   - allowed: the greatest error, as a difference.
  mutating func compare(_ got: Double, _ want: Double, allowed: Double, at place: @autoclosure () -> String) {
    if want.isNaN { return }
    count += 1
    if got == want { return }
    let ratio = (got - want).isNaN ? .infinity : abs(got - want) / allowed
    if ratio > excess {
      (error, excess, self.place) = (abs(got - want) / abs(want), ratio, "\(place()): got \(got), want \(want)")
    }
  }

  func expectAllowed(sourceLocation: SourceLocation = #_sourceLocation) {
    print(self)
    #expect(count > 0 && excess <= 1, "\(self)", sourceLocation: sourceLocation)
  }
}
