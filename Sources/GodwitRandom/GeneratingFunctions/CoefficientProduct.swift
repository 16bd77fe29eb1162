/// The coefficients of the product of two polynomials, those up to x^`limit` − 1.
///
/// Where one factor is short each coefficient is summed by itself, and coefficients of one sign keep their relative accuracy.
/// Longer products go by Fourier transforms: their error is a few roundings of ‖a‖ ‖b‖, whatever the size of the coefficient.
///
/// - Complexity: O(mn), or O((m + n) log(m + n)) where both factors have more than 64 coefficients.
func coefficientProduct(_ a: [Double], _ b: [Double], limit: Int = .max) -> [Double] {
  if a.isEmpty || b.isEmpty || limit == 0 { return [] }
  if min(a.count, b.count) <= 64 { return schoolbookProduct(a, b, limit: limit) }
  return transformedProduct(a, b, limit: limit)
}

func schoolbookProduct(_ a: [Double], _ b: [Double], limit: Int) -> [Double] {
  var product = [Double](repeating: 0, count: min(a.count + b.count - 1, limit))
  for (i, factor) in a.enumerated() where i < product.count {
    for j in 0..<min(b.count, product.count - i) { product[i + j] += factor * b[j] }
  }
  return product
}

/// By one transform of a + ib: its square is a² − b² + 2iab, of which the imaginary part is wanted.
///
/// Both factors are first brought to about the same size by powers of two, so that neither drowns in the roundings of the other.
func transformedProduct(_ a: [Double], _ b: [Double], limit: Int) -> [Double] {
  let count = a.count + b.count - 1
  let n = powerOfTwo(notBelow: count)
  let (scaleA, scaleB) = (binaryScale(a), binaryScale(b))
  func padded(_ values: [Double], _ scale: Double) -> [Double] {
    values.map { $0 / scale } + [Double](repeating: 0, count: n - values.count)
  }
  var values = ComplexValues(real: padded(a, scaleA), imaginary: padded(b, scaleB))
  values.fourierTransform()
  for index in 0..<n {
    let (x, y) = (values.real[index], values.imaginary[index])
    // Conjugated: two forward transforms are then the backward one.
    (values.real[index], values.imaginary[index]) = ((x - y) * (x + y), -2 * x * y)
  }
  values.fourierTransform()
  return values.imaginary.prefix(min(count, limit)).map { -$0 / (2 * Double(n)) * scaleA * scaleB }
}

/// The power of two nearest below the root of the sum of squares; 1 if all values are 0.
private func binaryScale(_ values: [Double]) -> Double {
  let greatest = values.reduce(0) { max($0, abs($1)) }
  if !(greatest > 0 && greatest.isFinite) { return 1 }
  let norm = values.reduce(0) { $0 + ($1 / greatest) * ($1 / greatest) }.squareRoot()
  return Double(sign: .plus, exponent: greatest.exponent, significand: 1)
    * Double(sign: .plus, exponent: norm.exponent, significand: 1)
}
