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
    table.pointee.features(
      range.count, features, isQuery ? nil : x, width, width, scale, featureFactor(features), Float(randomFeatureLimit),
      y)
  }
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
