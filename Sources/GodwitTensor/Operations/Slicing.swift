import GodwitKernels

extension Tensor {
  /// The elements whose index along an axis lies in `range`.
  ///
  /// Along the first axis no copy is made.
  ///
  /// - Precondition: `range` lies within the axis.
  public func slice(_ range: Range<Int>, along axis: Int) -> Tensor {
    let axis = shape.axis(axis, of: "slice")
    require(
      range.lowerBound >= 0 && range.upperBound <= shape[axis],
      "slice: \(range) is not within 0 ..< \(shape[axis]), axis \(axis) of \(shape)")
    if range.count == shape[axis] { return self }
    let after = shape[axis] - range.upperBound
    return linear(self) { x in
      let target = x.shape.replacing(axis: axis, with: range.count)
      let (outer, extent, inner) = x.shape.split(at: axis)
      if outer == 1 {
        return Tensor(storage: x.storage, offset: x.offset + range.lowerBound * inner, shape: target, dtype: x.dtype)
      }
      let start = x.pointer + range.lowerBound * inner * x.dtype.byteCount
      let row = range.count * inner
      return Tensor(target, x.dtype) {
        copyStrided(x.dtype, shape: [outer, row], start, xStrides: [extent * inner, 1], $0, yStrides: [row, 1])
      }
    } transpose: { dy in
      dy.padded(along: axis, before: range.lowerBound, after: after)
    }
  }

  /// The part at `index` of an axis, without that axis.
  ///
  /// The reverse derivative costs as much as the whole tensor: where all parts are used, take them `unstacked`.
  public func element(_ index: Int, along axis: Int) -> Tensor {
    let axis = shape.axis(axis, of: "element")
    return slice(index..<(index + 1), along: axis).reshaped(shape.removing(axis: axis))
  }

  /// The part at `index` of the first axis.
  public subscript(index: Int) -> Tensor { element(index, along: 0) }

  /// Zeros added before and after an axis.
  public func padded(along axis: Int, before: Int, after: Int) -> Tensor {
    let axis = shape.axis(axis, of: "padded")
    require(before >= 0 && after >= 0, "padded: \(before) before and \(after) after; neither may be negative")
    if before == 0, after == 0 { return self }
    let kept = before..<(before + shape[axis])
    return linear(self) { x in
      let target = x.shape.replacing(axis: axis, with: before + x.shape[axis] + after)
      let (outer, extent, inner) = x.shape.split(at: axis)
      let row = extent * inner
      return Tensor(target, x.dtype) { y in
        fill(x.dtype, count: target.elementCount, y, 0)
        copyStrided(
          x.dtype, shape: [outer, row], x.pointer, xStrides: [row, 1], y + before * inner * x.dtype.byteCount,
          yStrides: [target[axis] * inner, 1])
      }
    } transpose: { dy in
      dy.slice(kept, along: axis)
    }
  }

  /// Consecutive parts of the given extents along an axis.
  ///
  /// - Precondition: the extents add up to the axis.
  public func split(_ extents: [Int], along axis: Int) -> [Tensor] {
    let axis = shape.axis(axis, of: "split")
    var start = 0
    let ranges = extents.map { extent in
      require(extent >= 0, "split: extent \(extent) is negative")
      defer { start += extent }
      return start..<(start + extent)
    }
    require(start == shape[axis], "split: \(extents) add up to \(start), axis \(axis) of \(shape) has \(shape[axis])")
    // Not slices each by itself, whose cotangents would be padded to the whole and added up.
    return record([self], reading: .neither) { x in
      ranges.map { x[0].slice($0, along: axis) }
    } pushforward: { _, _, dx in
      ranges.map { dx[0]?.slice($0, along: axis) }
    } pullback: { [shape, dtype] _, _, dy, _ in
      let parts = dy.indices.map {
        dy[$0] ?? Tensor(zeros: shape.replacing(axis: axis, with: extents[$0]), dtype: dtype)
      }
      return [concatenate(parts, along: axis)]
    }
  }

  /// All parts along an axis, without that axis: `element(_:along:)` of each index, none if the axis is empty.
  ///
  /// - Complexity: O(`count`), as are the derivatives of all parts together.
  public func unstacked(along axis: Int = 0) -> [Tensor] {
    let axis = shape.axis(axis, of: "unstacked")
    if shape[axis] == 0 { return [] }
    let part = shape.removing(axis: axis)
    return split([Int](repeating: 1, count: shape[axis]), along: axis).map { $0.reshaped(part) }
  }
}

/// Tensors one after another along an axis.
///
/// - Precondition: at least one tensor; all extents but that axis are equal.
public func concatenate(_ tensors: [Tensor], along axis: Int = 0) -> Tensor {
  require(!tensors.isEmpty, "concatenate: no tensors")
  let first = tensors[0]
  let axis = first.shape.axis(axis, of: "concatenate")
  var ends: [Int] = []
  for tensor in tensors {
    require(
      tensor.rank == first.rank && tensor.dtype == first.dtype
        && tensor.shape.replacing(axis: axis, with: 0) == first.shape.replacing(axis: axis, with: 0),
      "concatenate: \(first.shape) \(first.dtype) and \(tensor.shape) \(tensor.dtype) differ beside axis \(axis)")
    ends.append((ends.last ?? 0) + tensor.shape[axis])
  }
  let extents = tensors.map { $0.shape[axis] }
  let starts = [0] + ends.dropLast()
  let total = ends[ends.count - 1]
  let target = first.shape.replacing(axis: axis, with: total)
  let result = record(tensors, reading: .neither) { x in
    let (outer, _, inner) = target.split(at: axis)
    let joined = Tensor(target, x[0].dtype) { y in
      for (index, tensor) in x.enumerated() {
        let row = extents[index] * inner
        copyStrided(
          tensor.dtype, shape: [outer, row], tensor.pointer, xStrides: [row, 1],
          y + starts[index] * inner * tensor.dtype.byteCount, yStrides: [total * inner, 1])
      }
    }
    return [joined]
  } pushforward: { x, _, dx in
    [concatenate(x.indices.map { dx[$0] ?? Tensor(zeros: x[$0].shape, dtype: x[$0].dtype) }, along: axis)]
  } pullback: { _, _, dy, needed in
    guard let dy = dy[0] else { return needed.map { _ in nil } }
    // Slices each by itself would have cotangents padded to the whole.
    if dy.isTraced { return dy.split(extents, along: axis) }
    return needed.indices.map { index in
      needed[index] ? dy.slice(starts[index]..<(starts[index] + extents[index]), along: axis) : nil
    }
  }
  return result[0]
}

/// Tensors of one shape, one after another along a new axis.
public func stack(_ tensors: [Tensor], along axis: Int = 0) -> Tensor {
  require(!tensors.isEmpty, "stack: no tensors")
  let rank = tensors[0].rank
  require(axis >= -rank - 1 && axis <= rank, "stack: axis \(axis) of a result with \(rank + 1) axes")
  let place = axis < 0 ? axis + rank + 1 : axis
  var extents = Array(tensors[0].shape)
  extents.insert(1, at: place)
  return concatenate(tensors.map { $0.reshaped(Shape(extents)) }, along: place)
}
