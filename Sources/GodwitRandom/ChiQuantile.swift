/// The length below which a normal vector of `dimensions` independent components lies with a probability: the quantile of the
/// chi distribution.
///
/// - Precondition: there is a dimension; the probability is between 0 and 1, both excluded.
package func chiQuantile(_ probability: Double, dimensions: Int) -> Double {
  let half = inverseIncompleteGamma(Double(dimensions) / 2, lower: probability, upper: 1 - probability)
  return (2 * half).squareRoot()
}
