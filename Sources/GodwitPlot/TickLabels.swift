/// The labels of marks at `digits` · 10^`exponent`, all with the same power or prefix.
func tickLabels(_ digits: [Int], exponent: Int) -> [String] {
  guard let most = digits.map(\.magnitude).max(), most > 0 else { return digits.map { _ in "0" } }
  let leading = String(most).count - 1 + exponent  // the power of ten of the greatest mark
  let common: Int
  let suffix: String
  switch leading {
  case -3...5: (common, suffix) = (0, "")
  case 6...14:
    common = leading / 3 * 3
    suffix = [6: "M", 9: "G", 12: "T"][common] ?? ""
  default:
    common = leading
    suffix = "×10" + superscript(leading)
  }
  return digits.map { $0 == 0 ? "0" : decimal($0, exponent: exponent - common) + suffix }
}

func decadeLabel(_ exponent: Int, plain: Bool) -> String {
  plain ? decimal(1, exponent: exponent) : "10" + superscript(exponent)
}

func powerOfTwoLabel(_ exponent: Int) -> String {
  exponent < 20 ? decimal(1 << exponent, exponent: 0) : "2" + superscript(exponent)
}

/// `digits` · 10^`exponent` without a power, thousands set apart.
func decimal(_ digits: Int, exponent: Int) -> String {
  var whole = String(digits.magnitude)
  var fraction = ""
  if exponent >= 0 {
    whole += String(repeating: "0", count: exponent)
  } else {
    let places = -exponent
    whole = String(repeating: "0", count: max(places + 1 - whole.count, 0)) + whole
    fraction = String(whole.suffix(places))
    whole = String(whole.dropLast(places))
    while fraction.last == "0" { fraction.removeLast() }
  }
  if whole.count > 3 {
    var grouped = ""
    for (place, digit) in whole.enumerated() {
      if place > 0, (whole.count - place) % 3 == 0 { grouped += "," }
      grouped.append(digit)
    }
    whole = grouped
  }
  return (digits < 0 ? "−" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
}

private func superscript(_ number: Int) -> String {
  let digits: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
  return (number < 0 ? "⁻" : "")
    + String(String(number.magnitude).compactMap { $0.wholeNumberValue.map { digits[$0] } })
}
