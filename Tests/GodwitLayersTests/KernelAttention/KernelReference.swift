import GodwitLayers
import GodwitTensor

/// Kernel attention by its definitions, from the heads of queries, keys and values [B, T, H, K].
struct KernelReference<Map: FeatureMap> {
  /// sim(q, k) of all pairs: [B, H, T, K] twice to [B, H, T, T].
  typealias Similarity = @Sendable (_ map: Map, _ query: Tensor, _ key: Tensor) -> Tensor

  let map: Map
  let similarity: Similarity
  let rotaryBase: Double?
  let causal: Bool

  /// Σ sim(q, k) v / (Σ sim(q, k) + ε) over all pairs, 0 where the divisor is: the general form of non-local networks (Wang et al. 2018, equation 1),
  /// masked where it is causal.
  func quadratic(_ query: Tensor, _ key: Tensor, _ value: Tensor) -> Tensor {
    let (q, k, v) = (query.swappingAxes(1, 2), key.swappingAxes(1, 2), value.swappingAxes(1, 2))
    var (weights, mixing) = (similarity(map, q, k), similarity(map, q, k))
    if let rotaryBase {
      func turned(_ x: Tensor) -> Tensor { rotary(x, base: rotaryBase).swappingAxes(1, 2) }
      if Map.turnsFeatures {
        mixing = matmul(turned(map.queries(query)), turned(map.keys(key)), transposeB: true)
      } else {
        mixing = similarity(map, turned(query), turned(key))
        weights = mixing
      }
    }
    if causal { (weights, mixing) = (weights.lowerTriangle(), mixing.lowerTriangle()) }
    return normalized(matmul(mixing, v).swappingAxes(1, 2), weights.sum(along: 3, keepingAxis: true).swappingAxes(1, 2))
  }

  /// The sums of outer products up to each position, all of them written out.
  func cumulative(_ query: Tensor, _ key: Tensor, _ value: Tensor) -> Tensor {
    func turned(_ x: Tensor) -> Tensor { rotaryBase.map { rotary(x, base: $0) } ?? x }
    let before = Map.turnsFeatures ? { $0 } : turned
    let (q, k) = (map.queries(before(query)), map.keys(before(key)))
    let (queries, keys) = Map.turnsFeatures ? (turned(q), turned(k)) : (q, k)
    func sums(_ x: Tensor) -> Tensor {
      causal ? x.cumulativeSum(along: 1) : x.sum(along: 1, keepingAxis: true).broadcast(to: x.shape)
    }
    let products = sums(keys.reshaped(Array(keys.shape) + [1]) * value.reshaped(inserted(1, in: value.shape, at: 3)))
    let mixed = (queries.reshaped(Array(q.shape) + [1]) * products).sum(along: 3)
    return normalized(mixed, (q * sums(k)).sum(along: 3, keepingAxis: true))
  }

  private func inserted(_ extent: Int, in shape: Shape, at axis: Int) -> [Int] {
    var extents = Array(shape)
    extents.insert(extent, at: axis)
    return extents
  }

  private func normalized(_ y: Tensor, _ sum: Tensor) -> Tensor {
    switch Map.normalization {
    case .weightSum:
      let divisor = sum + Map.epsilon
      let isNone = equal(divisor, Tensor(0, dtype: divisor.dtype))
      return y / select(isNone, Tensor(.infinity, dtype: divisor.dtype), divisor)
    case .rootMeanSquare:
      let scaled = y / Double(map.width(ofHead: y.shape[3])).squareRoot()
      return scaled * rsqrt(square(scaled).mean(along: 3, keepingAxis: true) + Map.epsilon)
    }
  }
}

extension HeadProjections {
  /// x's queries, keys and values [B, T, H, K], put together by `mix` and brought back.
  func around(_ x: Tensor, _ mix: (Tensor, Tensor, Tensor) -> Tensor) -> Tensor {
    let parts = queryKeyValue(x).split([width, width, width], along: 2).map {
      $0.reshaped([x.shape[0], x.shape[1], queryHeads, headWidth])
    }
    return output(mix(parts[0], parts[1], parts[2]).reshaped(x.shape))
  }
}
