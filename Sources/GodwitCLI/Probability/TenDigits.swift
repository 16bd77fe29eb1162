import Foundation

/// A number with ten significant digits, of which zeros at the end are left out.
func tenDigits(_ value: Double) -> String { String(format: "%.10g", value) }
