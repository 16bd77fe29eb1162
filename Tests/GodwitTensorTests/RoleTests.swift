import GodwitTensor
import GodwitTestSupport
import Testing

/// Two trained tensors, a constant and a statistic.
private struct Mixed: Module {
  var weight = Tensor([2, 3])
  var directions = Tensor([5, 7])
  var mean = Tensor([11])
  var decay = Tensor([13])

  mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor.visit("weight", &weight, .weight)
    visitor.visit("directions", &directions, .constant)
    visitor.visit("mean", &mean, .statistic)
    visitor.visit("decay", &decay, .dynamics())
  }

  var value: Tensor { (weight * directions).sum() * decay.sum() + mean.sum() }
}

struct RoleTests {
  @Test func constantsAndStatisticsHaveNoGradient() {
    let gradient = gradient(at: Mixed()) { $0.value }
    #expect(gradient.weight.scalars == [65, 91])
    #expect(gradient.decay.scalars == [31])
    #expect(gradient.directions.shape == [0] && gradient.mean.shape == [0])
    #expect(Mixed().zeros.tensors.map(\.count) == [2, 0, 0, 1])
  }

  @Test func theyAreCountedApart() {
    #expect(Mixed().parameterCount == 3)
    #expect(Mixed().constantCount == 3)
    #expect(Mixed().byteCount == 24)
  }

  @Test func aDirectionDoesNotMoveThem() {
    var direction = Mixed().zeros
    direction.weight = Tensor([1, 0])
    #expect(jacobianVectorProduct(at: Mixed(), along: direction) { $0.value }.item == 65)
    // A direction of the model's own shapes is one too; what it has for constants does not count.
    #expect(jacobianVectorProduct(at: Mixed(), along: Mixed()) { $0.value }.item == 806)
    let slope = directionalDerivative(at: Mixed(), along: direction) { $0.value }
    #expect(slope.item == 65)
  }

  @Test func secondDerivativesAndJacobiansLeaveThemOut() {
    let model = Mixed()
    var direction = model.zeros
    direction.decay = Tensor([1])
    let product = hessianVectorProduct(at: model, along: direction) { $0.value }
    #expect(product.weight.scalars == [5, 7])
    #expect(product.directions.count == 0)
    let jacobian = jacobian(at: model) { $0.weight * $0.decay }
    #expect(jacobian.weight.shape == [2, 2] && jacobian.decay.shape == [2, 1])
    #expect(jacobian.directions.count == 0)
    let (_, pullback) = valueWithPullback(at: model) { $0 }
    #expect(pullback(model.zeros).weight.scalars == [0, 0])
    #expect(pullback(model).weight.scalars == [2, 3])
  }

  @Test func leavesOfAllKindsAreReplaced() {
    let leaves = Pair(Indices([1, 2]), Pair(Tensor([1]), PackedArray([1, 2], element: .bfloat16, shape: [1])))
    #expect(leaves.leaves.map(\.name) == ["first", "second.first", "second.second"])
    let changed = leaves.mapLeaves { leaf in
      switch leaf {
      case .tensor(let tensor, let role): .tensor(tensor * 3, role)
      case .indices(let indices): .indices(Indices(indices.values.map { $0 + 1 }))
      case .packed: .packed(PackedArray([3, 4], element: .bfloat16, shape: [1]))
      }
    }
    #expect(changed.first.values == [2, 3])
    #expect(changed.second.first.scalars == [3])
    #expect(changed.second.second == PackedArray([3, 4], element: .bfloat16, shape: [1]))
    #expect(changed.second.second != leaves.second.second)
    #expect(leaves.byteCount == 14)
  }
}
