import GodwitTensor

extension SequenceState {
  /// Calls `body` with the sequences that are at the same position, all at once if all are, and puts their results and states
  /// together again: for states of a constant size whose next step depends on the position.
  ///
  /// - Parameters:
  ///   - positions: those of the sequences.
  ///   - operands: tensors whose first axis goes over the sequences.
  ///   - body: given a state, its operands and its position, returns the result of its sequences, [B, ...].
  mutating func forEachPosition(
    _ positions: Positions, _ operands: [Tensor], _ body: (inout Self, [Tensor], _ position: Int) -> Tensor
  ) -> Tensor {
    if let common = positions.common { return body(&self, operands, common) }
    let values = positions.values
    var (states, outputs, order): ([Self], [Tensor], [Int]) = ([], [], [])
    for position in Set(values).sorted() {
      let rows = values.indices.filter { values[$0] == position }
      var state = select(rows)
      outputs.append(body(&state, operands.map { $0.select(rows) }, position))
      states.append(state)
      order += rows
    }
    var places = order
    for (place, row) in order.enumerated() { places[row] = place }
    self = Self.joined(states).select(places)
    return concatenate(outputs, along: 0).select(places)
  }
}

extension Tensor {
  /// Some parts of the first axis.
  func select(_ rows: [Int]) -> Tensor { gather(Indices(rows.map(Int32.init))) }

  /// One part of the first axis, which stays; no copy.
  func row(_ index: Int) -> Tensor { slice(index..<(index + 1), along: 0) }
}
