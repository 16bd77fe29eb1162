#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Numbers as a person reads them.
package enum Quantity {
  /// Three significant digits, thousands separated: 0.00123, 4.57, 41,000.
  package static func rounded(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    guard value != 0 else { return "0" }
    var magnitude = Int(log10(abs(value)).rounded(.down))
    if (abs(value) / pow(10, Double(magnitude - 2))).rounded() >= 1000 { magnitude += 1 }  // 0.9996 is 1.00
    guard magnitude >= 3 else { return fixed(value, digits: max(2 - magnitude, 0)) }
    guard magnitude < 15 else { return "\(value)" }
    let step = pow(10, Double(magnitude - 2))
    return grouped(Int((value / step).rounded() * step))
  }

  /// All digits, thousands separated: 812,345.
  package static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return (value < 0 ? "-" : "") + text
  }

  /// A number with what it counts: 1 block, 1,200 blocks.
  package static func counted(_ value: Int, _ one: String, _ many: String? = nil) -> String {
    "\(grouped(value)) \(value == 1 ? one : many ?? one + "s")"
  }

  /// A fixed number of digits after the point, where all digits fit into 64 bits.
  package static func fixed(_ value: Double, digits: Int) -> String {
    let scale = pow(10, Double(digits))
    guard value.isFinite, scale <= 1e15, abs(value) < 1e15, abs(value) * scale < 1e18 else { return "\(value)" }
    let scaled = Int((abs(value) * scale).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return sign + String(scaled) }
    let fraction = String(scaled % Int(scale))
    return sign + "\(scaled / Int(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
  }

  /// Three significant digits and a decimal prefix, ready for a unit: "84.2 G", "412 k", "31.0 ".
  package static func scaled(_ value: Double) -> String {
    var value = value
    for prefix in ["", "k", "M", "G", "T"] {
      if value < 999.5 { return "\(rounded(value)) \(prefix)" }
      value /= 1000
    }
    return "\(rounded(value)) P"
  }

  /// A number of bytes in binary units: 640 B, 12.3 MiB.
  package static func bytes(_ count: Int) -> String {
    var value = Double(count)
    for unit in ["B", "KiB", "MiB", "GiB"] {
      if value < 1000 { return "\(unit == "B" ? String(count) : rounded(value)) \(unit)" }
      value /= 1024
    }
    return "\(rounded(value)) TiB"
  }

  /// A time with the unit that suits it: 840 ns, 12.3 ms, 2.5 s, 3 min 05 s, 2 h 10 min.
  package static func duration(seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "unknown time" }
    switch seconds {
    case ..<1e-6: return "\(rounded(seconds * 1e9)) ns"
    case ..<1e-3: return "\(rounded(seconds * 1e6)) µs"
    case ..<1: return "\(rounded(seconds * 1e3)) ms"
    case ..<60: return "\(rounded(seconds)) s"
    case ..<3600:
      let whole = Int(seconds.rounded())
      return "\(whole / 60) min \(whole % 60 < 10 ? "0" : "")\(whole % 60) s"
    default:
      let minutes = Int((seconds / 60).rounded())
      return "\(minutes / 60) h \(minutes % 60) min"
    }
  }
}
