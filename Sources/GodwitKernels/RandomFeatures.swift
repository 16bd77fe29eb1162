import CGodwitKernels

/// How far the exponent of a random feature goes from 0: products of features, summed over any sequence, stay in the range of
/// float32.
package let randomFeatureLimit = 64.0

/// y = e^(scale x Ω − shift) / √F for rows x [rows, K] and Ω [K, F]: positive random features.
///
/// Choromanski et al. 2021, "Rethinking attention with Performers", equation 7. The shift of a key is |scale x|² / 2; that of
/// a query, which divides out of a normalised attention, the greatest exponent of its row. Exponents are limited to
/// ±``randomFeatureLimit``.
///
/// Time 2 rows K F flops and rows F exponentials.
///
/// - Parameters:
///   - projection: Ω, already multiplied by `scale`.
package func positiveRandomFeatures(
  rows: Int, width: Int, features: Int, scale: Float, isQuery: Bool, _ x: UnsafePointer<Float>,
  projection: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>, on isa: InstructionSet? = nil
) {
  let table = gw_random_features_table((isa ?? .current).rawValue)!
  forEachFeatureBlock(rows, features) { range in
    let (x, y) = (x + range.lowerBound * width, y + range.lowerBound * features)
    multiply(
      m: range.count, n: features, k: width, FloatRows(reading: x, stride: width),
      FloatRows(reading: projection, stride: features), into: FloatRows(y, stride: features),
      on: isa ?? .currentForProducts)
    let areFinite = table.pointee.features(
      range.count, features, isQuery ? nil : x, width, width, scale, featureFactor(features), Float(randomFeatureLimit),
      y)
    if areFinite != 0 { return }
    // The exponents of some rows are beyond the greatest float.
    for row in 0..<range.count {
      wideFeatures(
        width: width, features: features, scale: scale, isQuery: isQuery, x + row * width, projection,
        y + row * features)
    }
  }
}

/// The features of a row in float64, if it is finite and float32 may not hold its exponents.
private func wideFeatures(
  width: Int, features: Int, scale: Float, isQuery: Bool, _ x: UnsafePointer<Float>,
  _ projection: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>
) {
  let row = (0..<width).map { Double(x[$0]) }
  guard features > 0, row.allSatisfy(\.isFinite), row.contains(where: { abs($0) > 0x1p50 }) else { return }
  let exponents = (0..<features).map { feature in
    row.indices.reduce(0.0) { $0 + row[$1] * Double(projection[$1 * features + feature]) }
  }
  let square = row.reduce(0.0) { $0 + $1 * $1 } * Double(scale) * Double(scale)
  let shift = isQuery ? exponents.max()! : square / 2
  var limited = exponents.map { Float(min(max($0 - shift, -randomFeatureLimit), randomFeatureLimit)) }
  elementwise(.exp, .float32, count: features, &limited, y)
  for feature in 0..<features { y[feature] *= featureFactor(features) }
}

/// The gradient of ``positiveRandomFeatures`` by x.
///
/// - Parameters:
///   - dx: overwritten.
package func positiveRandomFeaturesGradient(
  rows: Int, width: Int, features: Int, scale: Float, isQuery: Bool, _ x: UnsafePointer<Float>,
  projection: UnsafePointer<Float>, _ y: UnsafePointer<Float>, dy: UnsafePointer<Float>,
  dx: UnsafeMutablePointer<Float>, on isa: InstructionSet? = nil
) {
  let table = gw_random_features_table((isa ?? .current).rawValue)!
  forEachFeatureBlock(rows, features) { range in
    var scratch = RecurrenceScratch(range.count * features)
    let exponents = scratch.take(range.count * features, zeroed: false)
    let dx = dx + range.lowerBound * width
    table.pointee.gradient(
      range.count, features, x + range.lowerBound * width, width, width, scale, featureFactor(features),
      Float(randomFeatureLimit), y + range.lowerBound * features,
      dy + range.lowerBound * features, exponents, isQuery ? nil : dx)
    multiply(
      m: range.count, n: width, k: features, FloatRows(exponents, stride: features),
      FloatRows(reading: projection, stride: features), transposeB: true, into: FloatRows(dx, stride: width),
      accumulate: !isQuery, on: isa ?? .currentForProducts)
  }
}

private func featureFactor(_ features: Int) -> Float { Float(1 / Double(features).squareRoot()) }

/// Blocks of rows whose features stay in a core's cache; where they lie does not depend on the number of threads.
private func forEachFeatureBlock(_ rows: Int, _ features: Int, _ body: (Range<Int>) -> Void) {
  let block = max(min(131_072 / max(features, 1), 1024), 32)
  parallelFor((rows + block - 1) / block) { body($0 * block..<min(($0 + 1) * block, rows)) }
}
