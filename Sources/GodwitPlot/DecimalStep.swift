#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A round distance between marks: 1, 2 or 5 times a power of ten.
struct DecimalStep: Equatable {
  var mantissa: Int
  var exponent: Int

  /// The smallest step that cuts `span` into at most `pieces`.
  ///
  /// - Precondition: `span` is finite and at least 1e-300.
  init(covering span: Double, pieces: Int) {
    let least = span / Double(max(pieces, 1)) * (1 - 1e-9)
    exponent = Int(log10(least).rounded(.down))
    mantissa = 1
    for candidate in [1, 2, 5, 10] {
      mantissa = candidate
      if value >= least { break }
    }
    if mantissa == 10 {
      mantissa = 1
      exponent += 1
    }
  }

  var value: Double {
    let power = pow(10, Double(exponent.magnitude))
    return exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
  }
}

func log10(_ x: Double) -> Double {
  #if canImport(Glibc)
    Glibc.log10(x)
  #else
    Darwin.log10(x)
  #endif
}

func pow(_ x: Double, _ y: Double) -> Double {
  #if canImport(Glibc)
    Glibc.pow(x, y)
  #else
    Darwin.pow(x, y)
  #endif
}
