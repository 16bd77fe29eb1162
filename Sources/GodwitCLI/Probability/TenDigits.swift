import Foundation

/// A number with ten significant digits, of which zeros at the end are left out.
func tenDigits(_ value: Double) -> String { String(format: "%.10g", value) }

/// A probability as by `tenDigits`, and by its natural logarithm where it underflows and that is known.
func tenDigits(_ probability: Double, logarithm: Double?) -> String {
  guard probability < Double.leastNormalMagnitude, let log10 = logarithm.flatMap(decimalLogarithm) else {
    return tenDigits(probability)
  }
  // Of greater exponents no digit before them is known.
  if log10 < -1e10 { return "10^(\(String(format: "%.6g", log10)))" }
  let exponent = log10.rounded(.down)
  let digits = String(format: "%.4f", pow(10, log10 - exponent))
  return digits.hasPrefix("10")
    ? String(format: "1.0000e%.0f", exponent + 1) : digits + String(format: "e%.0f", exponent)
}

/// The logarithm to the base 10 from the natural one; nil where that is not finite.
func decimalLogarithm(_ natural: Double) -> Double? { natural.isFinite ? natural / 2.302585092994046 : nil }
