import GodwitTensor
import Testing

@Suite struct TensorTests {
  @Test func aDescriptionShowsShapeAndExcerpt() {
    #expect(Tensor(2.5).description == "Tensor [] float32 2.5")
    #expect(Tensor([1.0, 2, 3], dtype: .float64).description == "Tensor [3] float64 [1, 2, 3]")
    #expect(Tensor(rows: [[1, 2], [3, 4.25]]).description == "Tensor [2, 2] float32\n[[1, 2],\n [3, 4.25]]")
    #expect(Tensor(countingTo: 100).description == "Tensor [100] float32 [0, 1, 2, …, 97, 98, 99]")
    #expect(Tensor(zeros: [0, 3]).description == "Tensor [0, 3] float32\n[]")
    #expect(Tensor([Double.nan, .infinity]).description.contains("nan"))
    let sizes = Tensor(
      [1e300, -2.5e-50, 1_234_567.8, 0.000123456789, 999_999.7, 123_456.7, .leastNonzeroMagnitude], dtype: .float64)
    #expect(
      sizes.description
        == "Tensor [7] float64 [1e+300, -2.5e-50, 1.23457e+06, 0.000123457, 1e+06, 123457, 4.94066e-324]")
  }

  @Test func copiesAreValues() {
    let a = Tensor([1.0, 2, 3])
    var b = a
    b += Tensor([1.0, 1, 1])
    #expect(a.scalars == [1, 2, 3] && b.scalars == [2, 3, 4])
    let row = Tensor(rows: [[1, 2], [3, 4]])[1]
    var changed = row
    changed.add(Tensor([10.0, 10]))
    #expect(row.scalars == [3, 4] && changed.scalars == [13, 14])
  }

  @Test func comparisonsAndPositions() {
    let a = Tensor([1.0, 2, 3])
    let b = Tensor([2.0, 2, 2])
    #expect(less(a, b).scalars == [1, 0, 0])
    #expect(lessOrEqual(a, b).scalars == [1, 1, 0])
    #expect(greater(a, b).scalars == [0, 0, 1])
    #expect(greaterOrEqual(a, b).scalars == [0, 1, 1])
    #expect(equal(a, b).scalars == [0, 1, 0])
    #expect(notEqual(a, b).scalars == [1, 0, 1])
    #expect(Tensor(rows: [[1, 5, 2], [7, 7, 0]]).argmax().values == [1, 0])
    #expect(Tensor(rows: [[1, 5, 2], [7, 7, 0]]).argmax(along: 0).values == [1, 1, 0])
  }

  @Test func shapesBroadcast() {
    let sum = Tensor(rows: [[1], [2]]) + Tensor([10.0, 20, 30])
    #expect(sum.shape == [2, 3] && sum.scalars == [11, 21, 31, 12, 22, 32])
  }

  @Test func quotientsAreRoundedOnce() {
    let x = Tensor([3.0, 7], dtype: .float64)
    #expect((x / 10).scalars == [0.3, 0.7] && (7 / x).scalars == [7.0 / 3, 1])
  }

  @Test func triangles() {
    let ones = Tensor(ones: [3, 3])
    #expect(ones.lowerTriangle().scalars == [1, 0, 0, 1, 1, 0, 1, 1, 1])
    #expect(ones.lowerTriangle(diagonal: -1).scalars == [0, 0, 0, 1, 0, 0, 1, 1, 0])
    #expect(ones.upperTriangle(diagonal: 1).scalars == [0, 1, 1, 0, 0, 1, 0, 0, 0])
  }

  @Test func shapesBeyondMemoryStopWithAMessage() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor(zeros: [1 << 30, 1 << 30, 1 << 30])
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("[1073741824, 1073741824, 1073741824]"))
    #expect(Tensor(zeros: [1 << 30, 1 << 30, 0, 1 << 30]).count == 0)
  }

  @Test func misuseStopsWithBothValues() async {
    await #expect(processExitsWith: .failure) { _ = matmul(Tensor(zeros: [2, 3]), Tensor(zeros: [2, 3])) }
    await #expect(processExitsWith: .failure) { _ = Tensor(zeros: [2, 3]) + Tensor(zeros: [2, 4]) }
    await #expect(processExitsWith: .failure) { _ = Tensor(zeros: [2]) + Tensor(zeros: [2], dtype: .float64) }
    await #expect(processExitsWith: .failure) { _ = Tensor(zeros: [2, 3]).reshaped([4]) }
    await #expect(processExitsWith: .failure) { _ = Tensor(zeros: [2, 3]).slice(1..<4, along: 0) }
    await #expect(processExitsWith: .failure) { _ = Tensor(zeros: [2, 3]).gather(Indices([2])) }
    await #expect(processExitsWith: .failure) { _ = Tensor(zeros: [2, 3]).sum(along: 2) }
    await #expect(processExitsWith: .failure) { _ = crossEntropy(Tensor(zeros: [2, 3]), Indices([0, 3])) }
    await #expect(processExitsWith: .failure) { _ = concatenate([]) }
    await #expect(processExitsWith: .failure) { _ = Tensor(countingTo: -1) }
    await #expect(processExitsWith: .failure) { _ = gradient(at: Tensor([1.0, 2])) { square($0) } }
    await #expect(processExitsWith: .failure) {
      _ = diagonalRecurrence(Tensor(zeros: [4]), Tensor(zeros: [2, 5, 3]))
    }
    await #expect(processExitsWith: .failure) {
      _ = softmaxAttention(Tensor(zeros: [1, 9, 4, 3]), Tensor(zeros: [1, 9, 0, 3]), Tensor(zeros: [1, 9, 0, 3]))
    }
    await #expect(processExitsWith: .failure) {
      _ = linearAttention(Tensor(zeros: [1, 2, 1, 3]), Tensor(zeros: [1, 2, 1, 4]), Tensor(zeros: [1, 2, 1, 3]))
    }
  }
}
