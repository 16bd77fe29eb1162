/// What the mixers of one kind differ by, such as the width of a window: a whole number, a number or a choice.
///
/// It is written behind the name of the kind: `local:window=64`.
public struct MixerSetting: Sendable, Hashable {
  /// The value of a setting.
  public enum Value: Sendable, Hashable {
    case whole(Int)
    case number(Double)
    case choice(String)
  }

  /// What values a setting can have.
  public enum Domain: Sendable, Hashable {
    case whole(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case choice([String])
  }

  /// Its name, in lower camel case.
  public let name: String
  /// What it decides, in a few words.
  public let meaning: String
  /// The value that it has unless told.
  public let standard: Value
  /// The values that it can have.
  public let domain: Domain

  /// A whole number.
  public init(_ name: String, _ meaning: String, standard: Int, range: ClosedRange<Int>) {
    (self.name, self.meaning) = (name, meaning)
    (self.standard, domain) = (.whole(standard), .whole(range))
  }

  /// A number.
  public init(_ name: String, _ meaning: String, standard: Double, range: ClosedRange<Double>) {
    (self.name, self.meaning) = (name, meaning)
    (self.standard, domain) = (.number(standard), .number(range))
  }

  /// One of some words.
  public init(_ name: String, _ meaning: String, standard: String, choices: [String]) {
    (self.name, self.meaning) = (name, meaning)
    (self.standard, domain) = (.choice(standard), .choice(choices))
  }

  /// The value that a text means; nil if it means none that the setting can have.
  func value(of text: String) -> Value? {
    switch domain {
    case .whole(let range): Int(text).flatMap { range.contains($0) ? .whole($0) : nil }
    case .number(let range): Double(text).flatMap { range.contains($0) ? .number($0) : nil }
    case .choice(let words): words.contains(text) ? .choice(text) : nil
    }
  }

  /// Whether a value is one that the setting can have.
  func allows(_ value: Value) -> Bool { self.value(of: "\(value)") == value }
}

extension MixerSetting.Value: CustomStringConvertible {
  public var description: String {
    switch self {
    case .whole(let value): "\(value)"
    case .number(let value): "\(value)"
    case .choice(let word): word
    }
  }
}

extension MixerSetting.Domain: CustomStringConvertible {
  /// As in "a whole number from 1 to 16".
  public var description: String {
    switch self {
    case .whole(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
    case .choice(let words): words.joined(separator: " or ")
    }
  }
}

extension MixerSetting.Value: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByStringLiteral {
  public init(integerLiteral value: Int) { self = .whole(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(stringLiteral value: String) { self = .choice(value) }
}
