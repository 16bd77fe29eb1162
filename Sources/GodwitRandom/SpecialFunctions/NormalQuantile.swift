import RealModule

/// The z below which a standard normal quantity lies with probability p.
///
/// Wichura 1988, "Algorithm AS 241: the percentage points of the normal distribution" (PPND16), whose rational functions
/// have about 16 digits; outside its middle a step of Newton's method on the logarithm of the tail makes good the rest.
///
/// - Precondition: 0 ≤ p ≤ 1.
package func normalQuantile(_ p: Double) -> Double {
  let parts = normalQuantileInTwoParts(p)
  return parts.high + parts.low
}

/// As the sum of two numbers: where it is multiplied by a great one its rounding would be felt.
func normalQuantileInTwoParts(_ p: Double) -> TwoParts {
  let q = p - 0.5
  let middling = q * ratio(0.180625 - q * q, central)
  if abs(q) <= 0.3 { return TwoParts(high: middling, low: 0) }
  let tail = min(p, 1 - p)
  if tail == 0 { return TwoParts(high: q < 0 ? -.infinity : .infinity, low: 0) }
  let r = (-Double.log(tail)).squareRoot()
  let z = abs(q) <= 0.425 ? abs(middling) : r <= 5 ? ratio(r - 1.6, middle) : ratio(r - 5, far)
  // The density over the tail is √(2/π) / erfcx(z / √2).
  let slope = (2 / .pi).squareRoot() / scaledErfc(z * 0.5.squareRoot())
  let step = -normalTails(z).logRatio(of: tail, isLower: false) / slope
  return q < 0 ? TwoParts(high: -z, low: -step) : TwoParts(high: z, low: step)
}

private func ratio(_ r: Double, _ coefficients: [(Double, Double)]) -> Double {
  var (numerator, denominator) = (0.0, 0.0)
  for (a, b) in coefficients {
    numerator = numerator * r + a
    denominator = denominator * r + b
  }
  return numerator / denominator
}

private let central: [(Double, Double)] = [
  (2509.0809287301226727, 5226.495278852854561), (33430.575583588128105, 28729.085735721942674),
  (67265.770927008700853, 39307.89580009271061), (45921.953931549871457, 21213.794301586595867),
  (13731.693765509461125, 5394.1960214247511077), (1971.5909503065514427, 687.1870074920579083),
  (133.14166789178437745, 42.313330701600911252), (3.387132872796366608, 1),
]

private let middle: [(Double, Double)] = [
  (7.7454501427834140764e-4, 1.05075007164441684324e-9), (0.0227238449892691845833, 5.475938084995344946e-4),
  (0.24178072517745061177, 0.0151986665636164571966), (1.27045825245236838258, 0.14810397642748007459),
  (3.64784832476320460504, 0.68976733498510000455), (5.7694972214606914055, 1.6763848301838038494),
  (4.6303378461565452959, 2.05319162663775882187), (1.42343711074968357734, 1),
]

private let far: [(Double, Double)] = [
  (2.01033439929228813265e-7, 2.04426310338993978564e-15), (2.71155556874348757815e-5, 1.4215117583164458887e-7),
  (0.0012426609473880784386, 1.8463183175100546818e-5), (0.026532189526576123093, 7.868691311456132591e-4),
  (0.29656057182650489123, 0.0148753612908506148525), (1.7848265399172913358, 0.13692988092273580531),
  (5.4637849111641143699, 0.59983220655588793769), (6.6579046435011037772, 1),
]
