import GodwitTensor

/// What RWKV's layers see of the position before: a mixture of each channel with its last value.
struct TokenShift {
  /// [B, T, D].
  let now: Tensor
  /// The same one position later, [B, T, D].
  private let before: Tensor

  /// - Parameters:
  ///   - x: [B, T, D].
  ///   - last: the position before the first, [B, D]; it becomes the last of x.
  init(_ x: Tensor, last: inout Tensor) {
    now = x
    let (batch, length, width) = (x.shape[0], x.shape[1], x.shape[2])
    if length == 0 {
      before = x
      return
    }
    let first = last.reshaped([batch, 1, width])
    before = length == 1 ? first : concatenate([first, x.slice(0..<length - 1, along: 1)], along: 1)
    // A copy, as a part would hold on to the memory of all of x.
    last = concatenate([x.element(length - 1, along: 1)])
  }

  /// m ⊙ x[t] + (1 − m) ⊙ x[t − 1] with m [D].
  func mixed(_ share: Tensor) -> Tensor { before + (now - before) * share }
}

extension MixerOptions {
  /// The shares of the position itself at first, [D]: (h / D)^power + more (Peng et al. 2023, appendix E).
  func tokenShares(power: Double, more: Double = 0) -> Tensor {
    pow(Tensor((0..<width).map { Double($0) / Double(width) }), power) + more
  }

  /// How deep the block is: 0 for the first, 1 for the last.
  var relativeDepth: Double { depth > 1 ? Double(block) / Double(depth - 1) : 0 }
}
