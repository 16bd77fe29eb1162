import Godwit

/// Queries, keys and values [2, 2, 100, 16] as several articles write them, and a sequence [2, 100, 64].
func articleOperands() -> (q: Tensor, k: Tensor, v: Tensor, x: Tensor) {
  var generator = Philox(seed: 1)
  func heads() -> Tensor { Tensor(normal: 0, shape: [2, 2, 100, 16], dtype: .float64, using: &generator) }
  return (heads(), heads(), heads(), Tensor(normal: 0, shape: [2, 100, 64], using: &generator))
}
