import GodwitTensor

extension FeatureMap {
  /// The features of queries and keys whose products are the weights, and those that meet the values if these differ by
  /// rotary positions: never without a sum of weights.
  typealias Features = (query: Tensor, key: Tensor, turned: (query: Tensor, key: Tensor)?)

  /// The features of heads whose positions have the angles of `table`; without positions if it is nil.
  func features(of heads: (query: Tensor, key: Tensor, value: Tensor), table: RotaryTable?) -> Features {
    guard let table else { return (queries(heads.query), limitedKeys(heads.key), nil) }
    func turned(_ x: Tensor) -> Tensor { rotary(x, table) }
    if !Self.turnsFeatures { return (queries(turned(heads.query)), keys(turned(heads.key)), nil) }
    let (query, key) = (queries(heads.query), limitedKeys(heads.key))
    let features = (query: turned(query), key: turned(key))
    return Self.normalization == .weightSum ? (query, key, features) : (features.query, features.key, nil)
  }

  /// The features of keys, limited as the kernels do it for those maps that they know.
  private func limitedKeys(_ key: Tensor) -> Tensor {
    let features = keys(key)
    return elementwise != nil && Self.normalization == .weightSum ? limitedFeatures(ofKeys: features) : features
  }

  /// What the values' weighted sums become where no sum of weights has divided them; otherwise they stay.
  func normalized(_ sums: Tensor) -> Tensor {
    guard Self.normalization == .rootMeanSquare else { return sums }
    let width = sums.shape[sums.rank - 1]
    // √F times as large as with weights divided by √F.
    return rmsNorm(
      sums, scale: Tensor(ones: [width], dtype: sums.dtype), epsilon: Self.epsilon * Double(self.width(ofHead: width)))
  }
}
