import GodwitLayers
import GodwitTensor

extension MixerSuite {
  /// Whether something that is not finite reaches what does not depend on it, in any form and to the last bit: an input reaches
  /// the outputs from its position on, the gradient of an output the gradients of the inputs up to its position.
  ///
  /// - Parameter bySteps: look at the forms of short parts as well.
  func nonFiniteViolations(length: Int, dtype: DType, bySteps: Bool = true) -> [String] {
    let mixer = mixer(dtype)
    let x = input(length, dtype)
    let weights = input(length, dtype, seed: 4)
    let parallel: Form = { $0($1, state: &$2) }
    let stateless: Form = { mixer, x, _ in mixer(x) }
    let all =
      [(name: "all positions at once", run: parallel), (name: "at once without a state", run: stateless)]
      + forms(length)
    var found: [String] = []
    for (form, run) in all where bySteps || form.contains("150") || form.contains("once") {
      func output(_ x: Tensor) -> Tensor {
        var state = mixer.initialState(batch: batch)
        return run(mixer, x, &state)
      }
      func slope(_ weights: Tensor) -> Tensor { gradient(at: x) { (output($0) * weights).sum() } }
      let (y, dx) = (output(x), slope(weights))
      let oddities = [
        (1, Double.nan), (length / 2, .infinity), (length * 2 / 3, .nan), (length - 1, -.infinity),
      ]
      for (position, value) in oddities {
        let place = "\(form), T = \(length), \(dtype): \(value)"
        let changed = output(replacing(x, at: position, with: value))
        if differs(changed, y, 0..<position) {
          found.append("\(place) as input \(position) reaches what does not depend on it")
        }
        // Otherwise nothing was tested.
        if !differs(changed, y, position..<position + 1) {
          found.append("\(place) as input \(position) goes unnoticed")
        }
        let gradient = slope(replacing(weights, at: position, with: value))
        if differs(gradient, dx, position + 1..<length) {
          found.append("\(place) as gradient of output \(position) reaches what the output does not depend on")
        }
        if !differs(gradient, dx, position..<position + 1) {
          found.append("\(place) as gradient of output \(position) goes unnoticed")
        }
      }
    }
    return found
  }

  /// The tensor with another element at a position of the first sequence.
  private func replacing(_ x: Tensor, at position: Int, with value: Double) -> Tensor {
    var values = x.scalars
    values[position * width] = value
    return Tensor(values, shape: x.shape, dtype: x.dtype)
  }

  /// Whether some bits differ at the given positions of the first sequence, or anywhere in the others.
  private func differs(_ a: Tensor, _ b: Tensor, _ positions: Range<Int>) -> Bool {
    func bits(_ x: Tensor) -> [UInt64] {
      let values = x.scalars
      let first = values[positions.lowerBound * width..<positions.upperBound * width]
      return (first + values[x.shape[1] * width..<values.count]).map(\.bitPattern)
    }
    return bits(a) != bits(b)
  }
}
