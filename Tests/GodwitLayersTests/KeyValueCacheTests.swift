import GodwitKernels
import GodwitLayers
import GodwitRandom
import GodwitTensor
import GodwitTestSupport
import Testing

struct KeyValueCacheTests {
  @Test(arguments: [1, 3]) func keepsWhatWasAppended(batch: Int) {
    var generator = Philox(seed: 1)
    var cache = KeyValueCache(batch: batch, heads: 2, width: 4)
    var keys: [Tensor] = []
    var values: [Tensor] = []
    for count in [1, 5, 1, 40, 2] {
      keys.append(Tensor(normal: 0, shape: [batch, count, 2, 4], using: &generator))
      values.append(Tensor(normal: 0, shape: [batch, count, 2, 4], using: &generator))
      cache.append(keys.last!, values.last!)
    }
    #expect(cache.length == 49)
    let query = Tensor(normal: 0, shape: [batch, 2, 4, 4], using: &generator)
    let attended = cache.attend(query)
    #expect(cache.tensors[0].scalars == concatenate(keys, along: 1).scalars)
    #expect(cache.tensors[1].scalars == concatenate(values, along: 1).scalars)
    expectClose(
      attended, softmaxAttention(query, concatenate(keys, along: 1), concatenate(values, along: 1), offset: 47))
  }

  @Test func growsByDoublingAndInPlace() {
    var cache = KeyValueCache(batch: 2, heads: 1, width: 2)
    let row = Tensor(ones: [2, 1, 1, 2])
    var places: [UnsafeRawPointer] = []
    for _ in 0..<1_000 {
      cache.append(row, row)
      let place = cache.buffers[0].pointer
      if places.last != place { places.append(place) }
    }
    #expect(places.count <= 8)
  }

  @Test func anotherElementTypeIsRefused() async {
    await #expect(processExitsWith: .failure) {
      var cache = KeyValueCache(batch: 1, heads: 1, width: 2)
      let row = Tensor(ones: [1, 1, 1, 2], dtype: .float64)
      cache.append(row, row)
    }
  }

  @Test func aCopyIsASnapshot() {
    var cache = KeyValueCache(batch: 1, heads: 1, width: 1)
    cache.append(Tensor([1], shape: [1, 1, 1, 1]), Tensor([1], shape: [1, 1, 1, 1]))
    var copy = cache
    copy.append(Tensor([2], shape: [1, 1, 1, 1]), Tensor([2], shape: [1, 1, 1, 1]))
    cache.append(Tensor([3], shape: [1, 1, 1, 1]), Tensor([3], shape: [1, 1, 1, 1]))
    #expect(copy.tensors[0].scalars == [1, 2])
    #expect(cache.tensors[0].scalars == [1, 3])
  }
}
