import GodwitTensor

/// φ(x) = [1, x / |x|]: the weight of a key is 1 + cos(q, k), between 0 and 2.
///
/// Su Jianlin 2020, "Exploring linear attention: must attention have a softmax?": exp(q · k) to first order, with queries and
/// keys of length 1 so that no weight is negative. A vector of zeros has no direction and gives all others the weight 1; near
/// it the derivative is bounded, as |x| stands for √(|x|² + 10⁻¹²).
public struct CosineMap: FixedFeatureMap {
  public init() {}
  public static var name: String { "linear-cosine" }
  public static var summary: String { "linear attention with the weights 1 + cos(q, k)" }
  public func width(ofHead headWidth: Int) -> Int { headWidth + 1 }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    let width = Double(x.shape[3])
    // x / √(mean(x²) + ε/K) is √K times what is wanted.
    let scale = Tensor(filled: 1 / width.squareRoot(), shape: [x.shape[3]], dtype: x.dtype)
    let one = Tensor(ones: x.shape.replacing(axis: 3, with: 1), dtype: x.dtype)
    return concatenate([one, rmsNorm(x, scale: scale, epsilon: 1e-12 / width)], along: 3)
  }
}
